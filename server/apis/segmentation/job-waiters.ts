import type { Clock } from '../../sandbox/clock.js';
import { statusNotReached, statusOutOfReach } from '../../platform/control-errors.js';
import { exportJobNotFound, serviceUnavailable } from '../../platform/errors.js';
import type { ExportJob } from './stored-job.js';
import type { JobStore } from './job-store.js';
import { nextChangeAt, viewAt, type Status } from './lifecycle.js';

/** How long someone waits who does not say, in real milliseconds. */
const DEFAULT_TIMEOUT = 30_000;

/** `setTimeout` takes no longer time. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

const ORDER: Record<Status, number> = { NEW: 0, PROCESSING: 1, SUCCEEDED: 2, FAILED: 2 };

interface Waiter {
  id: number;
  status: Status;
  resolve: (view: ExportJob) => void;
  reject: (error: Error) => void;
}

/** Those who wait for export jobs of one sandbox. One timer, on its clock, is for all of them. */
export class Waiting {
  readonly #waiters = new Set<Waiter>();
  #callOff: () => void = () => undefined;

  constructor(
    private readonly jobs: Pick<JobStore, 'get'>,
    private readonly clock: Clock,
  ) {
    clock.onTurn(() => this.look());
  }

  /**
   * Resolves to the view of a job once it has reached a status, or gone beyond. Rejects with 404 when there is no such
   * job, or no more; 409 when it will never reach it; 408 when `timeout`, in real milliseconds, has run out.
   */
  waitFor(id: number, status: Status, timeout = DEFAULT_TIMEOUT): Promise<ExportJob> {
    return new Promise<ExportJob>((resolve, reject) => {
      const waiter: Waiter = { id, status, resolve, reject };
      this.#waiters.add(waiter);
      const timer = setTimeout(() => this.#giveUp(waiter), Math.min(timeout, LONGEST_TIMEOUT));
      waiter.resolve = (view) => {
        clearTimeout(timer);
        resolve(view);
      };
      waiter.reject = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      this.look();
    });
  }

  /** Looks whether anyone's waiting is over: something has changed. */
  look(): void {
    if (this.#waiters.size === 0) return;
    this.#callOff();
    const now = this.clock.now();
    let next = Infinity;
    for (const waiter of this.#waiters) {
      const facts = this.jobs.get(waiter.id);
      if (this.#isOver(waiter, facts && viewAt(facts, now))) this.#waiters.delete(waiter);
      else if (facts) next = Math.min(next, nextChangeAt(facts, now) ?? Infinity);
    }
    this.#callOff = next === Infinity ? () => undefined : this.clock.whenReached(next, () => this.look());
  }

  /** Nobody is to wait any longer: the mock stops. */
  close(): void {
    this.#callOff();
    for (const waiter of this.#waiters) waiter.reject(serviceUnavailable());
    this.#waiters.clear();
  }

  #isOver({ id, status, resolve, reject }: Waiter, view: ExportJob | undefined): boolean {
    if (!view) reject(exportJobNotFound(id));
    else if (view.status === status || ORDER[view.status] > ORDER[status]) resolve(view);
    else if (ORDER[view.status] === ORDER[status]) reject(statusOutOfReach(id, status, view.status));
    else return false;
    return true;
  }

  #giveUp(waiter: Waiter): void {
    const { id, status, reject } = waiter;
    if (!this.#waiters.delete(waiter)) return;
    const facts = this.jobs.get(id);
    const view = facts && viewAt(facts, this.clock.now());
    reject(view ? statusNotReached(id, status, view.status) : exportJobNotFound(id));
  }
}
