import type { JobFacts } from '../domain/export-job.js';
import type { JobStore } from '../domain/job-store.js';
import type { Cursor } from '../domain/paging.js';
import { inTurns, JobFiles } from './job-files.js';
import { firstIdOf, IDS_A_FILE, type JobFolder, type KeptJobs } from './job-folder.js';
import { JobIndex } from './job-index.js';

/** Makes the error to answer of the one for which a change could not be stored. */
export type Refuse = (cause: Error) => Error;

interface Waiter {
  resolve: () => void;
  reject: (error: Error) => void;
}

interface Reset extends Waiter {
  seed: () => readonly JobFacts[];
}

/**
 * Keeps jobs in memory to be read, and in lowdb files, a range of ids each, to be stored. One loop stores what has
 * changed; all changes to a file that came while it was busy are stored together. A file that can not be written takes
 * its jobs in memory back to what it holds.
 */
export class LowdbJobStore implements JobStore {
  #index: JobIndex;
  #files: JobFiles;
  #lastId: number;
  /** The highest id of a job that was removed: no job tells it any more. */
  #lastIdRemoved = 0;
  /** The changes that are not stored yet, by the first id of their file. */
  #waiting = new Map<number, Waiter[]>();
  #resets: Reset[] = [];
  #storing: Promise<void> | undefined;

  /** @param kept what the folder holds. Without it, the store begins with the seed. */
  constructor(
    private readonly folder: JobFolder,
    kept: KeptJobs | undefined,
    seed: () => readonly JobFacts[],
    private readonly refuse: Refuse,
  ) {
    const jobs = kept?.jobs ?? seed();
    this.#lastId = highestId(jobs, kept?.lastId);
    this.#index = new JobIndex(jobs);
    this.#files = new JobFiles(folder, jobs, kept?.lastId ?? this.#lastId, kept !== undefined);
  }

  get(id: number): JobFacts | undefined {
    return this.#index.get(id);
  }

  newestFirst(after?: Cursor): Iterable<JobFacts> {
    return this.#index.newestFirst(after);
  }

  cancelled(): Iterable<JobFacts> {
    return this.#index.cancelled();
  }

  async add<T extends JobFacts>(make: (id: number) => T): Promise<T> {
    const job = make(this.#lastId + 1);
    this.#lastId = job.id;
    this.#index.set(job);
    await this.#stored(job.id);
    return job;
  }

  async replace(job: JobFacts): Promise<void> {
    if (!this.#index.get(job.id)) return;
    this.#index.set(job);
    await this.#stored(job.id);
  }

  async remove(id: number): Promise<void> {
    if (!this.#index.delete(id)) return;
    this.#lastIdRemoved = Math.max(this.#lastIdRemoved, id);
    await this.#stored(id);
  }

  reset(seed: () => readonly JobFacts[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#resets.push({ seed, resolve, reject });
      this.#storing ??= this.#store();
    });
  }

  /** Resolves when nothing is left to be stored. */
  async settled(): Promise<void> {
    await this.#storing;
  }

  /** Resolves once the change to the job of that id is stored. */
  #stored(id: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const firstId = firstIdOf(id);
      const waiters = this.#waiting.get(firstId) ?? [];
      waiters.push({ resolve, reject });
      this.#waiting.set(firstId, waiters);
      this.#storing ??= this.#store();
    });
  }

  /** Stores until nothing is left to be. Never rejects: whoever waits is told. */
  async #store(): Promise<void> {
    while (this.#resets.length > 0 || this.#waiting.size > 0) {
      const reset = this.#resets.shift();
      if (reset) await this.#reset(reset);
      else await this.#storeChanges();
    }
    this.#storing = undefined;
  }

  async #storeChanges(): Promise<void> {
    // As they are now: a change that comes later is not to be written with them, before what it needs is.
    const changes = [...this.#waiting].map(([firstId, waiters]) => {
      return { firstId, waiters, jobs: this.#heldInMemory(firstId) };
    });
    this.#waiting = new Map();
    try {
      await this.#files.prepare(this.#lastIdRemoved);
    } catch (error) {
      for (const { firstId, waiters } of changes) this.#undo(firstId, waiters, error as Error);
      return;
    }
    await inTurns(changes, async ({ firstId, waiters, jobs }) => {
      try {
        await this.#files.write(firstId, jobs);
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        this.#undo(firstId, waiters, error as Error);
      }
    });
  }

  #heldInMemory(firstId: number): JobFacts[] {
    const ids = Array.from({ length: IDS_A_FILE }, (_, index) => firstId + index);
    return ids.flatMap((id) => this.#index.get(id) ?? []);
  }

  /** Takes the jobs of a file back to what it holds, and refuses what was changed since. */
  #undo(firstId: number, waiters: Waiter[], cause: Error): void {
    const builtOnThem = this.#waiting.get(firstId) ?? [];
    this.#waiting.delete(firstId);
    for (const { id } of this.#heldInMemory(firstId)) this.#index.delete(id);
    for (const job of this.#files.held(firstId)) this.#index.set(job);
    const error = this.refuse(cause);
    for (const { reject } of [...waiters, ...builtOnThem]) reject(error);
  }

  async #reset({ seed, resolve, reject }: Reset): Promise<void> {
    try {
      await this.#files.remove();
    } catch (error) {
      reject(this.refuse(error as Error));
      return;
    }
    const overtaken = [...this.#waiting.values()].flat();
    this.#waiting = new Map();
    const jobs = seed();
    this.#lastId = highestId(jobs);
    this.#lastIdRemoved = 0;
    this.#index = new JobIndex(jobs);
    this.#files = new JobFiles(this.folder, jobs, this.#lastId, false);
    for (const waiter of overtaken) waiter.resolve();
    resolve();
  }
}

function highestId(jobs: readonly JobFacts[], atLeast = 0): number {
  return jobs.reduce((highest, { id }) => Math.max(highest, id), atLeast);
}
