import { createHash } from 'node:crypto';

/** A number that the store gives and counts up, or a text that its maker gives. */
export type RecordId = number | string;

/** What a collection keeps: a JSON object that is never changed. A changed record is a new object with the same id. */
export interface StoredRecord {
  readonly id: RecordId;
}

/** Where a record stands in its collection, whether it is still there or not. */
export interface Position {
  sortKey: number;
  id: RecordId;
}

/** One kind of record that a sandbox keeps. An api declares its own. */
export interface CollectionDefinition<R extends StoredRecord = StoredRecord> {
  /** In lower case, as it stands in the names of files: `jobs`. */
  name: string;
  /** What the records are ordered by, highest first, and by their ids where it is the same. */
  getSortKey(record: R): number;
  /** Marks the records that are to be found without looking at all, in this order. */
  getMark?(record: R): number | undefined;
  /** What is wrong with a record that was read from disk or imported. */
  findProblem(record: R): string | undefined;
}

/** The records of one collection and the last id that was given in it. */
export interface CollectionState {
  records: readonly StoredRecord[];
  /** At least the highest number that is an id here, and at most 2^52: new ids count on from it. */
  lastId: number;
}

/**
 * The records of one kind in one sandbox. Reading is immediate. A change is visible at once, and its promise resolves when
 * it is stored. When it cannot be stored, it is undone together with what was built on it, and the promise rejects.
 */
export interface Collection<R extends StoredRecord> {
  readonly size: number;
  get(id: RecordId): R | undefined;
  /** From the first, or from just behind a position. */
  newestFirst(after?: Position): Iterable<R>;
  /** The records that the definition marks. */
  marked(): Iterable<R>;
  /** Takes the next number, which was never used before in this collection, and keeps the record made with it. */
  add<T extends R>(make: (id: number) => T): Promise<T>;
  /** Keeps a record in place of the one that has its id. Without one, nothing is kept. */
  replace(record: R): Promise<void>;
  /** Removes the record of that id, if there is one. */
  remove(id: RecordId): Promise<void>;
  /** Calls back after each change that is visible. */
  onChange(listener: () => void): void;
}

/** How many numbers in a row share a file: what is written for a change does not grow with the number of records. */
const IDS_PER_FILE = 64;

/** Which file of its collection a record is kept in: the first number of the file, or `x` and two hexadecimal digits. */
export type Shard = number | string;

export function getShard(id: RecordId): Shard {
  if (typeof id === 'number') return id - (id % IDS_PER_FILE);
  return `x${createHash('sha256').update(id).digest('hex').slice(0, 2)}`;
}

/** The name of the file of a shard, without its ending. */
export function getFileName(collection: string, shard: Shard): string {
  return `${collection}-${typeof shard === 'number' ? `${shard}-${shard + IDS_PER_FILE - 1}` : shard}`;
}

/** The collection and shard of a file by its name without ending; `undefined` when it is no name of such a file. */
export function parseFileName(name: string): { collection: string; shard: Shard } | undefined {
  const [, collection = '', first, hashed = ''] = /^([a-z-]+)-(?:(\d+)-\d+|(x[0-9a-f]{2}))$/.exec(name) ?? [];
  const shard = first === undefined ? hashed : getShard(Number(first));
  return collection !== '' && getFileName(collection, shard) === name ? { collection, shard } : undefined;
}

/** The records of one collection in memory: by id, in order, and those that are marked. */
export class RecordIndex<R extends StoredRecord> {
  readonly #shards = new Map<Shard, Map<RecordId, R>>();
  /** Oldest first, as a new record is the newest and goes to the end. */
  readonly #sorted: R[];
  readonly #marked = new Map<RecordId, R>();

  constructor(
    private readonly definition: CollectionDefinition<R>,
    records: readonly R[],
  ) {
    for (const record of records) this.#getShard(record.id).set(record.id, record);
    this.#sorted = [...records].sort((one, other) => (this.#isOlder(one, this.#toPosition(other)) ? -1 : 1));
    const marked = records.filter((record) => definition.getMark?.(record) !== undefined);
    marked.sort((one, other) => (definition.getMark?.(one) ?? 0) - (definition.getMark?.(other) ?? 0));
    for (const record of marked) this.#marked.set(record.id, record);
  }

  get size(): number {
    return this.#sorted.length;
  }

  get(id: RecordId): R | undefined {
    return this.#shards.get(getShard(id))?.get(id);
  }

  getAll(shard: Shard): R[] {
    return [...(this.#shards.get(shard)?.values() ?? [])];
  }

  *newestFirst(after?: Position): Iterable<R> {
    const end = after ? this.#findPlace(after) : this.#sorted.length;
    for (let place = end - 1; place >= 0; place--) {
      const record = this.#sorted[place];
      if (record) yield record;
    }
  }

  oldestFirst(): R[] {
    return [...this.#sorted];
  }

  marked(): Iterable<R> {
    return this.#marked.values();
  }

  set(record: R): void {
    const shard = this.#getShard(record.id);
    const replaced = shard.get(record.id);
    if (replaced) this.#sorted.splice(this.#findPlace(this.#toPosition(replaced)), 1);
    shard.set(record.id, record);
    const position = this.#toPosition(record);
    const newest = this.#sorted.at(-1);
    // A new record is the newest as a rule.
    if (!newest || this.#isOlder(newest, position)) this.#sorted.push(record);
    else this.#sorted.splice(this.#findPlace(position), 0, record);
    if (this.definition.getMark?.(record) !== undefined) this.#marked.set(record.id, record);
    else this.#marked.delete(record.id);
  }

  /** Says whether there was such a record. */
  delete(id: RecordId): boolean {
    const record = this.get(id);
    if (!record) return false;
    this.#sorted.splice(this.#findPlace(this.#toPosition(record)), 1);
    this.#getShard(id).delete(id);
    this.#marked.delete(id);
    return true;
  }

  #getShard(id: RecordId): Map<RecordId, R> {
    const shard = getShard(id);
    let records = this.#shards.get(shard);
    if (!records) this.#shards.set(shard, (records = new Map<RecordId, R>()));
    return records;
  }

  #toPosition(record: R): Position {
    return { sortKey: this.definition.getSortKey(record), id: record.id };
  }

  /** The place of the first record that is not older than a position. */
  #findPlace(position: Position): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const record = this.#sorted[middle];
      if (record && this.#isOlder(record, position)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isOlder(record: R, { sortKey, id }: Position): boolean {
    const own = this.definition.getSortKey(record);
    return own < sortKey || (own === sortKey && record.id < id);
  }
}
