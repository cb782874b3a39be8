import type { JobFacts } from '../apis/segmentation/stored-job.js';
import type { JobStore, KeptState } from '../apis/segmentation/job-store.js';
import type { Cursor } from '../apis/segmentation/paging.js';
import { JobFiles, type FoundState } from './job-files.js';
import { firstIdOf, IDS_A_FILE, removedFolder, type JobFolder } from './job-folder.js';
import { JobIndex } from './job-index.js';
import { WriteLoop, type Refuse } from './write-loop.js';

/** The key of the file of settings; those of jobs go by their first ids. */
const SETTINGS = 'settings';
type FileKey = number | typeof SETTINGS;

/**
 * Keeps jobs in memory to be read, and in lowdb files, a range of ids each, to be stored; and a sandbox's settings
 * beside them.
 */
export class LowdbJobStore implements JobStore {
  #folder: JobFolder;
  #index: JobIndex;
  #files: JobFiles;
  #settings: object | undefined;
  #lastId: number;
  /** The highest id of a job that was removed: no job tells it any more. */
  #lastIdRemoved = 0;
  readonly #loop: WriteLoop<FileKey>;

  /** @param found what the folder holds. Without it, the store begins with the seed. */
  constructor(
    folder: JobFolder,
    found: FoundState | undefined,
    seed: () => readonly JobFacts[],
    refuse: Refuse,
  ) {
    const jobs = found?.jobs ?? seed();
    this.#folder = folder;
    this.#lastId = highestId(jobs, found?.lastId);
    this.#settings = found?.settings;
    this.#index = new JobIndex(jobs);
    this.#files = new JobFiles(folder, found ?? { jobs, lastId: this.#lastId }, found !== undefined);
    const prepare = () => this.#files.prepare(this.#lastIdRemoved);
    this.#loop = new WriteLoop(
      { prepare, writer: (file) => this.#writer(file), undo: (file) => this.#undo(file) },
      refuse,
    );
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

  kept(): Pick<KeptState, 'jobs' | 'lastId'> {
    return { jobs: this.#index.all(), lastId: this.#lastId };
  }

  /** What was kept last beside the jobs. */
  get settings(): object | undefined {
    return this.#settings;
  }

  async add<T extends JobFacts>(make: (id: number) => T): Promise<T> {
    const job = make(this.#lastId + 1);
    this.#lastId = job.id;
    this.#index.set(job);
    await this.#loop.changed(firstIdOf(job.id));
    return job;
  }

  async replace(job: JobFacts): Promise<void> {
    if (!this.#index.get(job.id)) return;
    this.#index.set(job);
    await this.#loop.changed(firstIdOf(job.id));
  }

  async remove(id: number): Promise<void> {
    if (!this.#index.delete(id)) return;
    this.#lastIdRemoved = Math.max(this.#lastIdRemoved, id);
    await this.#loop.changed(firstIdOf(id));
  }

  keepSettings(settings: object): Promise<void> {
    this.#settings = settings;
    return this.#loop.changed(SETTINGS);
  }

  reset(seed: () => readonly JobFacts[]): Promise<void> {
    return this.#loop.takeOver({
      store: () => this.#files.remove(),
      begin: () => this.#beginAnew(seed()),
    });
  }

  restore(kept: KeptState, taken?: () => void): Promise<void> {
    return this.#loop.takeOver({
      store: () => this.#files.replace(kept),
      begin: () => {
        this.#hold(kept.jobs, kept.lastId);
        this.#settings = kept.settings ?? this.#settings;
        taken?.();
      },
      spares: kept.settings ? undefined : SETTINGS,
      // Now, so that the next change need not wait for it.
      finish: () => this.#files.writePending(),
    });
  }

  /** Keeps nothing any more. Whatever is to be kept after that is refused. */
  giveUp(): Promise<void> {
    return this.#loop.takeOver({
      store: async () => {
        if (this.#folder !== removedFolder) await this.#files.remove();
      },
      begin: () => {
        this.#folder = removedFolder;
        this.#beginAnew([], true);
      },
    });
  }

  /** Resolves when nothing is left to be stored. */
  settled(): Promise<void> {
    return this.#loop.settled();
  }

  #beginAnew(jobs: readonly JobFacts[], isWritten = false): void {
    this.#hold(jobs);
    this.#settings = undefined;
    this.#files = new JobFiles(this.#folder, { jobs, lastId: this.#lastId }, isWritten);
  }

  #hold(jobs: readonly JobFacts[], lastId?: number): void {
    this.#lastId = highestId(jobs, lastId);
    this.#lastIdRemoved = 0;
    this.#index = new JobIndex(jobs);
  }

  #writer(file: FileKey): () => Promise<void> {
    if (file === SETTINGS) {
      const settings = this.#settings;
      return () => this.#files.writeSettings(settings);
    }
    const jobs = this.#heldInMemory(file);
    return () => this.#files.write(file, jobs);
  }

  #undo(file: FileKey): void {
    if (file === SETTINGS) {
      this.#settings = this.#files.settings;
      return;
    }
    for (const { id } of this.#heldInMemory(file)) this.#index.delete(id);
    for (const job of this.#files.held(file)) this.#index.set(job);
  }

  #heldInMemory(firstId: number): JobFacts[] {
    const ids = Array.from({ length: IDS_A_FILE }, (_, index) => firstId + index);
    return ids.flatMap((id) => this.#index.get(id) ?? []);
  }
}

function highestId(jobs: readonly JobFacts[], atLeast = 0): number {
  return jobs.reduce((highest, { id }) => Math.max(highest, id), atLeast);
}
