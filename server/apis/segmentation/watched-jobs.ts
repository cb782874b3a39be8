import type { JobFacts } from './stored-job.js';
import type { JobStore, KeptState } from './job-store.js';
import type { Cursor } from './paging.js';

/** The jobs of a store, of which someone wants to know when they change. */
export class WatchedJobs implements JobStore {
  constructor(
    private readonly jobs: JobStore,
    private readonly changed: () => void,
  ) {}

  get(id: number): JobFacts | undefined {
    return this.jobs.get(id);
  }

  newestFirst(after?: Cursor): Iterable<JobFacts> {
    return this.jobs.newestFirst(after);
  }

  cancelled(): Iterable<JobFacts> {
    return this.jobs.cancelled();
  }

  kept(): Pick<KeptState, 'jobs' | 'lastId'> {
    return this.jobs.kept();
  }

  // A change is visible at once, and told of then.

  add<T extends JobFacts>(make: (id: number) => T): Promise<T> {
    return this.#telling(this.jobs.add(make));
  }

  replace(job: JobFacts): Promise<void> {
    return this.#telling(this.jobs.replace(job));
  }

  remove(id: number): Promise<void> {
    return this.#telling(this.jobs.remove(id));
  }

  async reset(seed: () => readonly JobFacts[]): Promise<void> {
    await this.jobs.reset(seed);
    this.changed();
  }

  restore(kept: KeptState, taken?: () => void): Promise<void> {
    return this.jobs.restore(kept, () => {
      taken?.();
      this.changed();
    });
  }

  #telling<T>(stored: Promise<T>): Promise<T> {
    this.changed();
    return stored;
  }
}
