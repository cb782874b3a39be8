import type { components } from '../../../generated/control.js';
import type { Job } from './job-control.js';
import type { Operations } from './operation.js';
import type { ScenarioList } from './scenarios.js';
import type { Scenario } from './stored-job.js';

type Schemas = components['schemas'];

/** Which requests a rule is for, and for how long. */
export interface Aim {
  /** The n-th such request alone. */
  nth?: number | undefined;
  /** How often the rule applies before it ends. */
  times?: number | undefined;
  /** How long it applies before it ends, in real milliseconds. */
  forMs?: number | undefined;
}

/** What export jobs add to a sandbox in code. */
export interface JobsInSandbox {
  /** Jobs that are created from now on live by this scenario. It stands above rules that were set before. */
  use(scenario: string | Scenario, aim?: Aim): Schemas['Rule'];
  /** Jobs that are created from now on move on by time, by polls (seen `polls` times in a status) or by hand. */
  progress(by: Schemas['Progress'], aim?: Aim & { polls?: number | undefined }): Schemas['Rule'];
  readonly jobs: {
    /** Newest first. */
    list(): Job[];
    /** Moves a job on to its next status. */
    step(id: number): Promise<Job>;
    /** Brings a job to the end of its scenario. */
    finish(id: number): Promise<Job>;
    /** Lets a job fail, with the errors of the documentation unless others are given. */
    fail(id: number, errors?: Schemas['Failure']['errors']): Promise<Job>;
    /** Keeps a job in the status that it has, until it is stepped, finished or failed. */
    hold(id: number): Promise<Job>;
  };
  /**
   * Resolves to a job once it has reached a status, or gone beyond, whoever moves it or turns the clock. Rejects with
   * ApiError: 404 when it does not exist, 409 when it never will, 408 after `timeout` real milliseconds (30,000).
   */
  waitFor(
    id: number,
    status: Schemas['ExportJobStatus'],
    options?: { timeout?: number | undefined },
  ): Promise<Job>;
}

/** What export jobs add to a mock in code. */
export interface JobsInMock {
  /** The operations it runs, one for each operationId. */
  readonly operations: Operations;
  /**
   * How long a created job of the default scenario is NEW and then PROCESSING, in milliseconds by time; `null` where it
   * stays so.
   */
  readonly lifetimes: Readonly<Pick<Scenario, 'newMs' | 'processingMs'>>;
  /** The scenarios that there are, in the order of their names, and the name of the default one. */
  scenarios(): ScenarioList;
}
