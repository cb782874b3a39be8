import type { JobFacts } from '../apis/segmentation/stored-job.js';
import { newestFirst, type Cursor } from '../apis/segmentation/paging.js';

/** The jobs of one sandbox as they are read: by id, in the list's order, and those that were asked to cancel. */
export class JobIndex {
  readonly #byId: Map<number, JobFacts>;
  /** The list's order, backwards: a new job is the newest, and goes to the end. */
  readonly #oldestFirst: JobFacts[];
  readonly #cancelled = new Map<number, JobFacts>();

  constructor(jobs: readonly JobFacts[]) {
    this.#byId = new Map(jobs.map((job) => [job.id, job]));
    this.#oldestFirst = [...jobs].sort((a, b) => newestFirst(b, a));
    const cancelled = jobs.filter(({ cancelRequestedAt }) => cancelRequestedAt !== undefined);
    cancelled.sort((a, b) => (a.cancelRequestedAt ?? 0) - (b.cancelRequestedAt ?? 0));
    for (const job of cancelled) this.#cancelled.set(job.id, job);
  }

  get(id: number): JobFacts | undefined {
    return this.#byId.get(id);
  }

  *newestFirst(after?: Cursor): Iterable<JobFacts> {
    const from = after ? this.#placeOf(after) : this.#oldestFirst.length;
    for (let place = from - 1; place >= 0; place--) {
      const job = this.#oldestFirst[place];
      if (job) yield job;
    }
  }

  /** All jobs as they are now, the oldest first. */
  all(): JobFacts[] {
    return [...this.#oldestFirst];
  }

  cancelled(): Iterable<JobFacts> {
    return this.#cancelled.values();
  }

  /** Holds a job, in place of the one that has its id, if any. */
  set(job: JobFacts): void {
    const replaced = this.#byId.get(job.id);
    if (replaced) this.#oldestFirst.splice(this.#placeOf(replaced), 1);
    this.#byId.set(job.id, job);
    this.#oldestFirst.splice(this.#placeOf(job), 0, job);
    if (job.cancelRequestedAt !== undefined) this.#cancelled.set(job.id, job);
    else this.#cancelled.delete(job.id);
  }

  /** Holds the job of that id no longer, and says whether there was one. */
  delete(id: number): boolean {
    const job = this.#byId.get(id);
    if (!job) return false;
    this.#oldestFirst.splice(this.#placeOf(job), 1);
    this.#byId.delete(id);
    this.#cancelled.delete(id);
    return true;
  }

  /** The place of the first job that is not older than a place in the list. */
  #placeOf(place: Cursor): number {
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
