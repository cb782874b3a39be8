import type { JobFacts } from './export-job.js';
import type { Cursor } from './paging.js';

/**
 * Keeps the facts of one sandbox's export jobs. Reading is immediate. A change is visible at once, and its promise
 * resolves when the change is stored as durably as the store can. When it can not be stored, it is undone, with what was
 * built on it meanwhile, and the promise rejects with the error to answer. What is handed over or out is not to be
 * changed afterwards: a changed job is a new object.
 */
export interface JobStore {
  get(id: number): JobFacts | undefined;
  /** The jobs in the list's order, from the first or from just behind a cursor. */
  newestFirst(after?: Cursor): Iterable<JobFacts>;
  /** The jobs that were asked to cancel, the first asked first. */
  cancelled(): Iterable<JobFacts>;
  /** Takes the next id, which was never used before in this store, and keeps the job made of it. */
  add<T extends JobFacts>(make: (id: number) => T): Promise<T>;
  /** Keeps the job in place of the one that has its id. Without one, nothing is kept. */
  replace(job: JobFacts): Promise<void>;
  /** Keeps the job of that id no longer, if there is one. */
  remove(id: number): Promise<void>;
  /**
   * Begins anew with the jobs of a seed, which is asked for at that moment. Changes that were not stored yet are
   * overtaken, and count as made.
   */
  reset(seed: () => readonly JobFacts[]): Promise<void>;
}
