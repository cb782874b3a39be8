import type { MockClient } from '../mock-client.js';
import type { Chance } from './chance.js';
import { jobRequest } from './job-request.js';
import { wrong, type KnownJob, type Ledger, type Problem } from './ledger.js';

const MOST_JOBS = 150;
const MOST_SEGMENTS = 8;

/** One of the clients that create and cancel until the server is killed. */
export class LoadClient {
  readonly problems: Problem[] = [];
  #requests = 0;

  /**
   * @param name begins the dataset ids that it asks for: no other client of the run has it.
   * @param server the server that all clients of a round share, and what they last cancelled.
   */
  constructor(
    private readonly name: string,
    private readonly client: MockClient,
    private readonly ledger: Ledger,
    private readonly chance: Chance,
    private readonly server: { isKilled: boolean; lastCancelled?: KnownJob },
  ) {}

  async run(): Promise<void> {
    try {
      while (!this.server.isKilled) await this.#change();
    } catch (error) {
      if (this.server.isKilled) return;
      this.problems.push(wrong(`no answer came: ${(error as Error).message}`));
    }
  }

  async #change(): Promise<void> {
    const job = this.chance.happens(this.ledger.jobs.length < MOST_JOBS ? 0.6 : 0.4)
      ? undefined
      : this.#jobToCancel();
    await (job ? this.#cancel(job) : this.#create());
  }

  /** Now and then one that was just cancelled, or is being so by another client. */
  #jobToCancel(): KnownJob | undefined {
    if (this.chance.happens(0.2)) return this.server.lastCancelled;
    const { jobs } = this.ledger;
    const untouched = jobs.filter(({ cancelsAsked }) => cancelsAsked === 0);
    return this.chance.oneOf(untouched);
  }

  async #create(): Promise<void> {
    const request = jobRequest(`${this.name}-${++this.#requests}`, this.chance.integer(1, MOST_SEGMENTS));
    this.ledger.createAsked(request);
    const answer = await this.client.create(request);
    this.problems.push(...this.ledger.createAnswered(request, answer));
  }

  async #cancel(job: KnownJob): Promise<void> {
    this.server.lastCancelled = job;
    this.ledger.cancelAsked(job);
    const answer = await this.client.cancel(job.id);
    this.problems.push(...this.ledger.cancelAnswered(job, answer));
  }
}
