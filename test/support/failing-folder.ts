import type { Adapter } from 'lowdb';
import type { JobFacts } from '../../server/apis/segmentation/stored-job.js';
import type {
  JobFolder,
  JobFolderDraft,
  JobsFile,
  LastIdFile,
  PendingFile,
} from '../../server/storage/job-folder.js';

type FileKey = number | 'last-id' | 'settings' | 'pending';
type Files = Map<FileKey, unknown>;

/** A folder in memory, with all that a disk may do to it: it fails, and it takes as long as a test wants. */
export class FailingFolder implements JobFolder {
  /** What is in it: the jobs by the first id of their file, and the others by their names. */
  files: Files = new Map();
  /** Whether there is such a folder. */
  isThere = false;
  /** What was written or removed, in that order; also what failed. */
  readonly tried: string[] = [];
  /**
   * Says of a step (`jobs 0`, `remove jobs 0`, `last-id`, `settings`, `pending`, `remove pending`, `publish`, `remove`;
   * in a draft, `draft jobs 0` and so on) whether it fails.
   */
  fails: (step: string) => boolean = () => false;
  #opened = Promise.resolve();

  /** Holds every step up until what is returned is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.#opened = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** All jobs in it, those that are pending in place of what the files hold. */
  get jobsHeld(): JobFacts[] {
    const pending = this.files.get('pending') as PendingFile | undefined;
    const jobs = new Map(
      [...this.files].flatMap(([key, data]) => (typeof key === 'number' ? [[key, data]] : [])),
    );
    for (const { firstId, jobs: held } of pending?.files ?? []) jobs.set(firstId, { jobs: held });
    return [...jobs.values()].flatMap((data) => (data as JobsFile).jobs);
  }

  /** The settings in it, those that are pending in place of what the file holds. */
  get settingsHeld(): unknown {
    return (this.files.get('pending') as PendingFile | undefined)?.settings ?? this.files.get('settings');
  }

  jobs(firstId: number): Adapter<JobsFile> {
    return this.#adapter(this.files, firstId, `jobs ${firstId}`);
  }

  lastId(): Adapter<LastIdFile> {
    return this.#adapter(this.files, 'last-id', 'last-id');
  }

  settings(): Adapter<object> {
    return this.#adapter(this.files, 'settings', 'settings');
  }

  pending(): Adapter<PendingFile> {
    return this.#adapter(this.files, 'pending', 'pending');
  }

  removeJobs(firstId: number): Promise<void> {
    return this.#remove(firstId, `remove jobs ${firstId}`);
  }

  removePending(): Promise<void> {
    return this.#remove('pending', 'remove pending');
  }

  draft(): Promise<JobFolderDraft> {
    const files: Files = new Map();
    return Promise.resolve({
      jobs: (firstId: number) => this.#adapter<JobsFile>(files, firstId, `draft jobs ${firstId}`),
      lastId: () => this.#adapter<LastIdFile>(files, 'last-id', 'draft last-id'),
      settings: () => this.#adapter<object>(files, 'settings', 'draft settings'),
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

  async #remove(key: FileKey, step: string): Promise<void> {
    await this.#step(step);
    this.files.delete(key);
  }

  #adapter<T>(files: Files, key: FileKey, step: string): Adapter<T> {
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
