import type { components } from '../../../generated/control.js';
import type { Clock } from '../../sandbox/clock.js';
import type { JournalFilter, ViolationFilter } from '../../journal/journal-filter.js';
import type { SandboxName } from '../../platform/sandbox-name.js';

export type { JournalFilter, ViolationFilter };

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
export type JobStatus = Schemas['ExportJobStatus'];
export type JournalEntry = Schemas['JournalEntry'];
export type Coverage = Schemas['Coverage'];
export type Rule = Schemas['Rule'];
export type SandboxPart = Schemas['SandboxPart'];
export type SandboxState = Schemas['SandboxState'];
export type Scenario = Schemas['Scenario'];
export type Fault = Schemas['Fault'];
export type Snapshot = Schemas['Snapshot'];

/** Which calls a rule is for, and for how long. */
export interface Aim {
  /** The n-th such call alone. */
  nth?: number | undefined;
  /** How often it applies before it is over. */
  times?: number | undefined;
  /** How long it applies before it is over, in real milliseconds. */
  forMs?: number | undefined;
}

/** Which calls a fault is for. */
export interface FaultAim extends Aim {
  operation?: Schemas['OperationId'] | undefined;
  /** The id of an export job. */
  job?: number | undefined;
}

/**
 * One sandbox of a mock. What can not be stored rejects, and is not done; a job that is not there, or can not be moved,
 * rejects with an ApiError (404, 409); a value that is not allowed, with OptionError.
 */
export interface SandboxHandle extends SandboxName {
  readonly clock: Pick<Clock, 'now' | 'frozen' | 'set' | 'advance' | 'freeze' | 'resume'>;

  /** Takes the sandbox back to its beginning, or parts of it alone. Snapshots stay. Resolves when that is done. */
  reset(...parts: SandboxPart[]): Promise<void>;
  /** Jobs that are created from now on have this scenario. It stands above rules that were set before. */
  use(scenario: string | Scenario, aim?: Aim): Rule;
  /** Jobs that are created from now on move on by time, by polls (seen `polls` times in a status) or by hand. */
  progress(by: Schemas['Progress'], aim?: Aim & { polls?: number | undefined }): Rule;
  /** Calls from now on meet this fault. It stands above rules that were set before. */
  fault(fault: string | Fault, aim?: FaultAim): Rule;
  readonly rules: {
    /** Sets a rule of any kind, above those that were set before. */
    add(rule: Schemas['RuleRequest']): Rule;
    /** Newest first. */
    list(): Rule[];
    /** Whether there was such a rule. */
    remove(id: string): boolean;
    clear(): void;
  };

  readonly jobs: {
    /** Newest first. */
    list(): Job[];
    /** Moves a job on to its next status. */
    step(id: number): Promise<Job>;
    /** Brings a job to the end of its story. */
    finish(id: number): Promise<Job>;
    /** Lets a job fail, with the errors of the documentation unless others are given. */
    fail(id: number, errors?: Schemas['Failure']['errors']): Promise<Job>;
    /** Keeps a job in the status that it has, until it is stepped, finished or failed. */
    hold(id: number): Promise<Job>;
  };
  /**
   * Resolves to a job once it has reached a status, or gone beyond, whoever moves it or turns the clock. Rejects with
   * ApiError: 404 when it is not there, 409 when it never will, 408 after `timeout` real milliseconds (30,000).
   */
  waitFor(id: number, status: JobStatus, options?: { timeout?: number | undefined }): Promise<Job>;

  /** Saves jobs, clock, rules and the last id under a name, in memory. One of that name is replaced. */
  snapshot(name: string): Snapshot;
  /** Takes the sandbox back to a snapshot. Rejects with ApiError (404) when there is none of that name. */
  restore(name: string): Promise<Snapshot>;
  /** By name. */
  snapshots(): Snapshot[];
  /** Forgets a snapshot, and says whether there was one. */
  deleteSnapshot(name: string): boolean;
  /** Jobs, clock, rules and the last id as JSON. A clock that goes is exported as what it is ahead of real time. */
  exportState(): SandboxState;
  /** Takes the sandbox to what was exported of one. Its jobs come to belong to this organisation. */
  importState(state: SandboxState): Promise<void>;

  /** The last calls, oldest first. */
  journal(filter?: JournalFilter): JournalEntry[];
  journalCount(filter?: JournalFilter): number;
  /**
   * Marks calls that were meant to break the contract: those that fit and are not marked yet. Says how many. A call that is
   * still to be made says so itself, by `Prefer: violations=expected`.
   */
  expectViolations(filter?: ViolationFilter): number;
  /** Forgets the calls, and what they exercised. */
  clearJournal(): void;
  /** What of the contract the calls have exercised. */
  coverage(): Coverage;
  /** Resolves when what was set or turned is stored. Rejects when it could not be; it is then undone. */
  stored(): Promise<void>;
}
