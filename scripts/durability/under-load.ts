import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Command } from '../command.js';
import { getOrigin, MockClient, SMALLEST_REQUEST, type Answer } from '../mock-client.js';

interface Job {
  id: number;
  destination: { datasetId: string };
  [name: string]: unknown;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FAILING_DISK = new URL('failing-disk.js', import.meta.url).href;
const CLIENTS = 8;
const MAX_JOBS = 150;
const MIN_KILL_MS = 5;
const MAX_KILL_MS = 250;
const FIRST_CLOCK = Date.UTC(2026, 0, 1);
/** More than a job takes to end, and a cancelled one to be gone. */
const BETWEEN_CLOCKS_MS = 3_600_000;
/** What a job's end changes. */
const CHANGED_BY_THE_END = ['status', 'metrics', 'computeGatewayJobId', 'updateTime'];

/**
 * Kills the built command while clients create and cancel, and starts it again, again and again: all that it has
 * acknowledged has to be there. With `isLate` its disk says that all is done before it is, so that losses are found.
 */
export class LoadRun {
  readonly counts = { creates: 0, cancels: 0, unanswered: 0 };
  readonly failures: string[] = [];
  /** What was acknowledged. */
  readonly #jobs = new Map<number, Job>();
  readonly #gone = new Set<number>();
  readonly #cancelsSent = new Map<number, number>();
  /** Creates without a response, by what no two have in common. */
  readonly #unanswered = new Set<string>();
  #requests = 0;
  #round = 0;
  #isKilled = false;

  constructor(private readonly isLate = false) {}

  async run(rounds: number): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'durability-'));
    let command = this.#start(directory);
    try {
      while (++this.#round <= rounds) {
        const client = new MockClient(await getOrigin(command));
        this.#isKilled = false;
        await this.#create(client);
        if (this.isLate) command.signal('SIGUSR2');
        const loaded = Promise.all(Array.from({ length: CLIENTS }, () => this.#load(client)));
        await sleep(MIN_KILL_MS + Math.random() * (MAX_KILL_MS - MIN_KILL_MS));
        this.#isKilled = true;
        command.signal('SIGKILL');
        await Promise.all([loaded, command.kill()]);
        client.close();
        command = this.#start(directory);
        await this.#check(new MockClient(await getOrigin(command)));
      }
    } catch (error) {
      this.#fail((error as Error).message);
    } finally {
      await command.kill();
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** The clock stands an hour later at each start. */
  #start(directory: string): Command {
    const clock = new Date(FIRST_CLOCK + this.#round * BETWEEN_CLOCKS_MS).toISOString();
    const flags = [
      '--port',
      '0',
      '--seed',
      'empty',
      '--log-level',
      'warn',
      '--db',
      directory,
      '--clock',
      clock,
    ];
    const preload = this.isLate ? ['--import', FAILING_DISK] : [];
    const environment = { ...process.env, FAILING_DISK: directory };
    return new Command(process.execPath, [...preload, 'dist/cli/main.js', ...flags], ROOT, environment);
  }

  async #load(client: MockClient): Promise<void> {
    try {
      while (!this.#isKilled) {
        // Now and then one that another client has just cancelled.
        const ids = [...this.#jobs.keys()].filter((id) => !this.#cancelsSent.has(id) || Math.random() < 0.1);
        const id = ids[Math.floor(Math.random() * ids.length)];
        const isCancel = id !== undefined && Math.random() < (this.#jobs.size < MAX_JOBS ? 0.4 : 0.6);
        await (isCancel ? this.#cancel(client, id) : this.#create(client));
      }
    } catch (error) {
      if (!this.#isKilled) this.#fail(`no response: ${(error as Error).message}`);
    }
  }

  async #create(client: MockClient): Promise<void> {
    const datasetId = `dataset-${++this.#requests}`;
    this.#unanswered.add(datasetId);
    const { status, body } = await client.create({ ...SMALLEST_REQUEST, destination: { datasetId } });
    this.#unanswered.delete(datasetId);
    if (status !== 200) {
      this.#fail(`a create got ${toText({ status, body })}`);
      return;
    }
    const job = body as Job;
    if (this.#jobs.has(job.id) || this.#gone.has(job.id)) this.#fail(`id ${job.id} was given before`);
    this.#jobs.set(job.id, job);
    this.counts.creates++;
  }

  async #cancel(client: MockClient, id: number): Promise<void> {
    const before = this.#cancelsSent.get(id) ?? 0;
    this.#cancelsSent.set(id, before + 1);
    const { status, body } = await client.cancel(id);
    // A finished job is gone at the first.
    if (status === 404 && (this.#cancelsSent.get(id) ?? 0) > 1) return;
    if (status !== 204) {
      this.#fail(`the cancel of job ${id} got ${toText({ status, body })}`);
      return;
    }
    this.#gone.add(id);
    this.counts.cancels++;
  }

  /** Compares what was acknowledged with what is there, and goes on from that. */
  async #check(client: MockClient): Promise<void> {
    const jobs = ((await client.list()).body as { records: Job[] }).records;
    const { body: health } = await client.health();
    client.close();
    if ((health as { contractViolations: number }).contractViolations > 0)
      this.#fail('a response broke the contract');
    const listed = new Map(jobs.map((job) => [job.id, job]));
    if (listed.size < jobs.length) this.#fail('a job is listed twice');
    for (const [id, job] of this.#jobs) {
      const found = listed.get(id);
      if (found && this.#gone.has(id)) this.#fail(`lost: the cancel of job ${id}`);
      else if (!found && !this.#cancelsSent.has(id)) this.#fail(`lost: job ${id}`);
      else if (found && !isDeepStrictEqual(withoutEnd(found), withoutEnd(job))) {
        this.#fail(`job ${id} was ${JSON.stringify(job)}, and is ${JSON.stringify(found)}`);
      }
      if (!found) this.#gone.add(id);
    }
    for (const job of jobs) {
      if (job.status !== 'SUCCEEDED') this.#fail(`job ${job.id} is ${String(job.status)}`);
      if (this.#jobs.has(job.id)) continue;
      if (this.#gone.has(job.id)) this.#fail(`job ${job.id} is back`);
      if (!this.#unanswered.has(job.destination.datasetId))
        this.#fail(`nobody asked for ${JSON.stringify(job)}`);
    }
    this.counts.unanswered += this.#unanswered.size;
    for (const known of [this.#jobs, this.#cancelsSent, this.#unanswered]) known.clear();
    for (const [id, job] of listed) this.#jobs.set(id, job);
  }

  #fail(what: string): void {
    this.failures.push(`round ${this.#round}: ${what}`);
  }
}

function withoutEnd(job: Job): object {
  return Object.fromEntries(Object.entries(job).filter(([name]) => !CHANGED_BY_THE_END.includes(name)));
}

function toText({ status, body }: Answer): string {
  return `${status} ${JSON.stringify(body)}`;
}
