import type { components } from '../../../generated/control.js';
import type { JournalFilter as RecordFilter, ViolationFilter } from '../../journal/journal-entry.js';
import type { SandboxName } from '../../platform/sandbox-name.js';
import type { Clock } from '../../sandbox/clock.js';
import type { Sandbox } from '../../sandbox/sandbox.js';

type Schemas = components['schemas'];

/** Which requests of the journal are meant. Each part that is given narrows it. */
export type JournalFilter = Omit<RecordFilter, 'resources'> & {
  /** The id of the export job that the request was for. */
  job?: number | undefined;
};

/** Which requests a fault is for, and for how long. */
export interface FaultAim {
  /** The n-th such request alone. */
  nth?: number | undefined;
  /** How often the rule applies before it ends. */
  times?: number | undefined;
  /** How long it applies before it ends, in real milliseconds. */
  forMs?: number | undefined;
  operation?: string | undefined;
  /** The id of an export job. */
  job?: number | undefined;
}

/**
 * One sandbox of a mock in code, for what any api has in it. A change that cannot be stored is undone, and rejects with
 * ApiError (503); a value that is not allowed rejects with OptionError.
 */
export interface CommonSandboxHandle extends SandboxName {
  readonly clock: Pick<Clock, 'now' | 'frozen' | 'set' | 'advance' | 'freeze' | 'resume'>;

  /**
   * Sets the clock to an instant (RFC 3339), and has it stand there or run on, as one change.
   * @param setting without `frozen`, it stands or runs as before
   */
  setClock(setting: Schemas['ClockSetting']): Promise<void>;
  /** Takes the sandbox back to its beginning, or parts of it alone. Snapshots stay. Resolves when that is stored. */
  reset(...parts: Schemas['SandboxPart'][]): Promise<void>;
  /** Requests from now on meet this fault. It stands above rules that were set before. */
  fault(fault: string | Schemas['Fault'], aim?: FaultAim): Schemas['Rule'];
  readonly rules: {
    /** Sets a rule of any kind, above those that were set before. */
    add(rule: Schemas['RuleRequest']): Schemas['Rule'];
    /** Newest first. */
    list(): Schemas['Rule'][];
    /** Whether there was such a rule. */
    remove(id: string): boolean;
    clear(): void;
  };

  /** Saves records, last ids, clock and rules under a name, in memory. One of that name is replaced. */
  snapshot(name: string): Schemas['Snapshot'];
  /** Takes the sandbox back to a snapshot. Rejects with ApiError (404) when there is none of that name. */
  restore(name: string): Promise<Schemas['Snapshot']>;
  /** By name. */
  snapshots(): Schemas['Snapshot'][];
  /** Deletes a snapshot, and says whether there was one. */
  deleteSnapshot(name: string): boolean;
  /** Records, last ids, clock and rules as JSON. A running clock is exported as what it is ahead of real time. */
  exportState(): Schemas['SandboxState'];
  /** Takes the sandbox to the exported state of one. Its records come to belong to this organisation. */
  importState(state: Schemas['SandboxState']): Promise<void>;

  /** The last requests, oldest first. */
  journal(filter?: JournalFilter): Schemas['JournalEntry'][];
  journalCount(filter?: JournalFilter): number;
  /**
   * Marks requests that were meant to break the contract: those that fit and are not marked yet. Returns how many. A
   * request that is still to be sent says so itself, by `Prefer: violations=expected`.
   */
  expectViolations(filter?: ViolationFilter): number;
  /** Removes all requests, and what they covered. */
  clearJournal(): void;
  /** What of the contract the requests have covered. */
  coverage(): Schemas['Coverage'];
  /** Resolves when what was set or turned is stored. Rejects when it could not be; it is then undone. */
  stored(): Promise<void>;
}

/**
 * @param resourceNames the parts of a filter that name a resource of an api
 * @internal
 */
export function createSandboxHandle(sandbox: Sandbox, resourceNames: readonly string[]): CommonSandboxHandle {
  const { org, name, clock, rules, settings, snapshots, journal, coverage } = sandbox;
  const toRecordFilter = (filter: JournalFilter = {}): RecordFilter => {
    const named = Object.entries(filter).filter(([part]) => resourceNames.includes(part));
    const resources = named.filter(([, id]) => id !== undefined);
    return { ...filter, ...(resources.length > 0 && { resources: Object.fromEntries(resources) }) };
  };
  return {
    org,
    name,
    clock,
    setClock: ({ now, frozen = clock.frozen }) =>
      settings.change(() => {
        clock.set(now);
        if (frozen) {
          clock.freeze();
          // Before it stood still, it may have gone on by a moment.
          clock.set(now);
        } else clock.resume();
      }),
    reset: (...parts) => sandbox.reset(parts.length > 0 ? parts : undefined),
    fault: (fault, aim) => sandbox.addRule({ ...aim, fault }) as Schemas['Rule'],
    rules: {
      add: (rule) => sandbox.addRule(rule) as Schemas['Rule'],
      list: () => rules.list() as Schemas['Rule'][],
      remove: (id) => rules.remove(id),
      clear: () => rules.clear(),
    },
    snapshot: (as) => snapshots.save(as),
    restore: (from) => snapshots.restore(from),
    snapshots: () => snapshots.list(),
    deleteSnapshot: (named) => snapshots.delete(named),
    exportState: () => sandbox.exportState(),
    importState: (state) => sandbox.importState(state),
    journal: (filter) => journal.entries(toRecordFilter(filter)),
    journalCount: (filter) => journal.count(toRecordFilter(filter)),
    expectViolations: (filter) => sandbox.expectViolations(filter),
    clearJournal: () => {
      journal.clear();
      coverage.clear();
    },
    coverage: () => coverage.report(),
    stored: () => settings.whenStored(),
  };
}
