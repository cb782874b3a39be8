import type { components } from '../../generated/openapi.js';
import type { Scenario } from './scenario.js';

type Schemas = components['schemas'];

/** The view: an export job in its wire form. */
export type ExportJob = Schemas['ExportJob'];
export type ExportJobRequest = Schemas['ExportJobRequest'];

interface CommonFacts {
  id: number;
  /** Unix milliseconds. */
  creationTime: number;
  /** When the job was first asked to cancel, in Unix milliseconds. */
  cancelRequestedAt?: number;
}

/** A job whose view is as given, whatever the clock says. */
export interface RecordedJob extends CommonFacts {
  story: 'recorded';
  view: ExportJob;
}

/** A job whose view follows from these facts and the clock. */
export interface TimedJob extends CommonFacts {
  story: 'timed';
  scenario: Scenario;
  request: ExportJobRequest;
  imsOrgId: string;
  profileInstanceId: string;
  requestId: string;
  /** The batches exported to: one, or one a segment in the segments' order (`segmentPerBatch`). */
  batchIds: string[];
  computeJobId: string;
}

/** What is stored of an export job. */
export type JobFacts = RecordedJob | TimedJob;

export function recordedJob(view: ExportJob): RecordedJob {
  return { story: 'recorded', id: view.id, creationTime: view.creationTime, view };
}
