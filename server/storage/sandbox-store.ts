import { getFileName, getShard, RecordIndex } from './records.js';
import type { Collection, CollectionDefinition, Shard, StoredRecord } from './records.js';
import { DELETED_FOLDER, mapConcurrent, SandboxFiles } from './sandbox-files.js';
import type { FoundState, SandboxFolder, SandboxState } from './sandbox-files.js';

/** Gives the error with which a change is rejected that could not be stored. */
export type ToStorageError = (cause: Error) => Error;

export interface SandboxStoreParts {
  folder: SandboxFolder;
  collections: readonly CollectionDefinition[];
  /** What the folder holds. Without it, the store begins with the seed. */
  found?: FoundState | undefined;
  /** The records that a collection begins with, by its name. */
  seed: () => Record<string, readonly StoredRecord[]>;
  toStorageError: ToStorageError;
  /** Called once the sandbox is deleted. */
  onDeleted?: () => void;
}

/** Makes settings of those that are stored, if there are some. */
export type MakeSettings = (stored: object | undefined) => object;

/** The settings go by this name among the names of files. */
const SETTINGS = '';

interface Waiter {
  resolve: () => void;
  reject: (error: Error) => void;
}

/** What has changed in memory of what is in one file. */
interface Change {
  file: string;
  /** Absent for the settings. */
  collection: StoredCollection<StoredRecord> | undefined;
  shard: Shard;
  waiters: Waiter[];
  /** What is to be written, from when the writing begins. */
  records?: StoredRecord[] | undefined;
}

/** Something that takes the place of all that there is. */
interface Replacement extends Waiter {
  store: () => Promise<void>;
  /** Takes memory along at the moment at which it is stored. */
  onStored: () => void;
  /** Whether a change that is not stored yet still is to be. */
  keeps?: (change: Change) => boolean;
  /** Done before anything else is stored. What fails is tried again before the next change. */
  afterwards?: () => Promise<void>;
}

/**
 * All that is kept of one sandbox: collections of records, and settings. It is read from memory and stored in lowdb files,
 * one thing at a time: changes to a file that come while it is written are stored together.
 */
export class SandboxStore {
  /** Whether it goes on from an earlier start. */
  readonly isFound: boolean;
  #folder: SandboxFolder;
  #files: SandboxFiles;
  #settings: object | undefined;
  readonly #collections = new Map<string, StoredCollection<StoredRecord>>();
  /** The changes that are not stored yet, by the files that they are in. */
  #waiting = new Map<string, Change>();
  readonly #replacements: Replacement[] = [];
  #storing: Promise<void> | undefined;

  constructor(private readonly parts: SandboxStoreParts) {
    const { folder, collections, found, seed } = parts;
    this.isFound = found !== undefined;
    this.#folder = folder;
    this.#settings = found?.settings;
    const seeds = found ? {} : seed();
    for (const definition of collections) {
      const { name } = definition;
      const { records, lastId } = found?.collections[name] ?? { records: seeds[name] ?? [], lastId: 0 };
      const collection: StoredCollection<StoredRecord> = new StoredCollection<StoredRecord>(
        definition,
        records,
        lastId,
        (shard) => this.#whenStored(getFileName(name, shard), collection, shard),
      );
      this.#collections.set(name, collection);
    }
    this.#files = new SandboxFiles(folder, found ?? this.getState(), this.isFound);
  }

  /** The records of a kind that the store was made with. */
  getCollection<R extends StoredRecord>(name: string): Collection<R> {
    const collection = this.#collections.get(name);
    if (!collection) throw new Error(`There is no collection ${name}.`);
    return collection as unknown as Collection<R>;
  }

  /** What was last kept beside the records: nothing at first, and after a reset. */
  get settings(): object | undefined {
    return this.#settings;
  }

  /** Keeps this beside the records. When it cannot be stored, `settings` is what is, and the promise rejects. */
  saveSettings(settings: object): Promise<void> {
    this.#settings = settings;
    return this.#whenStored(SETTINGS);
  }

  /** All records as they are now, oldest first, and the last ids: `replace` takes this store back to them. */
  getState(): Pick<SandboxState, 'collections'> {
    const states = [...this.#collections].map(([name, collection]) => [name, collection.getState()] as const);
    return { collections: Object.fromEntries(states) };
  }

  /**
   * Holds exactly these records of the collections that are given, and these settings if there are some, from the moment
   * at which they are stored, all of it or nothing, and calls `onApplied` at that moment. Changes to them that were not
   * stored yet are overtaken, and count as made. Settings may also be made of those that are stored by then: changes to
   * them that were not stored yet then stay to be stored, and `onApplied` saves what they come to.
   */
  replace(
    {
      collections,
      settings,
    }: Pick<SandboxState, 'collections'> & { settings?: object | MakeSettings | undefined },
    onApplied?: () => void,
  ): Promise<void> {
    const areMade = typeof settings === 'function';
    return this.#replaceAll({
      store: () =>
        this.#files.replace({
          collections,
          settings: areMade ? (settings as MakeSettings)(this.#files.settings) : settings,
        }),
      onStored: () => {
        for (const [name, content] of Object.entries(collections))
          this.#collections.get(name)?.setState(content);
        if (settings !== undefined) this.#settings = this.#files.settings;
        onApplied?.();
      },
      keeps: ({ collection }) =>
        collection ? !(collection.name in collections) : settings === undefined || areMade,
      // Now, so that the next change need not wait for it.
      afterwards: () => this.#files.writePending(),
    });
  }

  /** Begins anew with the seed, which is asked for at that moment, and without settings. */
  reset(onApplied?: () => void): Promise<void> {
    return this.#replaceAll({
      store: () => this.#files.remove(),
      onStored: () => {
        onApplied?.();
        this.#beginAnew(this.parts.seed(), false);
      },
    });
  }

  /** Removes all that is kept. What is to be kept afterwards is rejected. */
  async delete(): Promise<void> {
    await this.#replaceAll({
      store: async () => {
        if (this.#folder !== DELETED_FOLDER) await this.#files.remove();
      },
      onStored: () => {
        this.#folder = DELETED_FOLDER;
        this.#beginAnew({}, true);
      },
    });
    this.parts.onDeleted?.();
  }

  /** Resolves when nothing is left to be stored. */
  async whenIdle(): Promise<void> {
    await this.#storing;
  }

  #beginAnew(seeds: Record<string, readonly StoredRecord[]>, isWritten: boolean): void {
    for (const [name, collection] of this.#collections) {
      collection.setState({ records: seeds[name] ?? [], lastId: 0 });
    }
    this.#settings = undefined;
    this.#files = new SandboxFiles(this.#folder, this.getState(), isWritten);
  }

  /** Resolves once the change that was made in memory just now to what is in that file is stored. */
  #whenStored(file: string, collection?: StoredCollection<StoredRecord>, shard: Shard = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      const change = this.#waiting.get(file);
      if (change) change.waiters.push(waiter);
      else this.#waiting.set(file, { file, collection, shard, waiters: [waiter] });
      this.#storing ??= this.#storeAll();
    });
  }

  #replaceAll(replacement: Omit<Replacement, keyof Waiter>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#replacements.push({ ...replacement, resolve, reject });
      this.#storing ??= this.#storeAll();
    });
  }

  /** Stores until nothing is left. Never rejects: that is for those who wait. */
  async #storeAll(): Promise<void> {
    // So that what is changed together is stored together.
    await Promise.resolve();
    while (this.#replacements.length > 0 || this.#waiting.size > 0) {
      const replacement = this.#replacements.shift();
      if (replacement) await this.#storeReplacement(replacement);
      else await this.#storeChanges();
    }
    this.#storing = undefined;
  }

  async #storeChanges(): Promise<void> {
    // As they are now: a later change must not be written with them, before what it needs is.
    const changes = [...this.#waiting.values()];
    for (const change of changes) change.records = change.collection?.getAll(change.shard);
    const settings = this.#settings;
    this.#waiting = new Map();
    const isPrepared = this.#files.isReady(this.#collections);
    const store = async (change: Change) => {
      const { file, records, waiters } = change;
      try {
        if (records) await this.#files.writeRecords(file, records);
        else await this.#files.writeSettings(settings);
        for (const { resolve } of waiters) resolve();
      } catch (error) {
        this.#undo(change, error as Error);
      }
    };
    try {
      if (!isPrepared) await this.#files.prepare(this.#collections);
    } catch (error) {
      for (const change of changes) this.#undo(change, error as Error);
      return;
    }
    if (changes[0] && changes.length === 1) await store(changes[0]);
    else if (changes.every(({ collection }) => collection)) await mapConcurrent(changes, store);
    else await this.#storeTogether(changes, settings);
  }

  /** Stores records and settings that changed together, such as a job and the count of the rule that it lives by. */
  async #storeTogether(changes: readonly Change[], settings: object | undefined): Promise<void> {
    const files = changes.flatMap(({ file, records }) => (records ? { name: file, records } : []));
    try {
      await this.#files.writeTogether(files, settings);
    } catch (error) {
      for (const change of changes) this.#undo(change, error as Error);
      return;
    }
    for (const { resolve } of changes.flatMap(({ waiters }) => waiters)) resolve();
    // Now, so that the next change need not wait for it.
    await this.#files.writePending().catch(() => undefined);
  }

  /** Takes memory back to what a file holds, and rejects the changes to it, those that were built on them too. */
  #undo({ file, collection, shard, waiters }: Change, cause: Error): void {
    const builtOnThem = this.#waiting.get(file)?.waiters ?? [];
    this.#waiting.delete(file);
    if (collection) collection.setShard(shard, this.#files.getRecords(file));
    else this.#settings = this.#files.settings;
    const error = this.parts.toStorageError(cause);
    for (const { reject } of [...waiters, ...builtOnThem]) reject(error);
  }

  async #storeReplacement(replacement: Replacement): Promise<void> {
    const { store, onStored, keeps, afterwards, resolve, reject } = replacement;
    try {
      await store();
    } catch (error) {
      reject(this.parts.toStorageError(error as Error));
      return;
    }
    const overtaken = [...this.#waiting.values()].filter((change) => keeps?.(change) !== true);
    for (const { file } of overtaken) this.#waiting.delete(file);
    onStored();
    for (const waiter of overtaken.flatMap(({ waiters }) => waiters)) waiter.resolve();
    resolve();
    await afterwards?.().catch(() => undefined);
  }
}

/** The records of one collection, each change of which is stored by what `store` does for its shard. */
class StoredCollection<R extends StoredRecord> implements Collection<R> {
  /** The highest id of a record that was removed: no record shows it any more. */
  highestRemoved = 0;
  #index: RecordIndex<R>;
  #lastId: number;
  readonly #listeners: (() => void)[] = [];

  constructor(
    private readonly definition: CollectionDefinition<R>,
    records: readonly R[],
    lastId: number,
    private readonly store: (shard: Shard) => Promise<void>,
  ) {
    this.#index = new RecordIndex(definition, records);
    this.#lastId = getHighestId(records, lastId);
  }

  get name(): string {
    return this.definition.name;
  }

  get size(): number {
    return this.#index.size;
  }

  get(id: R['id']): R | undefined {
    return this.#index.get(id);
  }

  getAll(shard: Shard): R[] {
    return this.#index.getAll(shard);
  }

  newestFirst(after?: Parameters<Collection<R>['newestFirst']>[0]): Iterable<R> {
    return this.#index.newestFirst(after);
  }

  marked(): Iterable<R> {
    return this.#index.marked();
  }

  async add<T extends R>(make: (id: number) => T): Promise<T> {
    const record = make(this.#lastId + 1);
    this.#lastId++;
    this.#index.set(record);
    await this.#changed(record.id);
    return record;
  }

  async replace(record: R): Promise<void> {
    if (!this.#index.get(record.id)) return;
    this.#index.set(record);
    await this.#changed(record.id);
  }

  async remove(id: R['id']): Promise<void> {
    if (!this.#index.delete(id)) return;
    if (typeof id === 'number') this.highestRemoved = Math.max(this.highestRemoved, id);
    await this.#changed(id);
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  getState(): { records: R[]; lastId: number } {
    return { records: this.#index.oldestFirst(), lastId: this.#lastId };
  }

  setState({ records, lastId }: { records: readonly StoredRecord[]; lastId: number }): void {
    this.#index = new RecordIndex(this.definition, records as readonly R[]);
    this.#lastId = getHighestId(records, lastId);
    this.highestRemoved = 0;
    this.#notify();
  }

  setShard(shard: Shard, records: readonly R[]): void {
    for (const { id } of this.#index.getAll(shard)) this.#index.delete(id);
    for (const record of records) this.#index.set(record);
    this.#notify();
  }

  #changed(id: R['id']): Promise<void> {
    const stored = this.store(getShard(id));
    if (this.#listeners.length > 0) this.#notify();
    return stored;
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

function getHighestId(records: readonly StoredRecord[], atLeast: number): number {
  return records.reduce(
    (highest, { id }) => (typeof id === 'number' ? Math.max(highest, id) : highest),
    atLeast,
  );
}
