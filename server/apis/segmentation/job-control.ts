import type { components } from '../../../generated/control.js';
import type { Clock } from '../../sandbox/clock.js';
import { exportJobNotFound } from '../../platform/errors.js';
import type { JobFacts } from './stored-job.js';
import type { JobStore } from './job-store.js';
import { viewAt } from './lifecycle.js';
import { failed, finished, held, stepped } from './transitions.js';

type Schemas = components['schemas'];

/** An export job, as it is shown and as it is stored. */
export type Job = Schemas['Job'];

/**
 * The export jobs of one sandbox, to be moved by hand. Each resolves to the job as it is then, when that is stored, and
 * rejects with 404 for a job that there is not, with 409 for one that has finished.
 */
export class SandboxJobs {
  constructor(
    private readonly jobs: JobStore,
    private readonly clock: Clock,
  ) {}

  /** All that there are, newest first. */
  list(): Job[] {
    const now = this.clock.now();
    return [...this.jobs.newestFirst()].flatMap((facts) => jobOf(facts, now) ?? []);
  }

  /** Throws 404. */
  get(id: number): Job {
    const facts = this.jobs.get(id);
    const job = facts && jobOf(facts, this.clock.now());
    if (!job) throw exportJobNotFound(id);
    return job;
  }

  /** Moves a job on to its next status: from NEW to PROCESSING, from there to the end of its story. */
  step(id: number): Promise<Job> {
    return this.#move(id, stepped);
  }

  /** Brings a job to the end of its story. */
  finish(id: number): Promise<Job> {
    return this.#move(id, finished);
  }

  /** Lets a job fail, with errors that the documentation shows unless others are given. */
  fail(id: number, errors?: Schemas['JobErrors']): Promise<Job> {
    return this.#move(id, (facts, now) => failed(facts, now, errors));
  }

  /** Keeps a job in the status that it has, until it is stepped, finished or failed. */
  hold(id: number): Promise<Job> {
    return this.#move(id, held);
  }

  async #move(id: number, move: (facts: JobFacts, now: number) => JobFacts): Promise<Job> {
    const now = this.clock.now();
    const facts = this.jobs.get(id);
    if (!facts) throw exportJobNotFound(id);
    const moved = move(facts, now);
    await this.jobs.replace(moved);
    return this.get(id);
  }
}

function jobOf(facts: JobFacts, now: number): Job | undefined {
  const view = viewAt(facts, now);
  return view && { id: facts.id, status: view.status, view, facts };
}
