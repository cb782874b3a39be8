import type { Contract } from '../../contract/contract.js';
import { Coverage, CoverageCells } from './coverage.js';
import { Clock } from '../sandbox/clock.js';
import type { ViolationFilter } from './journal-filter.js';
import { Journal } from './journal.js';
import { RunRecord } from './run-record.js';
import type { SandboxName } from '../platform/sandbox-name.js';

/** What is recorded of the calls of one sandbox. */
export interface Records {
  readonly journal: Journal;
  readonly coverage: Coverage;
  readonly clock: Pick<Clock, 'now'>;
}

/** How many calls a sandbox's journal keeps, unless it is said otherwise. */
const DEFAULT_CAPACITY = 1000;

/**
 * How much the journals may hold all together, in bytes. What they hold must not grow with the number of sandboxes
 * without end; those of which nobody has heard for longest give theirs up.
 */
const MOST_HELD_IN_BYTES = 256 * 1024 * 1024;

/** How many names without a sandbox there are records of. The oldest go first. */
const MOST_WITHOUT_SANDBOX = 100;

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
  #heldInBytes = 0;

  /**
   * @param capacity how many calls each journal keeps; 0 records nothing
   * @param frozenAt where clocks stand, in Unix milliseconds; without it, they go with real time
   */
  constructor(
    readonly contract: Contract,
    readonly capacity: number = DEFAULT_CAPACITY,
    private readonly frozenAt?: number,
    private readonly mostHeldInBytes = MOST_HELD_IN_BYTES,
  ) {
    this.#cells = new CoverageCells(contract.operations);
  }

  /** What is kept of all calls together. Absent unless it was begun. */
  get run(): RunRecord | undefined {
    return this.#run;
  }

  /** From now on, what is needed to tell of the whole run is kept as well. */
  beginRun(): void {
    this.#run = new RunRecord(new Coverage(this.#cells));
  }

  /** Marks calls of a sandbox as meant to break the contract: those that fit and are not marked. Says how many. */
  expectViolations(sandbox: SandboxName & Pick<Records, 'journal'>, filter: ViolationFilter = {}): number {
    const { journal } = sandbox;
    const marked = journal.expectViolations(filter);
    const forgotten = this.#run?.expectViolations(journal, sandbox, filter, marked) ?? 0;
    return marked.size + forgotten;
  }

  /** The records of a sandbox that comes into being. */
  begin(name: SandboxName, clock: Clock): Records {
    const key = keyOf(name);
    const { journal, coverage } = this.#withoutSandbox.get(key) ?? this.#make();
    this.#withoutSandbox.delete(key);
    const records = { journal, coverage, clock };
    this.#ofSandboxes.set(key, records);
    return records;
  }

  /** The records of a sandbox, whether there is one of that name or not. */
  of(name: SandboxName): Records {
    const key = keyOf(name);
    const found = this.#ofSandboxes.get(key) ?? this.#withoutSandbox.get(key);
    if (found) return found;
    const [oldest] = this.#withoutSandbox.keys();
    if (oldest !== undefined && this.#withoutSandbox.size >= MOST_WITHOUT_SANDBOX)
      this.#withoutSandbox.delete(oldest);
    const records = this.#make();
    this.#withoutSandbox.set(key, records);
    return records;
  }

  /** Forgets the records of a sandbox that is no more. */
  end(name: SandboxName): void {
    this.#ofSandboxes.delete(keyOf(name));
  }

  #make(): Records {
    return {
      journal: new Journal(this.capacity, (bytes) => {
        this.#heldInBytes += bytes;
        if (this.#heldInBytes > this.mostHeldInBytes) this.#makeRoom();
      }),
      coverage: new Coverage(this.#cells),
      clock: new Clock(this.frozenAt),
    };
  }

  /** Makes a fourth of the room free, so that it is not to be made with each call. */
  #makeRoom(): void {
    const records = [...this.#ofSandboxes.values(), ...this.#withoutSandbox.values()];
    const journals = records
      .map(({ journal }) => journal)
      .sort((one, other) => one.newestAt - other.newestAt);
    let held = journals.reduce((sum, { heldInBytes }) => sum + heldInBytes, 0);
    for (const journal of journals) {
      if (held <= this.mostHeldInBytes * 0.75) break;
      held -= journal.heldInBytes;
      journal.forgetOlderHalf();
      held += journal.heldInBytes;
    }
    this.#heldInBytes = held;
  }
}

function keyOf({ org, name }: SandboxName): string {
  return JSON.stringify([org, name]);
}
