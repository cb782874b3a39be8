import type { ExportJobStatus } from '../../generated/openapi.js';
import { RefusalError, type ControlPlane, type Schemas } from './control-plane.js';

/** Which of the last calls are meant. Each part that is given narrows it. */
export interface JournalFilter {
  operation?: Schemas['OperationId'] | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  /** The id of the export job that the call was for. */
  job?: number | undefined;
  /** Whether the call, or its answer, broke the contract. */
  violations?: boolean | undefined;
  /** Whether that was marked as meant. */
  expected?: boolean | undefined;
  /** The name of the fault that was applied to it. */
  fault?: string | undefined;
  /** Later ones than the entry of this id. */
  since?: number | undefined;
}

/** Which calls that broke the contract are meant. Each part that is given narrows it. */
export interface ViolationFilter {
  operation?: Schemas['OperationId'] | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  /** The JSON pointer of a violation, such as `/query/limit`. */
  pointer?: string | undefined;
}

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
 * Turns one sandbox of a mock, over HTTP. What the mock refuses rejects with RefusalError, in its own words: with the
 * status 400 for a value that is not allowed, 404 for what is not there, 409 for a job that can not be moved so.
 */
export class SandboxControl {
  constructor(protected readonly plane: ControlPlane) {}

  /** The sandbox's clock, on which its jobs live. Each method resolves to what the clock says then. */
  readonly clock = {
    get: (): Promise<Schemas['Clock']> => this.plane.call('get', '/clock'),
    /** Turns it to an instant, in Unix milliseconds or as RFC 3339 writes it. Without `frozen`, it stands or goes as before. */
    set: (now: string | number, options: { frozen?: boolean | undefined } = {}): Promise<Schemas['Clock']> =>
      this.plane.call('put', '/clock', { body: { ...options, now } }),
    /** Turns it forward by a length of time such as `2h`, `500ms` or `PT2H`, or by milliseconds. */
    advance: (by: string | number): Promise<Schemas['Clock']> =>
      this.plane.call('post', '/clock/advance', { body: { by } }),
    freeze: (): Promise<Schemas['Clock']> => this.plane.call('post', '/clock/freeze'),
    resume: (): Promise<Schemas['Clock']> => this.plane.call('post', '/clock/resume'),
  };

  readonly rules = {
    /** Sets a rule of any kind, above those that were set before. */
    add: (rule: Schemas['RuleRequest']): Promise<Schemas['Rule']> =>
      this.plane.call('post', '/rules', { body: rule }),
    /** Newest first. */
    list: async (): Promise<Schemas['Rule'][]> => (await this.plane.call('get', '/rules')).rules,
    /** Whether there was such a rule. */
    remove: (id: string): Promise<boolean> =>
      wasThere(this.plane.call('delete', '/rules/{id}', { path: { id } })),
    clear: (): Promise<void> => this.plane.call('delete', '/rules'),
  };

  readonly jobs = {
    /** Newest first. */
    list: async (): Promise<Schemas['Job'][]> => (await this.plane.call('get', '/jobs')).jobs,
    /** Moves a job on to its next status. */
    step: (id: number): Promise<Schemas['Job']> =>
      this.plane.call('post', '/jobs/{id}/step', { path: { id } }),
    /** Brings a job to the end of its story. */
    finish: (id: number): Promise<Schemas['Job']> =>
      this.plane.call('post', '/jobs/{id}/finish', { path: { id } }),
    /** Lets a job fail, with the errors of the documentation unless others are given. */
    fail: (id: number, errors?: Schemas['Failure']['errors']): Promise<Schemas['Job']> =>
      this.plane.call('post', '/jobs/{id}/fail', { path: { id }, ...(errors && { body: { errors } }) }),
    /** Keeps a job in the status that it has, until it is stepped, finished or failed. */
    hold: (id: number): Promise<Schemas['Job']> =>
      this.plane.call('post', '/jobs/{id}/hold', { path: { id } }),
  };

  /** Jobs that are created from now on have this scenario. It stands above rules that were set before. */
  use(scenario: string | Schemas['Scenario'], aim: Aim = {}): Promise<Schemas['Rule']> {
    return this.plane.call('post', '/rules', { body: { ...aim, scenario } });
  }

  /** Jobs that are created from now on move on by time, by polls (seen `polls` times in a status) or by hand. */
  progress(
    by: Schemas['Progress'],
    aim: Aim & { polls?: number | undefined } = {},
  ): Promise<Schemas['Rule']> {
    return this.plane.call('post', '/rules', { body: { ...aim, progress: by } });
  }

  /** Calls from now on meet this fault. It stands above rules that were set before. */
  fault(fault: string | Schemas['Fault'], aim: FaultAim = {}): Promise<Schemas['Rule']> {
    return this.plane.call('post', '/rules', { body: { ...aim, fault } });
  }

  /**
   * Resolves to a job once it has reached a status, or gone beyond, whoever moves it or turns the clock. Rejects with
   * RefusalError: 404 when it is not there, 409 when it never will, 408 after `timeout` real milliseconds (30,000: more than many test runners let a test take).
   */
  waitFor(
    id: number,
    status: ExportJobStatus,
    options: { timeout?: number | undefined } = {},
  ): Promise<Schemas['Job']> {
    const { timeout, ...others } = options;
    // What is misspelt is refused there, with what is allowed.
    return this.plane.call('get', '/jobs/{id}/wait', { path: { id }, query: { status, timeout, ...others } });
  }

  /** Saves jobs, clock, rules and the last id under a name. One of that name is replaced. */
  snapshot(name: string): Promise<Schemas['Snapshot']> {
    return this.plane.call('put', '/snapshots/{name}', { path: { name } });
  }

  /** Takes the sandbox back to a snapshot. */
  restore(name: string): Promise<Schemas['Snapshot']> {
    return this.plane.call('post', '/snapshots/{name}/restore', { path: { name } });
  }

  /** By name. */
  async snapshots(): Promise<Schemas['Snapshot'][]> {
    return (await this.plane.call('get', '/snapshots')).snapshots;
  }

  /** Forgets a snapshot, and says whether there was one. */
  deleteSnapshot(name: string): Promise<boolean> {
    return wasThere(this.plane.call('delete', '/snapshots/{name}', { path: { name } }));
  }

  /** Jobs, clock, rules and the last id as JSON. A clock that goes is exported as what it is ahead of real time. */
  exportState(): Promise<Schemas['SandboxState']> {
    return this.plane.call('get', '/state');
  }

  /** Takes the sandbox to what was exported of one. Its jobs come to belong to this organisation. */
  importState(state: Schemas['SandboxState']): Promise<void> {
    return this.plane.call('put', '/state', { body: state });
  }

  /** The last calls, oldest first; the newest `limit` of them. */
  async journal(
    filter: JournalFilter & { limit?: number | undefined } = {},
  ): Promise<Schemas['JournalEntry'][]> {
    return (await this.plane.call('get', '/journal', { query: { ...filter } })).entries;
  }

  async journalCount(filter: JournalFilter = {}): Promise<number> {
    return (await this.plane.call('get', '/journal/count', { query: { ...filter } })).count;
  }

  /** Forgets the calls, and what they exercised. */
  clearJournal(): Promise<void> {
    return this.plane.call('delete', '/journal');
  }

  /** What of the contract the calls have exercised. */
  coverage(): Promise<Schemas['Coverage']> {
    return this.plane.call('get', '/coverage');
  }

  /** Takes the sandbox back to its beginning, or parts of it alone. Snapshots stay. Resolves when that is done. */
  reset(...parts: Schemas['SandboxPart'][]): Promise<void> {
    return this.plane.call('post', '/reset', parts.length > 0 ? { body: { only: parts } } : {});
  }
}

/** Whether what was to be removed was there. */
export function wasThere(removal: Promise<unknown>): Promise<boolean> {
  return removal.then(
    () => true,
    (error: unknown) => {
      if (error instanceof RefusalError && error.status === 404) return false;
      throw error;
    },
  );
}
