import type { components } from '../../../generated/control.js';
import { serviceUnavailable } from '../../platform/errors.js';
import type { Clock } from '../../sandbox/clock.js';
import { exportJobNotFound, statusNotReached, statusOutOfReach } from './errors.js';
import { getNextChange, getStatus, renderJob, type Status } from './lifecycle.js';
import type { Jobs, StoredJob } from './stored-job.js';
import { advance, fail, finish, hold } from './transitions.js';

type Schemas = components['schemas'];

/** An export job, as it is shown and as it is stored. */
export type Job = Schemas['Job'];

/**
 * The export jobs of one sandbox, to be moved by hand. Each method resolves to the job as it is then, when that is stored,
 * and rejects with 404 for a job that does not exist, with 409 for one that has finished.
 */
export class JobControl {
  constructor(
    private readonly jobs: Jobs,
    private readonly clock: Clock,
  ) {}

  /** All that there are, newest first. */
  list(): Job[] {
    const now = this.clock.now();
    return [...this.jobs.newestFirst()].flatMap((stored) => toJob(stored, now) ?? []);
  }

  /** Throws 404. */
  get(id: number): Job {
    const stored = this.jobs.get(id);
    const job = stored && toJob(stored, this.clock.now());
    if (!job) throw exportJobNotFound(id);
    return job;
  }

  /** Moves a job on to its next status: from NEW to PROCESSING, from there to the end of its scenario. */
  step(id: number): Promise<Job> {
    return this.#move(id, advance);
  }

  /** Brings a job to the end of its scenario. */
  finish(id: number): Promise<Job> {
    return this.#move(id, finish);
  }

  /** Lets a job fail, with errors that the documentation shows unless others are given. */
  fail(id: number, errors?: Schemas['JobErrors']): Promise<Job> {
    return this.#move(id, (stored, now) => fail(stored, now, errors));
  }

  /** Keeps a job in the status that it has, until it is stepped, finished or failed. */
  hold(id: number): Promise<Job> {
    return this.#move(id, hold);
  }

  async #move(id: number, move: (stored: StoredJob, now: number) => StoredJob): Promise<Job> {
    const stored = this.jobs.get(id);
    if (!stored) throw exportJobNotFound(id);
    await this.jobs.replace(move(stored, this.clock.now()));
    return this.get(id);
  }
}

function toJob(stored: StoredJob, now: number): Job | undefined {
  const job = renderJob(stored, now);
  return job && { id: stored.id, status: job.status, job, stored };
}

/** How long a client waits that does not say, in real milliseconds. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** The largest delay that `setTimeout` accepts. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

const ORDER: Record<Status, number> = { NEW: 0, PROCESSING: 1, SUCCEEDED: 2, FAILED: 2 };

interface Waiter {
  id: number;
  status: Status;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** Waits for export jobs of one sandbox to reach a status. One timer, on the sandbox's clock, serves all who wait. */
export class JobWaiters {
  readonly #waiters = new Set<Waiter>();
  #cancelTimer: () => void = () => undefined;

  constructor(
    private readonly jobs: Pick<Jobs, 'get' | 'onChange'>,
    private readonly clock: Clock,
  ) {
    clock.onTurn(() => this.#checkAll());
    jobs.onChange(() => this.#checkAll());
  }

  /**
   * Resolves once a job has reached a status, or gone beyond. Rejects with 404 when there is no such job, or no more; 409
   * when it will never reach it; 408 when `timeoutMs`, in real milliseconds, has run out.
   */
  waitFor(id: number, status: Status, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#timeOut(waiter), Math.min(timeoutMs, MAX_TIMEOUT_MS));
      const waiter: Waiter = {
        id,
        status,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiters.add(waiter);
      this.#checkAll();
    });
  }

  /** The sandbox is deleted, or the mock stops. */
  close(): void {
    this.#cancelTimer();
    for (const { reject } of this.#waiters) reject(serviceUnavailable());
    this.#waiters.clear();
  }

  #checkAll(): void {
    if (this.#waiters.size === 0) return;
    this.#cancelTimer();
    const now = this.clock.now();
    let next = Infinity;
    for (const waiter of this.#waiters) {
      const stored = this.jobs.get(waiter.id);
      if (isSettled(waiter, stored && getStatus(stored, now))) this.#waiters.delete(waiter);
      else if (stored) next = Math.min(next, getNextChange(stored, now) ?? Infinity);
    }
    this.#cancelTimer =
      next === Infinity ? () => undefined : this.clock.whenReached(next, () => this.#checkAll());
  }

  #timeOut(waiter: Waiter): void {
    const { id, status, reject } = waiter;
    if (!this.#waiters.delete(waiter)) return;
    const stored = this.jobs.get(id);
    const present = stored && getStatus(stored, this.clock.now());
    reject(present ? statusNotReached(id, status, present) : exportJobNotFound(id));
  }
}

/** @param present undefined when the job does not exist */
function isSettled({ id, status, resolve, reject }: Waiter, present: Status | undefined): boolean {
  if (!present) reject(exportJobNotFound(id));
  else if (present === status || ORDER[present] > ORDER[status]) resolve();
  else if (ORDER[present] === ORDER[status]) reject(statusOutOfReach(id, status, present));
  else return false;
  return true;
}
