import type {
  CompleteRequest,
  ExportJob,
  RecordedJob,
  TimedJob,
} from '../../server/apis/segmentation/stored-job.js';
import { recordedJob } from '../../server/apis/segmentation/stored-job.js';
import type { JobScenario } from '../../server/apis/segmentation/scenario.js';
import { example } from './examples.js';

/** When the jobs of these builders are created, unless a test says otherwise. */
export const CREATED_AT = Date.UTC(2026, 0, 1);

/** A story of 2 s NEW and 5 s PROCESSING that ends well, and is gone 1 s after it was cancelled. */
export function scenarioOf(parts: Partial<JobScenario> = {}): JobScenario {
  return {
    name: 'of a test',
    newMs: 2000,
    processingMs: 5000,
    ending: { status: 'SUCCEEDED', counters: { totalExportedProfileCounter: 20 } },
    cancel: { after: 1000, then: 'gone' },
    ...parts,
  };
}

export function requestOf(parts: Partial<CompleteRequest> = {}): CompleteRequest {
  return {
    destination: { datasetId: 'dataset', segmentPerBatch: false },
    schema: { name: '_xdm.context.profile' },
    ...parts,
  };
}

export function timedJob(parts: Partial<TimedJob> = {}): TimedJob {
  return {
    story: 'timed',
    id: 1,
    creationTime: CREATED_AT,
    scenario: scenarioOf(),
    request: requestOf(),
    imsOrgId: 'organisation',
    profileInstanceId: 'ups',
    requestId: 'request',
    batchIds: ['batch'],
    computeJobId: 'compute job',
    ...parts,
  };
}

/** A job as the page shows it, SUCCEEDED in 2018, with another id or time. */
export function recorded(parts: { id?: number; creationTime?: number } = {}): RecordedJob {
  return recordedJob({ ...example<ExportJob>('export-job-retrieved'), ...parts });
}
