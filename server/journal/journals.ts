import type { ContractOperation } from '../../contract/contract-operations.js';
import { toKey, type SandboxName } from '../platform/sandbox-name.js';
import { Coverage, CoverageCells } from './coverage.js';
import type { RecordedRequest, ViolationFilter } from './journal-entry.js';
import { Journal } from './journal.js';
import { RunRecord } from './run.js';

/** What is recorded of the calls of one sandbox. */
export interface Records {
  readonly journal: Journal;
  readonly coverage: Coverage;
  readonly clock: { now(): number };
}

/** How many calls a sandbox's journal keeps, unless it is said otherwise. */
const DEFAULT_CAPACITY = 1000;

/**
 * How much the journals may hold all together, in bytes. What they hold must not grow with the number of sandboxes
 * without end; those of which nobody has heard for longest give theirs up.
 */
const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** How many names without a sandbox there are records of. The oldest go first. */
const MAX_WITHOUT_SANDBOX = 100;

/**
 * The records of all sandboxes. A call that is refused makes no sandbox, and is recorded all the same: under the name of
 * the one that it was for, whose own the records become when it comes into being.
 */
export class Journals {
  readonly #cells: CoverageCells;
  readonly #ofSandboxes = new Map<string, Records>();
  readonly #withoutSandbox = new Map<string, Records>();
  #run: RunRecord | undefined;
  /** At most: what was forgotten since it was last counted is counted still. */
  #heldBytes = 0;

  /**
   * @param capacity how many calls each journal keeps; 0 records nothing
   * @param clock what requests are recorded by that are for no sandbox
   */
  constructor(
    operations: readonly ContractOperation[],
    readonly capacity: number = DEFAULT_CAPACITY,
    private readonly clock: Records['clock'] = Date,
    private readonly maxHeldBytes = MAX_HELD_BYTES,
  ) {
    this.#cells = new CoverageCells(operations);
  }

  /** What is kept of all calls together. Absent unless it was begun. */
  get run(): RunRecord | undefined {
    return this.#run;
  }

  /** From now on, what is needed to tell of the whole run is kept as well. */
  beginRun(): void {
    this.#run = new RunRecord(new Coverage(this.#cells));
  }

  /**
   * Records a request of a sandbox, or of a name without one. `recorded.time` is filled in.
   * @param operation what the request was for, if it was for an operation
   * @param query undefined when there is none
   */
  record(
    name: SandboxName & Partial<Records>,
    recorded: Omit<RecordedRequest, 'time'>,
    operation: ContractOperation | undefined,
    query: { has(name: string): boolean } | undefined,
  ): void {
    const { journal, coverage, clock } = name.journal ? (name as Records) : this.get(name);
    const request: RecordedRequest = Object.assign(recorded, { time: clock.now() });
    const id = journal.add(request);
    this.#run?.add(journal, name, id, request);
    if (!operation) return;
    coverage.add(operation, query, request);
    this.#run?.cover(operation, query, request);
  }

  /** Marks calls of a sandbox as meant to break the contract: those that fit and are not marked. Says how many. */
  expectViolations(sandbox: SandboxName & Pick<Records, 'journal'>, filter: ViolationFilter = {}): number {
    const { journal } = sandbox;
    const marked = journal.expectViolations(filter);
    const forgotten = this.#run?.expectViolations(journal, sandbox, filter, marked) ?? 0;
    return marked.size + forgotten;
  }

  /** The records of a sandbox that comes into being. */
  open(name: SandboxName, clock: Records['clock']): Records {
    const key = toKey(name);
    const { journal, coverage } = this.#withoutSandbox.get(key) ?? this.#make();
    this.#withoutSandbox.delete(key);
    const records = { journal, coverage, clock };
    this.#ofSandboxes.set(key, records);
    return records;
  }

  /** The records of a sandbox, whether there is one of that name or not. */
  get(name: SandboxName): Records {
    const key = toKey(name);
    const found = this.#ofSandboxes.get(key) ?? this.#withoutSandbox.get(key);
    if (found) return found;
    const [oldest] = this.#withoutSandbox.keys();
    if (oldest !== undefined && this.#withoutSandbox.size >= MAX_WITHOUT_SANDBOX)
      this.#withoutSandbox.delete(oldest);
    const records = this.#make();
    this.#withoutSandbox.set(key, records);
    return records;
  }

  /** Forgets the records of a sandbox that is no more. */
  close(name: SandboxName): void {
    this.#ofSandboxes.delete(toKey(name));
  }

  #make(): Records {
    return {
      journal: new Journal(this.capacity, (bytes) => {
        this.#heldBytes += bytes;
        if (this.#heldBytes > this.maxHeldBytes) this.#makeRoom();
      }),
      coverage: new Coverage(this.#cells),
      clock: this.clock,
    };
  }

  /** Makes a fourth of the room free, so that it is not to be made with each call. */
  #makeRoom(): void {
    const records = [...this.#ofSandboxes.values(), ...this.#withoutSandbox.values()];
    const journals = records
      .map(({ journal }) => journal)
      .sort((one, other) => one.newestAt - other.newestAt);
    let held = journals.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    for (const journal of journals) {
      if (held <= this.maxHeldBytes * 0.75) break;
      held -= journal.heldBytes;
      journal.forgetOlderHalf();
      held += journal.heldBytes;
    }
    this.#heldBytes = held;
  }
}
