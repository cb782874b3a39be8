import type { components } from '../../../generated/openapi.js';
import type { Ending, JobScenario } from './scenario.js';

type Schemas = components['schemas'];

/** The view: an export job in its wire form. */
export type ExportJob = Schemas['ExportJob'];
/** What a client sends: what has a default may be left out. */
export type CreateExportJobRequest = Schemas['CreateExportJobRequest'];

/**
 * A request with the contract's defaults filled in. Types can not tell which properties have one, as all that they say
 * is that these may be left out, so this names the three parts that do. The filter is then as answers show it.
 */
export interface CompleteRequest extends CreateExportJobRequest {
  destination: Required<Schemas['RequestedDestination']>;
  filter?: Schemas['ExportFilter'];
  evaluationInfo?: Required<Schemas['EvaluationInfo']>;
}

interface CommonFacts {
  id: number;
  /** Unix milliseconds. */
  creationTime: number;
  /** When the job was first asked to cancel, in Unix milliseconds. */
  cancelRequestedAt?: number;
  /** By what the job moves on. Absent: by time, as its story has it. */
  progress?: Exclude<Progress, 'time'>;
  /** By polls: in how many answers it appears in a status before it moves on. Absent: one. */
  polls?: number;
  /** By polls: in how many it has appeared in its present status. Absent: none. */
  seen?: number;
  /** Since when it is processed, where that was done to it, in Unix milliseconds; it then holds whatever the clock says. */
  processingFrom?: number;
  /** When and how it ended, where that was done to it; likewise. */
  ended?: { at: number; ending: Ending };
}

/**
 * By what a job moves on: by the times of its story, by polls (each answer that it appears in), or by hand. Cancelling
 * goes by the clock in all three.
 */
export type Progress = 'time' | 'polls' | 'hand';

/** A job whose view is as given, whatever the clock says, until something is done with it. */
export interface RecordedJob extends CommonFacts {
  story: 'recorded';
  view: ExportJob;
}

/** A job whose view follows from these facts and the clock. */
export interface TimedJob extends CommonFacts {
  story: 'timed';
  scenario: JobScenario;
  request: CompleteRequest;
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
