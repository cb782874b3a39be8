import type { JobFacts } from './stored-job.js';
import type { Cursor } from './paging.js';

/** All that a store may be taken to. */
export interface KeptState {
  /** Each with an id of its own. */
  jobs: readonly JobFacts[];
  /** The last id that was given, at least the highest of a job and at most 2^52: new ones count on from it. */
  lastId: number;
  /** What the sandbox keeps beside its jobs, as JSON. Without it, that stays as it is. */
  settings?: object | undefined;
}

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
   * Begins anew with the jobs of a seed, which is asked for at that moment, and without settings. Changes that were not
   * stored yet are overtaken, and count as made.
   */
  reset(seed: () => readonly JobFacts[]): Promise<void>;
  /** All jobs as they are now, the oldest first, and the last id: what `restore` takes this store back to. */
  kept(): Pick<KeptState, 'jobs' | 'lastId'>;
  /**
   * Holds exactly these jobs from the moment at which they are stored, all of it or nothing, and calls `taken` at that
   * moment, which must not throw. Changes that were not stored yet are overtaken, and count as made.
   */
  restore(kept: KeptState, taken?: () => void): Promise<void>;
}

/** All that is kept of one sandbox. */
export interface SandboxStore {
  readonly jobs: JobStore;
  /** Whether it goes on from an earlier start. */
  readonly isFound: boolean;
  /** What was kept last beside the jobs: nothing at first, and after a reset. */
  readonly settings: object | undefined;
  /**
   * Keeps this beside the jobs, as JSON; it is not to be changed afterwards. It resolves when that, or what was to be
   * kept after it, is stored. When it can not be, `settings` is what is stored, and the promise rejects with the error
   * to answer.
   */
  keepSettings(settings: object): Promise<void>;
  /**
   * Keeps nothing of the sandbox any more: it can be opened anew. Changes that were not stored yet are overtaken; those
   * that come later are refused.
   */
  remove(): Promise<void>;
}
