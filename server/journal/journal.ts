import type { RawHeaders } from '../platform/headers.js';
import { canBeExpected, matchesFilter, toEntry } from './journal-entry.js';
import type { JournalEntry, JournalFilter, RecordedRequest, ViolationFilter } from './journal-entry.js';

/** The last calls of one sandbox. */
export class Journal {
  /** By which its calls are known again where more is recorded of them. */
  readonly identity = Symbol('journal');
  /** A ring: once it is full, the newest call takes the place of the oldest. */
  #calls: (RecordedRequest | undefined)[] = [];
  #bodies = new KeptBodies();
  /** Of each call, what it holds of memory. */
  #sizes: number[] = [];
  /** The headers of the newest call: those of the next are the same as a rule, and then need not be kept as well. */
  #headers: RawHeaders = [];
  #firstId = 1;
  #lastId = 0;
  /** The last id when the ring was begun. */
  #begunAfter = 0;
  #heldBytes = 0;

  /**
   * @param capacity how many calls are kept
   * @param onAdded is told by how many bytes the journal holds more with each call, or less if it is negative
   */
  constructor(
    private readonly capacity: number,
    private readonly onAdded: (bytes: number) => void = () => undefined,
  ) {}

  /** What it holds of memory, about. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** When its newest call was answered, in real Unix milliseconds. */
  get newestAt(): number {
    return this.#calls[this.#slotOf(this.#lastId)]?.answeredAt ?? 0;
  }

  /** Gives the id of the call's entry. */
  add(call: RecordedRequest): number {
    if (this.capacity === 0) return 0;
    const slot = this.#slotOf(++this.#lastId);
    const headers = redactHeaders(call.headers);
    if (!isSame(headers, this.#headers)) this.#headers = headers;
    const size = sizeOf(call);
    const grown = size - (this.#calls[slot] ? (this.#sizes[slot] ?? 0) : 0);
    this.#calls[slot] = withoutTexts(call, this.#headers);
    this.#sizes[slot] = size;
    this.#bodies.put(
      slot,
      typeof call.body === 'string' ? call.body : '',
      typeof call.answerBody === 'string' ? call.answerBody : '',
    );
    if (this.#lastId - this.#firstId === this.capacity) this.#firstId++;
    this.#heldBytes += grown;
    this.onAdded(grown);
    return this.#lastId;
  }

  /** The entries that pass the filter, oldest first. */
  entries(filter: JournalFilter = {}): JournalEntry[] {
    return this.#matching(filter).map(([id, call]) => toEntry(id, this.#whole(id, call)));
  }

  /** How many entries pass the filter. */
  count(filter: JournalFilter = {}): number {
    return this.#matching(filter).length;
  }

  /** Marks as expected the calls that fit and whose request broke the contract; gives those that were not yet, by their ids. */
  expectViolations(filter: ViolationFilter = {}): Map<number, RecordedRequest> {
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
    this.#heldBytes = 0;
  }

  /** Forgets the older half of the calls. */
  forgetOlderHalf(): void {
    const kept = Math.floor((this.#lastId - this.#firstId + 1) / 2);
    while (this.#lastId - this.#firstId >= kept) {
      const slot = this.#slotOf(this.#firstId++);
      this.#heldBytes -= this.#sizes[slot] ?? 0;
      this.#calls[slot] = undefined;
      this.#bodies.forget(slot);
    }
  }

  #slotOf(id: number): number {
    return (id - 1 - this.#begunAfter) % this.capacity;
  }

  #whole(id: number, call: RecordedRequest): RecordedRequest {
    const slot = this.#slotOf(id);
    const body = call.body ?? this.#bodies.sent(slot);
    const answerBody = call.answerBody ?? this.#bodies.answered(slot);
    return { ...call, body, answerBody };
  }

  #matching(filter: JournalFilter): [id: number, call: RecordedRequest][] {
    const { since = 0, limit = Infinity } = filter;
    const first = Math.max(this.#firstId, since + 1);
    const found: [number, RecordedRequest][] = [];
    for (let id = this.#lastId; id >= first && found.length < limit; id--) {
      const call = this.#calls[this.#slotOf(id)];
      if (call && matchesFilter(call, filter)) found.push([id, call]);
    }
    return found.reverse();
  }
}

const SECRET_HEADERS = ['authorization', 'x-api-key'];

/** What a call holds besides its texts, and what a violation does. */
const BYTES_PER_REQUEST = 500;

/** What a call holds of memory, about; texts are taken to be ASCII, as most of them are. */
function sizeOf(call: RecordedRequest): number {
  const { headers, body, answerBody, violations = [], answerViolations = [] } = call;
  let size = BYTES_PER_REQUEST * (1 + violations.length + answerViolations.length) + call.url.length;
  for (const text of headers) size += text.length;
  if (typeof body === 'string') size += body.length;
  return typeof answerBody === 'string' ? size + answerBody.length : size;
}

/** In one literal, so that all are of one shape. */
function withoutTexts(call: RecordedRequest, headers: RawHeaders): RecordedRequest {
  return {
    answeredAt: call.answeredAt,
    time: call.time,
    durationInMs: call.durationInMs,
    operation: call.operation,
    resources: call.resources,
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

/** All but those that authenticate a client. */
function redactHeaders(headers: RawHeaders): RawHeaders {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!SECRET_HEADERS.includes(name.toLowerCase())) kept.push(name, headers[index + 1] ?? '');
  }
  return kept;
}

function isSame(one: RawHeaders, other: RawHeaders): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

const MIN_SLAB_BYTES = 8 * 1024;
const MAX_SLAB_BYTES = 512 * 1024;
/** A character takes at most as many bytes in UTF-8, counted as JavaScript counts characters. */
const MAX_BYTES_PER_CHARACTER = 3;

interface Slab {
  bytes: Buffer;
  /** How many slots refer to it. */
  slots: number;
}

/** Where a slot's texts begin in its slab, where the first ends, and where the second does. */
const NUMBERS_OF_PLACE = 3;

/**
 * The bodies of calls in slots, which are filled one after another, and then from 0 again. They are kept as bytes outside
 * of the heap: texts that outlive their call cost the garbage collector more than all else that is done to record it.
 */
class KeptBodies {
  /** Of each slot, where its bytes are: one call follows the other, in one slab after another. */
  readonly #slabs: (Slab | undefined)[] = [];
  readonly #places: number[] = [];
  #slab: Slab = { bytes: Buffer.alloc(0), slots: 0 };
  #used = 0;
  /** One that no slot refers to any more. */
  #spare: Slab | undefined;

  /** Puts bodies into a slot, in place of those before. One that is empty is none. */
  put(slot: number, sent: string, answered: string): void {
    this.forget(slot);
    if (sent === '' && answered === '') return;
    this.#makeRoom((sent.length + answered.length) * MAX_BYTES_PER_CHARACTER);
    const place = slot * NUMBERS_OF_PLACE;
    this.#slabs[slot] = this.#slab;
    this.#slab.slots++;
    this.#places[place] = this.#used;
    this.#places[place + 1] = this.#write(sent);
    this.#places[place + 2] = this.#write(answered);
  }

  sent(slot: number): string | undefined {
    return this.#read(slot, 0);
  }

  answered(slot: number): string | undefined {
    return this.#read(slot, 1);
  }

  forget(slot: number): void {
    const slab = this.#slabs[slot];
    if (!slab) return;
    this.#slabs[slot] = undefined;
    if (--slab.slots === 0 && slab !== this.#slab) this.#spare = slab;
  }

  #makeRoom(bytes: number): void {
    const { length } = this.#slab.bytes;
    if (this.#used + bytes <= length) return;
    const grown = Math.min(Math.max(2 * length, MIN_SLAB_BYTES), MAX_SLAB_BYTES);
    const size = Math.max(bytes, grown);
    const spare = this.#spare !== undefined && this.#spare.bytes.length >= size ? this.#spare : undefined;
    this.#slab = spare ?? { bytes: Buffer.allocUnsafeSlow(size), slots: 0 };
    this.#spare = undefined;
    this.#used = 0;
  }

  #write(text: string): number {
    if (text !== '') this.#used += this.#slab.bytes.write(text, this.#used);
    return this.#used;
  }

  #read(slot: number, part: number): string | undefined {
    const place = slot * NUMBERS_OF_PLACE + part;
    const [start, end] = [this.#places[place], this.#places[place + 1]];
    return start === end ? undefined : this.#slabs[slot]?.bytes.toString('utf8', start, end);
  }
}
