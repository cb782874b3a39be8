import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Low, Memory, type Adapter } from 'lowdb';
import { DataFile } from 'lowdb/node';
import {
  getFileName,
  getShard,
  parseFileName,
  type CollectionState,
  type Shard,
  type StoredRecord,
} from './records.js';

/** Whose state a folder holds. */
export interface SandboxFile {
  org: string;
  name: string;
}

/** Everything that is kept of a sandbox. */
export interface SandboxState {
  /** By the names of the collections. */
  collections: Record<string, CollectionState>;
  /** What is kept beside them, as JSON. */
  settings?: object | undefined;
}

/** What was found of a sandbox. */
export interface FoundState extends SandboxState {
  /** The files that do not hold their records yet, as those are still pending. */
  pendingFiles?: readonly string[] | undefined;
}

export interface RecordsFile {
  records: StoredRecord[];
}

/** The last ids by collection, where no record shows them any more. */
export type LastIdsFile = Record<string, number>;

/** What the other files are to hold. While it is there, it counts, and not they. */
export interface PendingFile {
  lastIds: LastIdsFile;
  settings?: object | undefined;
  /** The files of records that differ, by their names without ending. One without records is to be removed. */
  files: (RecordsFile & { name: string })[];
}

export const SANDBOX_FILE = 'sandbox';
export const LAST_IDS_FILE = 'last-ids';
export const SETTINGS_FILE = 'settings';
export const PENDING_FILE = 'pending';

/** The files of one sandbox, by their names without ending. Each is replaced as a whole or not at all. */
export interface SandboxFolder {
  file<T>(name: string): Adapter<T>;
  removeFile(name: string): Promise<void>;
  /** Makes an empty folder that takes the place of this one once it is published. */
  createDraft(): Promise<{ file<T>(name: string): Adapter<T>; publish(): Promise<void> }>;
  /** Removes all of it at once. */
  remove(): Promise<void>;
}

/** The name of a sandbox's folder: a sandbox's name may hold what a folder's may not. */
export function getFolderName({ org, name }: SandboxFile): string {
  return createHash('sha256')
    .update(JSON.stringify([org, name]))
    .digest('hex')
    .slice(0, 32);
}

export function createDiskFolder(directory: string, sandbox: SandboxFile): SandboxFolder {
  const name = getFolderName(sandbox);
  const folder = join(directory, name);
  const draft = join(directory, `.${name}.draft`);
  const removed = join(directory, `.${name}.removed`);
  const path = (file: string, parent = folder) => join(parent, `${file}.json`);
  return {
    file: (file) => createJsonFile(path(file)),
    removeFile: (file) => rm(path(file), { force: true }),
    async createDraft() {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft);
      await new Low(createJsonFile(path(SANDBOX_FILE, draft)), sandbox).write();
      return { file: (file) => createJsonFile(path(file, draft)), publish: () => rename(draft, folder) };
    },
    async remove() {
      await rm(removed, { recursive: true, force: true });
      await rename(folder, removed);
      // What is left of it counts for nothing, and the next removal takes it along.
      await rm(removed, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

export function createJsonFile<T>(file: string): Adapter<T> {
  return new DataFile<T>(file, { parse: (text) => JSON.parse(text) as T, stringify: JSON.stringify });
}

const done = () => Promise.resolve();
const inMemory = { file: <T>() => new Memory<T>() };

/** Keeps everything in memory: it is gone with the process. */
export const MEMORY_FOLDER: SandboxFolder = {
  ...inMemory,
  removeFile: done,
  createDraft: () => Promise.resolve({ ...inMemory, publish: done }),
  remove: done,
};

const reject = () => Promise.reject(new Error('the sandbox was deleted'));

/** Stands for the folder of a sandbox that was deleted. */
export const DELETED_FOLDER: SandboxFolder = {
  file: () => ({ read: () => Promise.resolve(null), write: reject }),
  removeFile: reject,
  createDraft: reject,
  remove: reject,
};

/** The highest ids of records that were removed, by the names of their collections. */
type RemovedIds = ReadonlyMap<string, { readonly highestRemoved: number }>;

/** What the files of one sandbox hold, each a lowdb, and how they come to hold something else. */
export class SandboxFiles {
  readonly #files = new Map<string, Low<RecordsFile>>();
  readonly #lastIds: Low<LastIdsFile>;
  #settings: object | undefined;
  #pendingFiles: readonly string[] | undefined;

  /**
   * @param content what the files hold, or are to hold once anything is written
   * @param isWritten whether they do: a seed is not written until something has changed
   */
  constructor(
    private readonly folder: SandboxFolder,
    content: FoundState,
    private isWritten: boolean,
  ) {
    for (const [name, records] of groupByFile(content)) this.#setContent(name, records);
    this.#lastIds = new Low(folder.file<LastIdsFile>(LAST_IDS_FILE), getLastIds(content));
    this.#settings = content.settings;
    this.#pendingFiles = content.pendingFiles;
  }

  getRecords(name: string): readonly StoredRecord[] {
    return this.#files.get(name)?.data.records ?? [];
  }

  get settings(): object | undefined {
    return this.#settings;
  }

  /** Makes a file hold these records. When that fails, it holds what it held. */
  async writeRecords(name: string, records: StoredRecord[]): Promise<void> {
    if (records.length === 0) {
      await this.folder.removeFile(name);
      this.#files.delete(name);
      return;
    }
    await writeData(this.#getFile(name), { records });
  }

  async writeSettings(settings: object | undefined): Promise<void> {
    if (settings) await new Low(this.folder.file<object>(SETTINGS_FILE), settings).write();
    this.#settings = settings;
  }

  /** Whether nothing must be written before anything else is. */
  isReady(collections: RemovedIds): boolean {
    if (!this.isWritten || this.#pendingFiles) return false;
    for (const [name, { highestRemoved }] of collections) {
      if (highestRemoved > (this.#lastIds.data[name] ?? 0)) return false;
    }
    return true;
  }

  /** Writes what must be there before anything else: the seed, what is pending, ids that no record will show any more. */
  async prepare(collections: RemovedIds): Promise<void> {
    if (!this.isWritten) {
      const files = [...this.#files].map(([name, { data }]) => [name, data.records] as const);
      await this.#writeAll(files, this.#lastIds.data, this.#settings);
    }
    await this.writePending();
    const stored = this.#lastIds.data;
    const risen = [...collections]
      .map(([name, { highestRemoved }]) => [name, highestRemoved] as const)
      .filter(([name, highestRemoved]) => highestRemoved > (stored[name] ?? 0));
    if (risen.length > 0) await writeData(this.#lastIds, { ...stored, ...Object.fromEntries(risen) });
  }

  /**
   * Makes the files hold other records of some collections, and other settings where there are some: when it fails, or the
   * process ends before, they hold all that they held.
   */
  async replace(state: SandboxState): Promise<void> {
    // An earlier one first: two at a time would have to be told apart.
    await this.writePending();
    const { collections, settings = this.#settings } = state;
    const lastIds = { ...this.#lastIds.data, ...getLastIds(state) };
    const wanted = groupByFile(state);
    const others = [...this.#files].filter(
      ([name]) => !((parseFileName(name)?.collection ?? '') in collections),
    );
    for (const [name, { data }] of others) wanted.set(name, data.records);
    const files = this.#findDifferences(wanted);
    if (this.isWritten) await this.#commit({ lastIds, settings, files });
    else {
      await this.#writeAll([...wanted], lastIds, settings);
      this.#setContents({ lastIds, settings, files });
    }
  }

  /** Makes some files hold other records, and the settings be these, all of it or nothing. */
  writeTogether(files: PendingFile['files'], settings: object | undefined): Promise<void> {
    return this.#commit({ lastIds: this.#lastIds.data, settings, files });
  }

  /** Writes what is pending to where it belongs. When that fails, it is pending still. */
  async writePending(): Promise<void> {
    if (!this.#pendingFiles) return;
    await mapConcurrent(this.#pendingFiles, (name) => this.writeRecords(name, [...this.getRecords(name)]));
    await this.#lastIds.write();
    await this.writeSettings(this.#settings);
    await this.folder.removeFile(PENDING_FILE);
    this.#pendingFiles = undefined;
  }

  async remove(): Promise<void> {
    if (this.isWritten) await this.folder.remove();
  }

  async #commit(pending: PendingFile): Promise<void> {
    await new Low(this.folder.file<PendingFile>(PENDING_FILE), pending).write();
    this.#pendingFiles = pending.files.map(({ name }) => name);
    this.#setContents(pending);
  }

  #setContents({ lastIds, settings, files }: PendingFile): void {
    for (const { name, records } of files) this.#setContent(name, records);
    this.#lastIds.data = lastIds;
    this.#settings = settings;
  }

  async #writeAll(
    files: readonly (readonly [name: string, records: StoredRecord[]])[],
    lastIds: LastIdsFile,
    settings: object | undefined,
  ): Promise<void> {
    const draft = await this.folder.createDraft();
    await new Low(draft.file<LastIdsFile>(LAST_IDS_FILE), lastIds).write();
    if (settings) await new Low(draft.file<object>(SETTINGS_FILE), settings).write();
    await mapConcurrent(files, ([name, records]) =>
      new Low(draft.file<RecordsFile>(name), { records }).write(),
    );
    await draft.publish();
    this.isWritten = true;
  }

  /** The files that hold other records than they are to, with those that they are to hold. */
  #findDifferences(wanted: ReadonlyMap<string, StoredRecord[]>): PendingFile['files'] {
    const names = new Set([...this.#files.keys(), ...wanted.keys()]);
    return [...names].flatMap((name) => {
      const records = wanted.get(name) ?? [];
      const held = new Set(this.getRecords(name));
      const isSame = held.size === records.length && records.every((record) => held.has(record));
      return isSame ? [] : { name, records };
    });
  }

  #setContent(name: string, records: StoredRecord[]): void {
    if (records.length === 0) this.#files.delete(name);
    else this.#getFile(name).data = { records };
  }

  #getFile(name: string): Low<RecordsFile> {
    let file = this.#files.get(name);
    if (!file) this.#files.set(name, (file = new Low(this.folder.file<RecordsFile>(name), { records: [] })));
    return file;
  }
}

function groupByFile({ collections }: SandboxState): Map<string, StoredRecord[]> {
  const files = new Map<string, StoredRecord[]>();
  for (const [collection, { records }] of Object.entries(collections)) {
    const shards = new Map<Shard, StoredRecord[]>();
    for (const record of records) {
      const shard = getShard(record.id);
      const others = shards.get(shard);
      if (others) others.push(record);
      else shards.set(shard, [record]);
    }
    for (const [shard, group] of shards) files.set(getFileName(collection, shard), group);
  }
  return files;
}

function getLastIds({ collections }: SandboxState): LastIdsFile {
  return Object.fromEntries(Object.entries(collections).map(([name, { lastId }]) => [name, lastId]));
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

const MAX_CONCURRENT_WRITES = 32;

/** Acts on each item, some at a time. Rejects once nothing that it has begun is under way any more. */
export async function mapConcurrent<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values();
  const work = async () => {
    for (const item of left) await act(item);
  };
  const workers = Array.from({ length: Math.min(MAX_CONCURRENT_WRITES, items.length) }, work);
  // What is still being written would otherwise meet the next attempt.
  await Promise.allSettled(workers);
  await Promise.all(workers);
}
