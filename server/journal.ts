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
  #calls: (RecordedCall | undefined)[] = [];
  #firstId = 1;
  #lastId = 0;
  /** The last id when the ring was begun. */
  #begunAfter = 0;
  #heldInBytes = 0;

  /**
   * @param capacity how many calls are kept
   * @param onAdded is told by how many bytes the journal holds more with each call, or less if it is negative
   */
  constructor(
    private readonly capacity: number,
    private readonly onAdded: (bytes: number) => void = () => undefined,
  ) {}

  /** What it holds of memory, about. */
  get heldInBytes(): number {
    return this.#heldInBytes;
  }

  /** When its newest call was answered, in real Unix milliseconds. */
  get newestAt(): number {
    return this.#calls[this.#slotOf(this.#lastId)]?.answeredAt ?? 0;
  }

  add(call: RecordedCall): void {
    if (this.capacity === 0) return;
    const slot = this.#slotOf(++this.#lastId);
    const oldest = this.#calls[slot];
    this.#calls[slot] = call;
    if (this.#lastId - this.#firstId === this.capacity) this.#firstId++;
    const grown = sizeOf(call) - sizeOf(oldest);
    this.#heldInBytes += grown;
    this.onAdded(grown);
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
    this.#firstId = this.#lastId + 1;
    this.#heldInBytes = 0;
  }

  /** Forgets the older half of the calls. */
  forgetOlderHalf(): void {
    const kept = Math.floor((this.#lastId - this.#firstId + 1) / 2);
    while (this.#lastId - this.#firstId >= kept) {
      const slot = this.#slotOf(this.#firstId++);
      this.#heldInBytes -= sizeOf(this.#calls[slot]);
      this.#calls[slot] = undefined;
    }
  }

  #slotOf(id: number): number {
    return (id - 1 - this.#begunAfter) % this.capacity;
  }

  #matching(filter: JournalFilter): [id: number, call: RecordedCall][] {
    const { since = 0, limit = Infinity } = filter;
    const first = Math.max(this.#firstId, since + 1);
    const found: [number, RecordedCall][] = [];
    for (let id = this.#lastId; id >= first && found.length < limit; id--) {
      const call = this.#calls[this.#slotOf(id)];
      if (call && passes(call, filter)) found.push([id, call]);
    }
    return found.reverse();
  }
}

/** What a call holds besides its texts, and what a violation does. */
const SIZE_OF_CALL_IN_BYTES = 500;

/** What a call holds of memory, about; texts are taken to be ASCII, as most of them are. */
function sizeOf(call: RecordedCall | undefined): number {
  if (!call) return 0;
  const { headers, body, answerBody, violations = [], answerViolations = [] } = call;
  let size = SIZE_OF_CALL_IN_BYTES * (1 + violations.length + answerViolations.length) + call.url.length;
  for (const text of headers) size += text.length;
  if (typeof body === 'string') size += body.length;
  return typeof answerBody === 'string' ? size + answerBody.length : size;
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
