import { ExportJobsError, type ExportJobsClient, type WaitOutcome } from '../../client/client.js';

declare const client: ExportJobsClient;

const REQUEST = { schema: { name: '_xdm.context.profile' }, destination: { datasetId: 'dataset' } };

/** Calls that compile, and calls that must not. They are never made. */
export async function calls(): Promise<void> {
  // @ts-expect-error A property that the contract does not know.
  await client.createExportJob({ ...REQUEST, name: 'mine' });
  // @ts-expect-error Nor one within it.
  await client.createExportJob({ schema: { name: 'x' }, destination: { datasetId: 'x', dataSetId: 'y' } });
  // @ts-expect-error What is needed is missing.
  await client.createExportJob({ schema: { name: 'x' } });
  // @ts-expect-error A list is not filtered by it.
  await client.listExportJobs({ status: 'PROCESSING' });
  // @ts-expect-error A parameter that the contract does not know.
  client.listAll({ start: 1 });
  // @ts-expect-error An id is a number.
  await client.cancelExportJob('7');
}

export async function answers(): Promise<unknown[]> {
  const created: 'NEW' = (await client.createExportJob(REQUEST)).status;
  const job = await client.retrieveExportJob(7);
  const counted = job.status === 'SUCCEEDED' && job.metrics.totalExportedProfileCounter;
  // @ts-expect-error There are none while it runs.
  const early = job.status === 'PROCESSING' && job.errors;
  return [created, counted, early];
}

export function outcomes(end: WaitOutcome): unknown[] {
  return [
    end.outcome === 'failed' && end.job.errors.map(({ msg }) => msg),
    end.outcome === 'succeeded' && end.job.metrics.totalTime.totalTimeInMs,
    // @ts-expect-error It may not have been seen.
    end.outcome === 'gone' && end.job.status,
  ];
}

export function errors(error: unknown): unknown[] {
  if (!(error instanceof ExportJobsError)) return [];
  return [
    error.kind === 'gateway' && error.body.error_code,
    error.kind === 'service' && error.body.errors?.['404']?.map(({ message }) => message),
    error.kind === 'service' && error.code.startsWith('urn:'),
    // @ts-expect-error There was no answer.
    error.kind === 'connection' && error.status.toFixed(),
    // @ts-expect-error What is in a body of no form is not known.
    error.kind === 'foreign' && error.body.message,
  ];
}
