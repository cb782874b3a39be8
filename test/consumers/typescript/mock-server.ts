import {
  createMockServer,
  type Health,
  type MockServer,
  type MockServerOptions,
  type SandboxHandle,
  type SandboxName,
} from 'aep-export-jobs-mock';
import type { components, operations } from 'aep-export-jobs-mock/types';

type ExportJob = components['schemas']['ExportJob'];
const errorsOf = (job: ExportJob) => (job.status === 'FAILED' ? job.errors.length : 0);
const query: operations['listExportJobs']['parameters']['query'] = { limit: 2, status: 'FAILED' };
if (query.limit !== 2 || errorsOf.length !== 1) throw new Error('the types are not those of the contract');

const request: components['schemas']['CreateExportJobRequest'] = {
  destination: { datasetId: 'dataset' },
  schema: { name: '_xdm.context.profile' },
  filter: { segments: [{ segmentId: 'segment' }] },
  evaluationInfo: {},
};
if (request.destination.segmentPerBatch !== undefined)
  throw new Error('a default was written into the request');

const options: MockServerOptions = {
  seed: 'empty',
  clock: '2026-01-01T00:00:00Z',
  randomSeed: 1,
  operations: { cancelExportJob: () => () => ({ status: 204 }) },
};
const mock: MockServer = await createMockServer(options);
const url: string = await mock.listen();
if (url !== mock.url) throw new Error('the mock has two addresses');

const name: SandboxName = { org: 'organisation', name: 'development' };
const sandbox: SandboxHandle = mock.sandbox(name);
const before: number = sandbox.clock.now();
sandbox.clock.advance(2_000);
if (sandbox.clock.now() !== before + 2_000) throw new Error('the clock was not turned');
await sandbox.reset();

const health: Health = mock.health();
if (health.contractViolations !== 0) throw new Error('the mock broke its contract');
await mock.close();

// @ts-expect-error -- there is no such option
const misspelt: MockServerOptions = { sed: 'empty' };
// @ts-expect-error -- there is no such operation
const unknown: MockServerOptions = { operations: { deleteExportJob: () => () => ({ status: 204 }) } };
// @ts-expect-error -- the contract declares no such answer
const undeclared: MockServerOptions = { operations: { cancelExportJob: () => () => ({ status: 202 }) } };
