import type { components, CreateExportJobRequest } from '../../generated/openapi.js';
import type { Answer } from '../mock-client.js';
import { differences, differencesFromRequest } from './job-comparison.js';

export type ExportJob = components['schemas']['ExportJob'];

/** What a restart, or an answer, should not have shown. */
export interface Problem {
  kind: 'lost' | 'half there' | 'wrong';
  what: string;
}

export interface KnownJob {
  id: number;
  /** How it was last seen. */
  seen: ExportJob;
  /** Cancels that were sent. */
  cancelsAsked: number;
  isCancelAcknowledged: boolean;
}

export interface Counts {
  creates: number;
  cancels: number;
  unanswered: number;
  /** How many of the unanswered ones were made all the same. */
  stored: number;
}

/** What the clients of a run know: what was acknowledged, and what they have no answer to. */
export class Ledger {
  readonly counts: Counts = { creates: 0, cancels: 0, unanswered: 0, stored: 0 };
  readonly #jobs = new Map<number, KnownJob>();
  readonly #cancelled = new Set<number>();
  readonly #unanswered = new Map<string, CreateExportJobRequest>();
  #highestId = 0;
  /** The highest id of the rounds before. */
  #floor = 0;

  get jobs(): KnownJob[] {
    return [...this.#jobs.values()];
  }

  createAsked(request: CreateExportJobRequest): void {
    this.#unanswered.set(request.destination.datasetId, request);
  }

  createAnswered(request: CreateExportJobRequest, { status, body }: Answer): Problem[] {
    this.#unanswered.delete(request.destination.datasetId);
    if (status !== 200) return [wrong(`a create was answered ${status}: ${JSON.stringify(body)}`)];
    const job = body as ExportJob;
    const { id } = job;
    this.counts.creates++;
    const problems = differencesFromRequest(request, job).map((what) =>
      wrong(`job ${id} as created: ${what}`),
    );
    if (id <= this.#floor || this.#jobs.has(id)) problems.push(wrong(`id ${id} was given before`));
    this.#keep(job);
    return problems;
  }

  cancelAsked(job: KnownJob): void {
    job.cancelsAsked++;
  }

  cancelAnswered(job: KnownJob, { status, body }: Answer): Problem[] {
    if (status === 204) {
      if (!job.isCancelAcknowledged) this.counts.cancels++;
      job.isCancelAcknowledged = true;
      return [];
    }
    // Another client's cancel has removed it, and that one has the acknowledgement.
    if (status === 404 && job.seen.status !== 'NEW' && job.cancelsAsked > 1) return [];
    return [wrong(`the cancel of job ${job.id} was answered ${status}: ${JSON.stringify(body)}`)];
  }

  /** Compares what is known with the list that a restart shows, takes that for true, and tells what became of cancels. */
  settle(listed: readonly ExportJob[]): { problems: Problem[]; gone: number[] } {
    const byId = new Map(listed.map((job) => [job.id, job]));
    const problems = byId.size < listed.length ? [halfThere('a job is listed twice')] : [];
    problems.push(...listed.flatMap((job) => this.#problemsOf(job)));
    const absent = this.jobs.filter(({ id }) => !byId.has(id));
    problems.push(...absent.flatMap((job) => this.#problemsOfAbsent(job)));
    this.counts.unanswered += this.#unanswered.size;

    this.#unanswered.clear();
    this.#jobs.clear();
    for (const { id } of absent) this.#cancelled.add(id);
    for (const job of byId.values()) this.#keep(job);
    this.#floor = this.#highestId;
    return { problems, gone: absent.map(({ id }) => id) };
  }

  #keep(seen: ExportJob): void {
    const { id } = seen;
    this.#jobs.set(id, { id, seen, cancelsAsked: 0, isCancelAcknowledged: false });
    this.#highestId = Math.max(this.#highestId, id);
  }

  #problemsOf(job: ExportJob): Problem[] {
    const known = this.#jobs.get(job.id);
    if (!known) return this.#problemsOfUnknown(job);
    if (known.isCancelAcknowledged) return [lost(`the cancel of job ${job.id}, which is there`)];
    if (known.cancelsAsked > 0) this.counts.unanswered++;
    return differences(known.seen, job).map((what) => halfThere(`job ${job.id}: ${what}`));
  }

  #problemsOfUnknown(job: ExportJob): Problem[] {
    const { datasetId } = job.destination;
    if (this.#cancelled.has(job.id)) return [lost(`the cancel of job ${job.id}, which is back`)];
    const request = this.#unanswered.get(datasetId);
    if (!request) return [halfThere(`job ${job.id} (${datasetId}), which nobody knows`)];
    this.counts.stored++;
    return differencesFromRequest(request, job).map((what) => halfThere(`job ${job.id}: ${what}`));
  }

  #problemsOfAbsent({ id, cancelsAsked, isCancelAcknowledged }: KnownJob): Problem[] {
    if (cancelsAsked === 0) return [lost(`job ${id}, whose creation was acknowledged`)];
    if (isCancelAcknowledged) return [];
    this.counts.unanswered++;
    this.counts.stored++;
    return [];
  }
}

function lost(what: string): Problem {
  return { kind: 'lost', what };
}

function halfThere(what: string): Problem {
  return { kind: 'half there', what };
}

export function wrong(what: string): Problem {
  return { kind: 'wrong', what };
}
