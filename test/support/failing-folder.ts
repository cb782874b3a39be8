import type { Adapter } from 'lowdb';
import type { StoredRecord } from '../../server/storage/records.js';
import { parseFileName } from '../../server/storage/records.js';
import type { PendingFile, RecordsFile, SandboxFolder } from '../../server/storage/sandbox-files.js';

type Files = Map<string, unknown>;

/** A folder in memory, with all that a disk may do to it: it fails, and it takes as long as a test wants. */
export class FailingFolder implements SandboxFolder {
  /** What is in it, by the names of the files without ending. */
  files: Files = new Map();
  /** Whether there is such a folder. */
  isThere = false;
  /** What was written or removed, in that order; also what failed. */
  readonly tried: string[] = [];
  /**
   * Says of a step whether it fails: `jobs-0-63`, `remove jobs-0-63`, `last-ids`, `settings`, `pending`, `remove pending`,
   * `draft`, `publish`, `remove`; in a draft, `draft jobs-0-63` and so on.
   */
  fails: (step: string) => boolean = () => false;
  #opened = Promise.resolve();

  /** Holds every step up until what is returned is called. */
  hold(): () => void {
    let open: () => void = () => undefined;
    this.#opened = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** All records of a collection in it, those that are pending in place of what the files hold. */
  getRecords<R extends StoredRecord>(collection: string): R[] {
    const records = new Map(
      [...this.files].filter(([name]) => parseFileName(name)?.collection === collection),
    );
    for (const file of this.#pending?.files ?? []) {
      if (parseFileName(file.name)?.collection === collection) records.set(file.name, file);
    }
    return [...records.values()].flatMap((content) => (content as RecordsFile).records as R[]);
  }

  /** The settings in it, those that are pending in place of what the file holds. */
  get settings(): unknown {
    return this.#pending?.settings ?? this.files.get('settings');
  }

  /** The last ids in it, those that are pending in place of what the file holds. */
  get lastIds(): unknown {
    return this.#pending?.lastIds ?? this.files.get('last-ids');
  }

  file<T>(name: string): Adapter<T> {
    return this.#createAdapter(this.files, name, name);
  }

  async removeFile(name: string): Promise<void> {
    await this.#step(`remove ${name}`);
    this.files.delete(name);
  }

  async createDraft() {
    const files: Files = new Map();
    await this.#step('draft');
    return {
      file: <T>(name: string) => this.#createAdapter<T>(files, name, `draft ${name}`),
      publish: async () => {
        await this.#step('publish');
        // What was handed out before writes to the same place.
        for (const [name, content] of files) this.files.set(name, content);
        this.isThere = true;
      },
    };
  }

  async remove(): Promise<void> {
    await this.#step('remove');
    this.files.clear();
    this.isThere = false;
  }

  get #pending(): PendingFile | undefined {
    return this.files.get('pending') as PendingFile | undefined;
  }

  #createAdapter<T>(files: Files, name: string, step: string): Adapter<T> {
    return {
      read: () => Promise.resolve(null),
      write: async (data: T) => {
        const written = structuredClone(data);
        await this.#step(step);
        files.set(name, written);
      },
    };
  }

  async #step(step: string): Promise<void> {
    this.tried.push(step);
    await this.#opened;
    if (this.fails(step)) throw new Error(`no space left for ${step}`);
  }
}
