import { createExportJobsClient, ExportJobsError, type ExportJobsClient } from 'aep-export-jobs-mock/client';
import { aCreateExportJobRequest, startMockServer, type StartedMock } from 'aep-export-jobs-mock/testing';
import type { CreateExportJobRequest, ExportJob } from 'aep-export-jobs-mock/types';

const mock: StartedMock = await startMockServer({ seed: 'empty' });
const sandbox = mock.sandbox();
const client: ExportJobsClient = createExportJobsClient({
  baseUrl: mock.baseUrl,
  accessToken: () => Promise.resolve('token'),
  apiKey: 'key',
  orgId: sandbox.org,
  sandboxName: sandbox.name,
  sleep: (ms) => sandbox.clock.advance(ms),
});

const request: CreateExportJobRequest = aCreateExportJobRequest();
const { id } = await client.createExportJob(request);
const end = await client.waitForJob(id);
if (end.outcome !== 'succeeded') throw new Error(`it ended as ${end.outcome}`);
const counter: number | undefined = end.job.metrics.totalExportedProfileCounter;
if (counter === undefined) throw new Error('it has not told how many profiles it exported');

const jobs: ExportJob[] = [];
for await (const job of client.listAll({ status: 'SUCCEEDED' })) jobs.push(job);
if (jobs.length !== 1) throw new Error(`there are ${jobs.length} jobs`);

const missing: unknown = await client.retrieveExportJob(404).catch((error: unknown) => error);
if (!(missing instanceof ExportJobsError)) throw new Error('there is another job');
if (missing.kind !== 'service' || missing.status !== 404) throw missing;
const title: string = missing.body.title;
if (title === '') throw new Error('the error has no title');
await mock.close();

export const WRONG = [
  // @ts-expect-error -- a request has no such property
  () => client.createExportJob({ ...request, datasetId: 'dataset' }),
  // @ts-expect-error -- there is no such status to filter by
  () => client.listExportJobs({ status: 'PROCESSING' }),
  // @ts-expect-error -- an id is a number
  () => client.cancelExportJob('722'),
];
