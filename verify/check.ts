import type { Inspection } from './inspection.js';
import { NotChecked } from './question.js';
import type { SeenJob, SeenJobs } from './seen-jobs.js';

/** What is known of the server when a check begins. */
export interface Known {
  /** The newest jobs, as one page listed them; undefined when it was not read. */
  first?: SeenJob[];
  /** Whether there are no others. */
  isWhole: boolean;
  seen: SeenJobs;
}

/** The newest jobs. Throws NotChecked when there are less than so many. */
export function newest({ first }: Known, atLeast = 1): SeenJob[] {
  if (!first) throw new NotChecked('the list could not be read');
  if (first.length >= atLeast) return first;
  throw new NotChecked(
    first.length === 0 ? 'there are no export jobs' : 'there is 1 export job, and it takes 2',
  );
}

/** One behaviour that is looked at. */
export interface Check {
  /** A sentence that holds when the server is as the contract says. */
  title: string;
  /** Resolves to what was looked at, in a few words. Rejects with NotChecked when it could not be. */
  run: (inspection: Inspection, known: Known) => Promise<string>;
}
