import type { components } from '../generated/openapi.js';
import { isGone } from './answer-error.js';
import { checkFunction, checkNames, checkSignal } from './client-options.js';
import { ExportJobsError } from './export-jobs-error.js';
import type { BoundedOperations, ExportJob } from './operations.js';
import { isPassing } from './repeating.js';
import type { SendingRules } from './sending.js';
import { Patience, unlessAborted, type Sleep } from './waiting.js';

type Schemas = components['schemas'];

/** How to wait for a job. */
export interface WaitOptions {
  /**
   * When to give up: milliseconds from the call, or a Date; an hour from the call unless given. `Infinity` is allowed.
   * Time counts as it passes, or as it was asked of `sleep` if that is more: no clock that stands still can hold it up. The
   * job is asked for once at least, and a call has a second at least, even if the deadline has passed.
   */
  deadline?: number | Date | undefined;
  /** Ends the wait: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Waits between calls; the client's unless given. */
  sleep?: Sleep | undefined;
  /**
   * Is told of the job each time it was retrieved, and waited for if it answers a promise. What it throws, or rejects with,
   * the wait rejects with.
   */
  onProgress?: ((progress: WaitProgress) => unknown) | undefined;
}

export interface WaitProgress {
  /** The job as it is now. */
  job: ExportJob;
  /** For how long it has been waited for, in milliseconds. */
  elapsedMs: number;
}

/** How waiting for a job ended. */
export type WaitOutcome =
  | { outcome: 'succeeded'; job: Schemas['SucceededExportJob'] }
  | { outcome: 'failed'; job: Schemas['FailedExportJob'] }
  /**
   * There is no such job. `job` is as it was seen last; if it never was, `baseUrl` or `sandboxName` may be wrong, as `error`
   * may tell: the answer that said so.
   */
  | { outcome: 'gone'; job: ExportJob | undefined; error: ExportJobsError }
  /** It has not finished by the deadline. `error` is what kept the last call from telling, if it failed. */
  | { outcome: 'timeout'; job: ExportJob | undefined; error: ExportJobsError | undefined }
  /** The job has a status that the contract does not know, which may be final or not. */
  | { outcome: 'unknown-status'; job: ExportJob; status: string };

const AN_HOUR = 3_600_000;
/** Numbers above this, more than ten years, are instants that were meant as dates. */
const LONGEST_WAIT = 315_576_000_000;
const POLLS = { firstMs: 1000, mostMs: 30_000, growth: 1.5 };
/** The last call is made so much before the deadline, that it may be answered. */
const LAST_CALL = { share: 0.1, mostMs: 2000 };
const KNOWN = { deadline: true, signal: true, sleep: true, onProgress: true } satisfies Record<
  keyof WaitOptions,
  true
>;

/** Waits for one job, which it asks for again and again. */
export class JobWait {
  private readonly deadline: number;
  private readonly reserveMs: number;
  private readonly patience: Patience;
  private job: ExportJob | undefined;

  constructor(
    private readonly jobs: BoundedOperations,
    private readonly rules: SendingRules,
    private readonly options: WaitOptions,
  ) {
    checkNames('waitForJob', options, Object.keys(KNOWN));
    checkSignal(options.signal);
    checkFunction('sleep', options.sleep);
    checkFunction('onProgress', options.onProgress);
    this.deadline = checkedDeadline(options.deadline ?? AN_HOUR);
    this.reserveMs = Math.min(LAST_CALL.mostMs, this.deadline * LAST_CALL.share);
    this.patience = new Patience(options.sleep ?? rules.sleep, options.signal);
  }

  async outcome(id: number): Promise<WaitOutcome> {
    for (let times = 1; ; times++) {
      const ended = await this.poll(id);
      if (ended) return ended;
      const left = this.deadline - this.patience.elapsed;
      if (left <= this.reserveMs) return { outcome: 'timeout', job: this.job, error: undefined };
      await this.patience.wait(Math.min(pollDelay(times), left - this.reserveMs));
    }
  }

  private async poll(id: number): Promise<WaitOutcome | undefined> {
    const { reserveMs, patience } = this;
    const { signal, onProgress } = this.options;
    // What has worked once is waited for as long as there is time; what never has may be called wrongly.
    const attempts = this.job ? Infinity : this.rules.attempts;
    const bounds = { attempts, untilMs: this.deadline, reserveMs, patience };
    try {
      this.job = await this.jobs.retrieveExportJob(id, { signal }, bounds);
    } catch (error) {
      return this.endedBy(error);
    }
    const told = onProgress?.({ job: this.job, elapsedMs: Math.round(this.patience.elapsed) });
    await unlessAborted(Promise.resolve(told), signal);
    return endOf(this.job);
  }

  private endedBy(error: unknown): WaitOutcome {
    if (!(error instanceof ExportJobsError)) throw error;
    if (isGone(error)) return { outcome: 'gone', job: this.job, error };
    const left = this.deadline - this.patience.elapsed;
    const isLate = this.job !== undefined || (error.retryAfterMs ?? POLLS.firstMs) > left;
    if (isPassing(error) && isLate) return { outcome: 'timeout', job: this.job, error };
    throw error;
  }
}

function endOf(job: ExportJob): WaitOutcome | undefined {
  // Whatever the contract says, it may be any text.
  const { status }: { status: string } = job;
  switch (job.status) {
    case 'NEW':
    case 'PROCESSING':
      return undefined;
    case 'SUCCEEDED':
      return { outcome: 'succeeded', job };
    case 'FAILED':
      return { outcome: 'failed', job };
    default:
      return { outcome: 'unknown-status', job, status };
  }
}

/** Half of it is left to chance, so that those who began together do not call together. */
function pollDelay(times: number): number {
  const { firstMs, mostMs, growth } = POLLS;
  return (0.5 + Math.random() / 2) * Math.min(mostMs, firstMs * growth ** (times - 1));
}

/** In milliseconds from now. */
function checkedDeadline(deadline: unknown): number {
  if (deadline instanceof Date && !Number.isNaN(deadline.getTime())) {
    return Math.max(0, deadline.getTime() - Date.now());
  }
  if (deadline === Infinity) return deadline;
  if (typeof deadline === 'number' && deadline >= 0 && deadline <= LONGEST_WAIT) return deadline;
  const hint =
    typeof deadline === 'number' && deadline > LONGEST_WAIT ? '; an instant is given as a Date' : '';
  throw new TypeError(
    `deadline is milliseconds from now, from 0, or a Date; it is ${String(deadline)}${hint}.`,
  );
}
