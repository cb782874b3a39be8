import type { components } from '../../generated/control.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import type { Coverage } from './coverage.js';
import {
  canBeExpected,
  describeViolations,
  type RecordedRequest,
  type ViolationFilter,
} from './journal-entry.js';

type Entry = components['schemas']['JournalEntry'];

/** A call of a run that broke the contract: what the journal of its sandbox says of it, headers and bodies left out. */
export interface RunCall extends Pick<Entry, 'id' | 'operation' | 'requestId' | 'violations'> {
  readonly sandbox: SandboxName;
  /** When it was answered, in real time, as RFC 3339 writes it. */
  readonly realTime: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Absent when the connection was broken in place of an answer. */
  readonly status?: number;
}

/** Calls of a run: how many there were, and the newest 1000 of them, oldest first. */
export interface RunCalls {
  readonly count: number;
  readonly newest: readonly RunCall[];
}

/** All calls of a mock, whatever became of the journals that they were recorded in. */
export interface Run {
  readonly calls: number;
  /** Calls that a fault was applied to. They are not among the next two, whatever was wrong with them. */
  readonly faulted: number;
  /** Calls that broke the contract, or whose answer would have. */
  readonly unexpected: RunCalls;
  /** The same of calls that are marked as meant to. */
  readonly expected: RunCalls;
  /** What of the contract the calls of all sandboxes have exercised. */
  readonly coverage: components['schemas']['Coverage'];
}

/** What of a journal is needed to know its calls again. */
export interface RecordedIn {
  readonly identity: symbol;
}

/** So many calls of each kind are kept. Those beyond are counted. */
const MOST_KEPT = 1000;

interface Kept {
  readonly journal: symbol;
  readonly sandbox: SandboxName;
  readonly id: number;
  readonly call: RecordedRequest;
}

/** Keeps what a run is told of: journals are bounded, can be cleared, and go with their sandboxes. */
export class RunRecord {
  #calls = 0;
  #faulted = 0;
  readonly #unexpected = new KeptCalls();
  readonly #expected = new KeptCalls();

  constructor(private readonly coverage: Coverage) {}

  add(journal: RecordedIn, sandbox: SandboxName, id: number, call: RecordedRequest): void {
    this.#calls++;
    if (call.fault !== undefined) this.#faulted++;
    if (!isBroken(call)) return;
    const kept = keptOf(journal, sandbox, id, call);
    (call.expected ? this.#expected : this.#unexpected).add(kept);
  }

  cover(
    operation: ContractOperation,
    query: { has(name: string): boolean } | undefined,
    request: RecordedRequest,
  ): void {
    this.coverage.add(operation, query, request);
  }

  /**
   * Marks the calls as expected that were recorded in a journal and fit; gives how many the journal itself had forgotten.
   * @param marked those that it has marked, by their ids
   */
  expectViolations(
    journal: RecordedIn,
    sandbox: SandboxName,
    filter: ViolationFilter,
    marked: ReadonlyMap<number, RecordedRequest>,
  ): number {
    const found = this.#unexpected.take(
      (each) => each.journal === journal.identity && canBeExpected(each.id, each.call, filter),
    );
    for (const each of found) this.#expected.add(each);
    const ids = new Set(found.map(({ id }) => id));
    // The journal has kept them for longer than they were kept here.
    const beyond = [...marked].filter(([id, call]) => !ids.has(id) && isBroken(call));
    for (const [id, call] of beyond) {
      this.#unexpected.count--;
      this.#expected.add(keptOf(journal, sandbox, id, call));
    }
    return found.filter(({ id }) => !marked.has(id)).length;
  }

  toReport(): Run {
    return {
      calls: this.#calls,
      faulted: this.#faulted,
      unexpected: this.#unexpected.toReport(),
      expected: this.#expected.toReport(),
      coverage: this.coverage.report(),
    };
  }
}

/** The newest of many calls, and how many there were. */
class KeptCalls {
  count = 0;
  #newest: Kept[] = [];

  add(call: Kept): void {
    this.count++;
    this.#newest.push(call);
    if (this.#newest.length > MOST_KEPT) this.#newest.shift();
  }

  /** Takes those out that are meant. */
  take(isMeant: (call: Kept) => boolean): Kept[] {
    const taken = this.#newest.filter(isMeant);
    this.#newest = this.#newest.filter((call) => !taken.includes(call));
    this.count -= taken.length;
    return taken;
  }

  toReport(): RunCalls {
    return { count: this.count, newest: this.#newest.map(toldCall) };
  }
}

/** Whether a call broke the contract, or its answer would have, other than by a fault. */
function isBroken({ violations = [], answerViolations = [], fault }: RecordedRequest): boolean {
  return fault === undefined && violations.length + answerViolations.length > 0;
}

/** Without headers and bodies, which are much, and none of a report's business. */
function keptOf({ identity }: RecordedIn, sandbox: SandboxName, id: number, call: RecordedRequest): Kept {
  const { org, name } = sandbox;
  const slight = { ...call, headers: [], body: undefined, answerHeaders: undefined, answerBody: undefined };
  return { journal: identity, sandbox: { org, name }, id, call: slight };
}

function toldCall({ sandbox, id, call }: Kept): RunCall {
  const { operation, requestId, answeredAt, method, url, status, violations, answerViolations } = call;
  return {
    sandbox,
    id,
    operation: (operation ?? null) as RunCall['operation'],
    requestId,
    realTime: new Date(answeredAt).toISOString(),
    method,
    url,
    ...(status !== undefined && { status }),
    violations: [
      ...describeViolations('request', violations),
      ...describeViolations('answer', answerViolations),
    ],
  };
}
