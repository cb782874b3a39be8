import type { components } from '../../generated/openapi.js';
import type { Scenario } from './scenario.js';

type Schemas = components['schemas'];

/** The view: an export job in its wire form. */
export type ExportJob = Schemas['ExportJob'];
/** What a client sends: what has a default may be left out. */
export type ExportJobRequest = Schemas['ExportJobRequest'];

/**
 * A request with the contract's defaults filled in. Types can not tell which properties have one, as all that they say
 * is that these may be left out, so this names the three parts that do. The filter is then as answers show it.
 */
export interface CompleteRequest extends ExportJobRequest {
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
