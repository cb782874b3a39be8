import { isDeepStrictEqual } from 'node:util';
import { escapePointer } from '../contract/json-pointer.js';
import type { Inspection } from './inspection.js';
import type { Reply } from './question.js';

/** What the checks go by of an export job as it came. An answer that does not have it was told of by the contract. */
export interface SeenJob {
  id: number;
  status: string;
  creationTime: number;
  value: Record<string, unknown>;
}

/** Where the contract says which lives a job has. */
const LIFE = '#/components/schemas/ExportJob/discriminator';
const AGE: Record<string, number> = { NEW: 0, PROCESSING: 1, SUCCEEDED: 2, FAILED: 2 };
/** What a job gains while it runs. All else is as it was asked for. */
const OF_THE_RUN = ['status', 'metrics', 'computeGatewayJobId', 'updateTime', 'errors'];

export function jobIn(value: unknown): SeenJob | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, status, creationTime } = value as Record<string, unknown>;
  if (typeof id !== 'number' || typeof status !== 'string' || typeof creationTime !== 'number')
    return undefined;
  return { id, status, creationTime, value: value as Record<string, unknown> };
}

export function jobsIn(body: unknown): SeenJob[] {
  const { records } = (body ?? {}) as { records?: unknown };
  return Array.isArray(records) ? records.flatMap((record) => jobIn(record) ?? []) : [];
}

export function hasFinished({ status }: SeenJob): boolean {
  return AGE[status] === 2;
}

/** Each job as it was last seen: what is seen later may have moved on, and in nothing else differ. */
export class SeenJobs {
  readonly #last = new Map<number, SeenJob>();

  constructor(private readonly inspection: Inspection) {}

  get all(): SeenJob[] {
    return [...this.#last.values()];
  }

  /** Takes down the jobs of an answer; `at` is where the first of them stands in it. */
  see(reply: Reply, jobs: SeenJob[], at: (index: number) => string): void {
    for (const [index, job] of jobs.entries()) {
      const before = this.#last.get(job.id);
      if (before) this.#compare(reply, before, job, at(index));
      // One that went back is told of once, and goes on from there.
      this.#last.set(job.id, job);
    }
  }

  #compare(reply: Reply, before: SeenJob, now: SeenJob, pointer: string): void {
    const [was, is] = [AGE[before.status], AGE[now.status]];
    if (was === undefined || is === undefined) return;
    const told = { rule: LIFE, pointer: `${pointer}/status`, came: `${now.status} after ${before.status}` };
    if (is < was) {
      const message = 'An export job has gone back in status.';
      this.inspection.contradict(reply, {
        ...told,
        message,
        allowed: 'NEW, then PROCESSING, then SUCCEEDED or FAILED',
      });
    } else if (is === was && before.status !== now.status) {
      const message = 'An export job that had finished has another status.';
      this.inspection.contradict(reply, { ...told, message, allowed: before.status });
    } else {
      this.#compareParts(reply, before, now, pointer);
    }
  }

  #compareParts(reply: Reply, before: SeenJob, now: SeenJob, pointer: string): void {
    const names = new Set([...Object.keys(before.value), ...Object.keys(now.value)]);
    const mayDiffer = before.status === now.status && hasFinished(now) ? [] : OF_THE_RUN;
    for (const name of names) {
      if (mayDiffer.includes(name) || isDeepStrictEqual(before.value[name], now.value[name])) continue;
      this.inspection.contradict(reply, {
        rule: '#/components/schemas/ExportJob',
        message: `'${name}' of an export job is not what it was in an earlier answer.`,
        pointer: `${pointer}/${escapePointer(name)}`,
        came: now.value[name] ?? 'nothing',
        allowed: 'the same in every answer',
      });
    }
  }
}
