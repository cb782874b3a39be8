import type { ContractOperation } from '../../contract/contract-operations.js';
import type { Coverage, CoveredCall } from './coverage.js';
import { toldViolations, type RecordedCall } from './journal-entry.js';
import { canBeExpected, type ViolationFilter } from './journal-filter.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Run, RunCall, RunCalls } from './run.js';

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
  readonly call: RecordedCall;
}

/** Keeps what a run is told of: journals are bounded, can be cleared, and go with their sandboxes. */
export class RunRecord {
  #calls = 0;
  #faulted = 0;
  readonly #unexpected = new KeptCalls();
  readonly #expected = new KeptCalls();

  constructor(private readonly coverage: Coverage) {}

  add(journal: RecordedIn, sandbox: SandboxName, id: number, call: RecordedCall): void {
    this.#calls++;
    if (call.fault !== undefined) this.#faulted++;
    if (!isBroken(call)) return;
    const kept = keptOf(journal, sandbox, id, call);
    (call.expected ? this.#expected : this.#unexpected).add(kept);
  }

  cover(operation: ContractOperation, call: CoveredCall): void {
    this.coverage.add(operation, call);
  }

  /**
   * Marks the calls as expected that were recorded in a journal and fit; gives how many the journal itself had forgotten.
   * @param marked those that it has marked, by their ids
   */
  expectViolations(
    journal: RecordedIn,
    sandbox: SandboxName,
    filter: ViolationFilter,
    marked: ReadonlyMap<number, RecordedCall>,
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

  told(): Run {
    return {
      calls: this.#calls,
      faulted: this.#faulted,
      unexpected: this.#unexpected.told(),
      expected: this.#expected.told(),
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

  told(): RunCalls {
    return { count: this.count, newest: this.#newest.map(toldCall) };
  }
}

/** Whether a call broke the contract, or its answer would have, other than by a fault. */
function isBroken({ violations = [], answerViolations = [], fault }: RecordedCall): boolean {
  return fault === undefined && violations.length + answerViolations.length > 0;
}

/** Without headers and bodies, which are much, and none of a report's business. */
function keptOf({ identity }: RecordedIn, sandbox: SandboxName, id: number, call: RecordedCall): Kept {
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
    violations: [...toldViolations('request', violations), ...toldViolations('answer', answerViolations)],
  };
}
