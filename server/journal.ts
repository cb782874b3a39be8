import { entryOf, type JournalEntry, type RecordedCall } from './journal-entry.js';

/** Which entries are asked for. What is left out does not matter. */
export interface JournalFilter {
  /** An operationId. */
  operation?: string | undefined;
  /** The status that was answered. */
  status?: number | undefined;
  /** The id of the export job that the path names. */
  job?: number | undefined;
  /** Whether the contract was broken. */
  violations?: boolean | undefined;
  /** The name of the fault that was applied. */
  fault?: string | undefined;
  /** Only calls after the one of this id. */
  since?: number | undefined;
  /** The newest so many of those that are left. */
  limit?: number | undefined;
}

/** The last calls of one sandbox. */
export class Journal {
  /** A ring: once it is full, the newest call takes the place of the oldest. */
  #calls: RecordedCall[] = [];
  #lastId = 0;
  /** The last id when the ring was begun. */
  #begunAfter = 0;

  /** @param capacity how many calls are kept */
  constructor(private readonly capacity: number) {}

  add(call: RecordedCall): void {
    if (this.capacity === 0) return;
    this.#calls[(this.#lastId - this.#begunAfter) % this.capacity] = call;
    this.#lastId++;
  }

  /** The entries that pass the filter, oldest first. */
  entries(filter: JournalFilter = {}): JournalEntry[] {
    return this.#matching(filter).map(([id, call]) => entryOf(id, call));
  }

  /** How many entries pass the filter. */
  count(filter: JournalFilter = {}): number {
    return this.#matching(filter).length;
  }

  /** Forgets all calls. Ids count on. */
  clear(): void {
    this.#calls = [];
    this.#begunAfter = this.#lastId;
  }

  #matching(filter: JournalFilter): [id: number, call: RecordedCall][] {
    const { since = 0, limit = Infinity } = filter;
    const first = Math.max(this.#lastId - this.#calls.length, since) + 1;
    const found: [number, RecordedCall][] = [];
    for (let id = this.#lastId; id >= first && found.length < limit; id--) {
      const call = this.#calls[(id - 1 - this.#begunAfter) % this.capacity];
      if (call && passes(call, filter)) found.push([id, call]);
    }
    return found.reverse();
  }
}

const ID_IN_PATH = /\/export\/jobs\/([^/?]+)/;

function passes(call: RecordedCall, { operation, status, job, violations, fault }: JournalFilter): boolean {
  return (
    (operation === undefined || call.operation === operation) &&
    (status === undefined || call.status === status) &&
    (job === undefined || ID_IN_PATH.exec(call.url)?.[1] === String(job)) &&
    (violations === undefined || isBroken(call) === violations) &&
    (fault === undefined || call.fault === fault)
  );
}

function isBroken({ violations = [], answerViolations = [] }: RecordedCall): boolean {
  return violations.length + answerViolations.length > 0;
}
