import type { components as controlComponents } from '../../../generated/control.js';
import type { components } from '../../../generated/openapi.js';
import type { Collection } from '../../storage/records.js';

type Schemas = components['schemas'];
type ControlSchemas = controlComponents['schemas'];

/** An export job in its wire form. */
export type ExportJob = Schemas['ExportJob'];
/** What a client sends: what has a default may be left out. */
export type CreateExportJobRequest = Schemas['CreateExportJobRequest'];

/**
 * A request with the contract's defaults filled in. The generated types only say which properties may be left out, so this
 * names the three parts that have defaults. The filter is then as responses show it.
 */
export interface CompleteRequest extends CreateExportJobRequest {
  destination: Required<Schemas['RequestedDestination']>;
  filter?: Schemas['ExportFilter'];
  evaluationInfo?: Required<Schemas['EvaluationInfo']>;
}

/** A job's story as data, as the control plane's contract has it. Times in milliseconds. */
export type Scenario = ControlSchemas['Scenario'];

/** What of its scenario a job lives by. */
export type JobScenario = Pick<Scenario, 'name' | 'newMs' | 'processingMs' | 'outcome' | 'cancel'>;

/** How a job ends, and what it shows then. A job may succeed and show errors all the same, as job 100 of the page does. */
export type Outcome = ControlSchemas['Outcome'];

/** What cancelling does to a job that has not finished. */
export type Cancelling = ControlSchemas['Cancelling'];

/**
 * By what a job moves on: by the times of its scenario, by polls (each response that it appears in), or by hand.
 * Cancelling goes by the clock in all three.
 */
export type Progress = 'time' | 'polls' | 'hand';

interface CommonMembers {
  readonly id: number;
  /** Unix milliseconds. */
  creationTime: number;
  /** When the job was first asked to cancel, in Unix milliseconds. */
  cancelRequestedAt?: number;
  /** By what the job moves on. Absent: by time. */
  progress?: Exclude<Progress, 'time'>;
  /** By polls: in how many responses it appears in a status before it moves on. Absent: one. */
  polls?: number;
  /** By polls: in how many it has appeared in its present status. Absent: none. */
  seen?: number;
  /** Since when it is processed, where that was done to it, in Unix milliseconds; it then holds whatever the clock says. */
  processingFrom?: number;
  /** When and how it ended, where that was done to it; likewise. */
  ended?: { at: number; outcome: Outcome };
}

/** A job that is shown as given, whatever the clock says, until something is done with it. */
export interface StaticJob extends CommonMembers {
  kind: 'static';
  job: ExportJob;
}

/** A job whose wire form follows from these members and the clock. */
export interface SimulatedJob extends CommonMembers {
  kind: 'simulated';
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
export type StoredJob = StaticJob | SimulatedJob;

/** The export jobs of one sandbox. */
export type Jobs = Collection<StoredJob>;

/** The name of their collection. */
export const JOBS = 'jobs';

export function createStaticJob(job: ExportJob): StaticJob {
  return { kind: 'static', id: job.id, creationTime: job.creationTime, job };
}
