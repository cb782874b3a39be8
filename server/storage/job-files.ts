import { Low } from 'lowdb';
import type { JobFacts } from '../apis/segmentation/stored-job.js';
import type { KeptState } from '../apis/segmentation/job-store.js';
import { firstIdOf, type JobFolder, type JobsFile, type LastIdFile } from './job-folder.js';

/** Files that are written at a time. */
const MOST_AT_A_TIME = 32;

/** What is found of a sandbox. */
export interface FoundState extends KeptState {
  /** The first ids of the files that do not hold their jobs yet: those are still pending. */
  pending?: readonly number[] | undefined;
}

/** The files of one sandbox, each a lowdb: what they hold, and how they come to hold something else. */
export class JobFiles {
  /** By the first id of each. */
  readonly #files = new Map<number, Low<JobsFile>>();
  readonly #lastId: Low<LastIdFile>;
  #settings: object | undefined;
  /** The first ids of the files that are still to be written as they are here. */
  #pending: readonly number[] | undefined;

  /**
   * @param content what the files hold, or are to hold once anything is written.
   * @param isWritten whether they do: a seed is not written until something has changed.
   */
  constructor(
    private readonly folder: JobFolder,
    content: FoundState,
    private isWritten: boolean,
  ) {
    for (const [firstId, jobs] of byFile(content.jobs)) this.#hold(firstId, jobs);
    this.#lastId = new Low(folder.lastId(), { lastId: content.lastId });
    this.#settings = content.settings;
    this.#pending = content.pending;
  }

  /** The jobs that the file of the ids from this one on holds. */
  held(firstId: number): readonly JobFacts[] {
    return this.#files.get(firstId)?.data.jobs ?? [];
  }

  /** The settings that are held. */
  get settings(): object | undefined {
    return this.#settings;
  }

  /** Makes the file of the ids from this one on hold these jobs. When that fails, it holds what it held. */
  async write(firstId: number, jobs: JobFacts[]): Promise<void> {
    if (jobs.length === 0) {
      await this.folder.removeJobs(firstId);
      this.#files.delete(firstId);
      return;
    }
    await writeData(this.#file(firstId), { jobs });
  }

  async writeSettings(settings: object | undefined): Promise<void> {
    if (settings) await new Low(this.folder.settings(), settings).write();
    this.#settings = settings;
  }

  /** Writes what was not yet, before anything else is: the seed, what is pending, an id that no job will tell any more. */
  async prepare(lastIdToKeep: number): Promise<void> {
    if (!this.isWritten) {
      const files = [...this.#files].map(([firstId, { data }]) => [firstId, data.jobs] as const);
      await this.#writeAll(files, this.#lastId.data, this.#settings);
    }
    await this.writePending();
    if (lastIdToKeep > this.#lastId.data.lastId) await writeData(this.#lastId, { lastId: lastIdToKeep });
  }

  /** Makes the files hold this instead: when it fails, or the process ends before, they hold all that they held. */
  async replace({ jobs, lastId, settings = this.#settings }: KeptState): Promise<void> {
    // Of an earlier time: two at once would have to be told apart.
    await this.writePending();
    const wanted = byFile(jobs);
    const files = this.#unlike(wanted);
    if (this.isWritten) {
      await new Low(this.folder.pending(), { lastId, settings, files }).write();
      this.#pending = files.map(({ firstId }) => firstId);
    } else {
      await this.#writeAll([...wanted], { lastId }, settings);
    }
    for (const file of files) this.#hold(file.firstId, file.jobs);
    this.#lastId.data = { lastId };
    this.#settings = settings;
  }

  /** Writes what is pending to where it belongs. When that fails, it is pending still. */
  async writePending(): Promise<void> {
    if (!this.#pending) return;
    await inTurns(this.#pending, (firstId) => this.write(firstId, [...this.held(firstId)]));
    await this.#lastId.write();
    await this.writeSettings(this.#settings);
    await this.folder.removePending();
    this.#pending = undefined;
  }

  /** Keeps nothing any more. */
  async remove(): Promise<void> {
    if (this.isWritten) await this.folder.remove();
  }

  async #writeAll(
    files: readonly (readonly [firstId: number, jobs: JobFacts[]])[],
    lastId: LastIdFile,
    settings: object | undefined,
  ): Promise<void> {
    const draft = await this.folder.draft();
    await new Low(draft.lastId(), lastId).write();
    if (settings) await new Low(draft.settings(), settings).write();
    await inTurns(files, ([firstId, jobs]) => new Low(draft.jobs(firstId), { jobs }).write());
    await draft.publish();
    this.isWritten = true;
  }

  /** The files that hold other jobs than these, with those that they are to hold. */
  #unlike(wanted: ReadonlyMap<number, JobFacts[]>): (JobsFile & { firstId: number })[] {
    const firstIds = new Set([...this.#files.keys(), ...wanted.keys()]);
    return [...firstIds].flatMap((firstId) => {
      const [held, jobs] = [this.held(firstId), wanted.get(firstId) ?? []];
      const isHeld = held.length === jobs.length && held.every((job, index) => job === jobs[index]);
      return isHeld ? [] : { firstId, jobs };
    });
  }

  #hold(firstId: number, jobs: JobFacts[]): void {
    if (jobs.length === 0) this.#files.delete(firstId);
    else this.#file(firstId).data = { jobs };
  }

  #file(firstId: number): Low<JobsFile> {
    let file = this.#files.get(firstId);
    if (!file) this.#files.set(firstId, (file = new Low(this.folder.jobs(firstId), { jobs: [] })));
    return file;
  }
}

/** The jobs of each file, by its first id; those of one by their ids. */
function byFile(jobs: readonly JobFacts[]): Map<number, JobFacts[]> {
  const files = new Map<number, JobFacts[]>();
  for (const job of [...jobs].sort((a, b) => a.id - b.id)) {
    const others = files.get(firstIdOf(job.id));
    if (others) others.push(job);
    else files.set(firstIdOf(job.id), [job]);
  }
  return files;
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

/** Does something with each item, some at a time. Rejects once nothing is under way any more that it had begun. */
export async function inTurns<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const worker = async () => {
    for (const item of left) await act(item);
  };
  const workers = Array.from({ length: Math.min(MOST_AT_A_TIME, items.length) }, worker);
  // What is still being written would otherwise meet the next attempt.
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
