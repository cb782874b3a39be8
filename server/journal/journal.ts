import { entryOf, type JournalEntry, type RecordedBody, type RecordedCall } from './journal-entry.js';
import { canBeExpected, passes, type JournalFilter, type ViolationFilter } from './journal-filter.js';
import { KeptBodies } from './kept-bodies.js';
import type { SentHeaders } from './sent-headers.js';

/** The last calls of one sandbox. */
export class Journal {
  /** By which its calls are known again where more is recorded of them. */
  readonly identity = Symbol('journal');
  /** A ring: once it is full, the newest call takes the place of the oldest. */
  #calls: (RecordedCall | undefined)[] = [];
  #bodies = new KeptBodies();
  /** Of each call, what it holds of memory. */
  #sizes: number[] = [];
  /** The headers of the newest call: those of the next are the same as a rule, and then need not be kept as well. */
  #headers: SentHeaders = [];
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

  /** Gives the id of the call's entry. */
  add(call: RecordedCall): number {
    if (this.capacity === 0) return 0;
    const slot = this.#slotOf(++this.#lastId);
    if (!isSame(call.headers, this.#headers)) this.#headers = call.headers;
    const size = sizeOf(call);
    const grown = size - (this.#calls[slot] ? (this.#sizes[slot] ?? 0) : 0);
    this.#calls[slot] = withoutTexts(call, this.#headers);
    this.#sizes[slot] = size;
    this.#bodies.put(slot, textOf(call.body), textOf(call.answerBody));
    if (this.#lastId - this.#firstId === this.capacity) this.#firstId++;
    this.#heldInBytes += grown;
    this.onAdded(grown);
    return this.#lastId;
  }

  /** The entries that pass the filter, oldest first. */
  entries(filter: JournalFilter = {}): JournalEntry[] {
    return this.#matching(filter).map(([id, call]) => entryOf(id, this.#whole(id, call)));
  }

  /** How many entries pass the filter. */
  count(filter: JournalFilter = {}): number {
    return this.#matching(filter).length;
  }

  /** Marks as expected the calls that fit and whose request broke the contract; gives those that were not yet, by their ids. */
  expectViolations(filter: ViolationFilter = {}): Map<number, RecordedCall> {
    const marked = this.#matching({ violations: true }).filter(([id, call]) =>
      canBeExpected(id, call, filter),
    );
    for (const [id, call] of marked) this.#calls[this.#slotOf(id)] = { ...call, expected: true };
    return new Map(marked);
  }

  /** Forgets all calls. Ids count on. */
  clear(): void {
    this.#calls = [];
    this.#bodies = new KeptBodies();
    this.#headers = [];
    this.#begunAfter = this.#lastId;
    this.#firstId = this.#lastId + 1;
    this.#heldInBytes = 0;
  }

  /** Forgets the older half of the calls. */
  forgetOlderHalf(): void {
    const kept = Math.floor((this.#lastId - this.#firstId + 1) / 2);
    while (this.#lastId - this.#firstId >= kept) {
      const slot = this.#slotOf(this.#firstId++);
      this.#heldInBytes -= this.#sizes[slot] ?? 0;
      this.#calls[slot] = undefined;
      this.#bodies.forget(slot);
    }
  }

  #slotOf(id: number): number {
    return (id - 1 - this.#begunAfter) % this.capacity;
  }

  #whole(id: number, call: RecordedCall): RecordedCall {
    const slot = this.#slotOf(id);
    const body = call.body ?? this.#bodies.sent(slot);
    const answerBody = call.answerBody ?? this.#bodies.answered(slot);
    return { ...call, body, answerBody };
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
function sizeOf(call: RecordedCall): number {
  const { headers, body, answerBody, violations = [], answerViolations = [] } = call;
  let size = SIZE_OF_CALL_IN_BYTES * (1 + violations.length + answerViolations.length) + call.url.length;
  for (const text of headers) size += text.length;
  if (typeof body === 'string') size += body.length;
  return typeof answerBody === 'string' ? size + answerBody.length : size;
}

function textOf(body: RecordedBody): string {
  return typeof body === 'string' ? body : '';
}

/** In one literal, so that all are of one shape. */
function withoutTexts(call: RecordedCall, headers: SentHeaders): RecordedCall {
  return {
    answeredAt: call.answeredAt,
    time: call.time,
    durationInMs: call.durationInMs,
    operation: call.operation,
    requestId: call.requestId,
    method: call.method,
    url: call.url,
    headers,
    body: typeof call.body === 'string' ? undefined : call.body,
    status: call.status,
    answerHeaders: call.answerHeaders,
    answerBody: typeof call.answerBody === 'string' ? undefined : call.answerBody,
    violations: call.violations,
    answerViolations: call.answerViolations,
    fault: call.fault,
    expected: call.expected,
  };
}

function isSame(one: SentHeaders, other: SentHeaders): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
