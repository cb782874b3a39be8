import type {
  CompleteRequest,
  ExportJob,
  JobScenario,
  SimulatedJob,
  StaticJob,
} from '../../server/apis/segmentation/stored-job.js';
import { createStaticJob } from '../../server/apis/segmentation/stored-job.js';
import { example } from './examples.js';

/** When the jobs of these builders are created, unless a test says otherwise. */
export const CREATED_AT = Date.UTC(2026, 0, 1);

/** A scenario of 2 s NEW and 5 s PROCESSING that ends well, and is gone 1 s after it was cancelled. */
export function jobScenario(parts: Partial<JobScenario> = {}): JobScenario {
  return {
    name: 'of a test',
    newMs: 2000,
    processingMs: 5000,
    outcome: { status: 'SUCCEEDED', counters: { totalExportedProfileCounter: 20 } },
    cancel: { after: 1000, then: 'gone' },
    ...parts,
  };
}

export function completeRequest(parts: Partial<CompleteRequest> = {}): CompleteRequest {
  return {
    destination: { datasetId: 'dataset', segmentPerBatch: false },
    schema: { name: '_xdm.context.profile' },
    ...parts,
  };
}

export function simulatedJob(parts: Partial<SimulatedJob> = {}): SimulatedJob {
  return {
    kind: 'simulated',
    id: 1,
    creationTime: CREATED_AT,
    scenario: jobScenario(),
    request: completeRequest(),
    imsOrgId: 'organisation',
    profileInstanceId: 'ups',
    requestId: 'request',
    batchIds: ['batch'],
    computeJobId: 'compute job',
    ...parts,
  };
}

/** A job as the page shows it, SUCCEEDED in 2018, with another id or time. */
export function staticJob(parts: { id?: number; creationTime?: number } = {}): StaticJob {
  return createStaticJob({ ...example<ExportJob>('export-job-retrieved'), ...parts });
}
