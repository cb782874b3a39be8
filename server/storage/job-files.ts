import { Low } from 'lowdb';
import type { JobFacts } from '../domain/export-job.js';
import { firstIdOf, type JobFolder, type JobsFile, type LastIdFile } from './job-folder.js';

/** Files that are written at a time. */
const MOST_AT_A_TIME = 32;

/** The files of one sandbox, each a lowdb: what they hold, and how they come to hold something else. */
export class JobFiles {
  /** By the first id of each. */
  readonly #files = new Map<number, Low<JobsFile>>();
  readonly #lastId: Low<LastIdFile>;

  /**
   * @param jobs what the files hold, or are to hold once anything is written.
   * @param isWritten whether they do: a seed is not written until something has changed.
   */
  constructor(
    private readonly folder: JobFolder,
    jobs: readonly JobFacts[],
    lastId: number,
    private isWritten: boolean,
  ) {
    for (const job of jobs) this.#file(firstIdOf(job.id)).data.jobs.push(job);
    this.#lastId = new Low(folder.lastId(), { lastId });
  }

  /** The jobs that the file of the ids from this one on holds. */
  held(firstId: number): readonly JobFacts[] {
    return this.#files.get(firstId)?.data.jobs ?? [];
  }

  /** Makes the file of the ids from this one on hold these jobs. When that fails, it holds what it held. */
  async write(firstId: number, jobs: JobFacts[]): Promise<void> {
    if (jobs.length === 0) {
      await this.folder.removeJobs(firstId);
      this.#files.delete(firstId);
      return;
    }
    const file = this.#file(firstId);
    await writeData(file, { jobs });
  }

  /** Writes what was not yet, before anything else is: the seed, and an id that no job will tell any more. */
  async prepare(lastIdToKeep: number): Promise<void> {
    if (!this.isWritten) await this.#writeAll();
    if (lastIdToKeep > this.#lastId.data.lastId) await writeData(this.#lastId, { lastId: lastIdToKeep });
  }

  /** Keeps nothing any more. */
  async remove(): Promise<void> {
    if (this.isWritten) await this.folder.remove();
  }

  async #writeAll(): Promise<void> {
    const draft = await this.folder.draft();
    await new Low(draft.lastId(), this.#lastId.data).write();
    await inTurns([...this.#files], ([firstId, { data }]) => new Low(draft.jobs(firstId), data).write());
    await draft.publish();
    this.isWritten = true;
  }

  #file(firstId: number): Low<JobsFile> {
    let file = this.#files.get(firstId);
    if (!file) this.#files.set(firstId, (file = new Low(this.folder.jobs(firstId), { jobs: [] })));
    return file;
  }
}

async function writeData<T>(file: Low<T>, data: T): Promise<void> {
  const held = file.data;
  file.data = data;
  try {
    await file.write();
  } catch (error) {
    file.data = held;
    throw error;
  }
}

/** Does something with each item, some at a time. Rejects with what is rejected first. */
export async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_A_TIME, items.length) }, worker));
}
