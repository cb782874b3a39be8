import type { Adapter } from 'lowdb';
import type { JobFacts } from '../../server/domain/export-job.js';
import type { JobFolder, JobsFile, LastIdFile } from '../../server/storage/job-folder.js';

/** A folder in memory, with all that a disk may do to it: it fails, and it takes as long as a test wants. */
export class FailingFolder implements JobFolder {
  /** What is in it: the jobs by the first id of their file, and the last id. */
  files = new Map<number | 'last-id', unknown>();
  /** Whether there is such a folder. */
  isThere = false;
  /** What was written or removed, in that order; also what failed. */
  readonly tried: string[] = [];
  /** Says of a step (`jobs 0`, `remove jobs 0`, `last-id`, `publish`, `remove`) whether it fails. */
  fails: (step: string) => boolean = () => false;
  #opened = Promise.resolve();

  /** Holds every step up until what is returned is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.#opened = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** All jobs in it. */
  get jobsHeld(): JobFacts[] {
    return [...this.files].flatMap(([key, data]) => (key === 'last-id' ? [] : (data as JobsFile).jobs));
  }

  jobs(firstId: number): Adapter<JobsFile> {
    return this.#adapter(this.files, firstId, `jobs ${firstId}`);
  }

  lastId(): Adapter<LastIdFile> {
    return this.#adapter(this.files, 'last-id', 'last-id');
  }

  async removeJobs(firstId: number): Promise<void> {
    await this.#step(`remove jobs ${firstId}`);
    this.files.delete(firstId);
  }

  draft() {
    const files: typeof this.files = new Map();
    return Promise.resolve({
      jobs: (firstId: number) => this.#adapter<JobsFile>(files, firstId, `draft jobs ${firstId}`),
      lastId: () => this.#adapter<LastIdFile>(files, 'last-id', 'draft last-id'),
      publish: async () => {
        await this.#step('publish');
        // What was handed out before writes to the same place.
        for (const [key, data] of files) this.files.set(key, data);
        this.isThere = true;
      },
    });
  }

  async remove(): Promise<void> {
    await this.#step('remove');
    this.files.clear();
    this.isThere = false;
  }

  #adapter<T>(files: typeof this.files, key: number | 'last-id', step: string): Adapter<T> {
    return {
      read: () => Promise.resolve(null),
      write: async (data: T) => {
        const written = structuredClone(data);
        await this.#step(step);
        files.set(key, written);
      },
    };
  }

  async #step(step: string): Promise<void> {
    this.tried.push(step);
    await this.#opened;
    if (this.fails(step)) throw new Error(`no space left for ${step}`);
  }
}
