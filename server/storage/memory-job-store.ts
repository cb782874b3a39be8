import { Low, Memory } from 'lowdb';
import type { JobFacts } from '../domain/export-job.js';
import type { JobStore } from '../domain/job-store.js';
import { newestFirst, type Cursor } from '../domain/paging.js';

interface StoredState {
  /** The last id that was given. */
  lastId: number;
  jobs: Record<number, JobFacts>;
}

/** Keeps jobs in a lowdb in memory: they are gone with the process. */
export class MemoryJobStore implements JobStore {
  readonly #db: Low<StoredState>;
  /** The jobs in the list's order, backwards: a new job is the newest, and goes to the end. */
  readonly #oldestFirst: JobFacts[];

  readonly #cancelled: Map<number, JobFacts>;

  constructor(seed: readonly JobFacts[]) {
    this.#oldestFirst = [...seed].sort((a, b) => newestFirst(b, a));
    const cancelled = seed.filter(({ cancelRequestedAt }) => cancelRequestedAt !== undefined);
    this.#cancelled = new Map(cancelled.map((job) => [job.id, job]));
    this.#db = new Low(new Memory<StoredState>(), {
      lastId: seed.reduce((last, { id }) => Math.max(last, id), 0),
      jobs: Object.fromEntries(seed.map((job) => [job.id, job])),
    });
  }

  get(id: number): JobFacts | undefined {
    return this.#db.data.jobs[id];
  }

  *newestFirst(after?: Cursor): Iterable<JobFacts> {
    const from = after ? this.#indexOf(after) : this.#oldestFirst.length;
    for (let index = from - 1; index >= 0; index--) {
      const job = this.#oldestFirst[index];
      if (job) yield job;
    }
  }

  cancelled(): Iterable<JobFacts> {
    return this.#cancelled.values();
  }

  async add<T extends JobFacts>(make: (id: number) => T): Promise<T> {
    const job = make(this.#db.data.lastId + 1);
    this.#db.data.lastId = job.id;
    this.#db.data.jobs[job.id] = job;
    this.#oldestFirst.splice(this.#indexOf(job), 0, job);
    await this.#db.write();
    return job;
  }

  async replace(job: JobFacts): Promise<void> {
    const replaced = this.get(job.id);
    if (!replaced) return;
    this.#db.data.jobs[job.id] = job;
    this.#oldestFirst.splice(this.#indexOf(replaced), 1);
    this.#oldestFirst.splice(this.#indexOf(job), 0, job);
    if (job.cancelRequestedAt !== undefined) this.#cancelled.set(job.id, job);
    else this.#cancelled.delete(job.id);
    await this.#db.write();
  }

  async remove(id: number): Promise<void> {
    const job = this.get(id);
    if (!job) return;
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the ids are numbers
    delete this.#db.data.jobs[id];
    this.#oldestFirst.splice(this.#indexOf(job), 1);
    this.#cancelled.delete(id);
    await this.#db.write();
  }

  /** The index of the first job that is not older than a place in the list. */
  #indexOf(place: Cursor): number {
    let low = 0;
    let high = this.#oldestFirst.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const job = this.#oldestFirst[middle];
      if (job && newestFirst(job, place) > 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
