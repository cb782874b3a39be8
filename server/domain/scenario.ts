import type { components } from '../../generated/openapi.js';

type Schemas = components['schemas'];

/** What cancelling does to a job that has not finished. Times in milliseconds. */
export interface Cancelling {
  /** How long the job goes on after it was asked to cancel. */
  after: number;
  /** What holds then: it is gone, it has failed, or it finishes as if nobody had asked. */
  then: 'gone' | 'failed' | 'stays';
}

/** How a job ends, and what it shows then. */
export type Ending =
  | {
      status: 'SUCCEEDED';
      /** A job may succeed and show errors all the same, as job 100 of the page does. */
      errors?: Schemas['JobErrors'];
      counters?: Pick<
        Schemas['SucceededMetrics'],
        'totalExportedProfileCounter' | 'exportedProfileByNamespaceCounter'
      >;
    }
  | { status: 'FAILED'; errors: Schemas['JobErrors'] };

/** A job's story as data. Times in milliseconds. */
export interface Scenario {
  name: string;
  /** How long the job is NEW. */
  newMs: number;
  /** How long it is PROCESSING after that. */
  processingMs: number;
  ending: Ending;
  cancel: Cancelling;
}

/** What cancelling does when no scenario says: no source tells what a cancelled export job looks like. Assumed. */
export const DEFAULT_CANCELLING: Cancelling = { after: 1000, then: 'gone' };
