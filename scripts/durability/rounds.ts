import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from '../command.js';
import { MockClient, originOf } from '../mock-client.js';
import { Chance } from './chance.js';
import { Ledger, wrong, type Counts, type ExportJob, type Problem } from './ledger.js';
import { LoadClient } from './load.js';
import { problemsOfFiles } from './stored-files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = ['dist/cli/main.js', '--port', '0', '--seed', 'empty', '--log-level', 'warn'];
const UNFLUSHED = ['--import', 'tsx', 'scripts/durability/unflushed-server.ts'];

const CLIENTS = 8;
const EARLIEST_KILL_IN_MS = 5;
const LATEST_KILL_IN_MS = 250;
const FIRST_CLOCK = Date.UTC(2026, 0, 1);
/** More than a job takes to end, and a cancelled one to be gone. */
const BETWEEN_CLOCKS_IN_MS = 3_600_000;

export interface DurabilityOptions {
  rounds: number;
  /** What the instants of the kills and the choices of the clients follow from. */
  seed: number;
  /** Whether the server acknowledges what it has not stored. */
  isFlushTakenAway: boolean;
  /** Is told each problem, and in which round it was found. */
  report: (line: string) => void;
}

export interface Tally extends Counts {
  rounds: number;
  /** The restarts at which nothing was found. */
  sound: number;
  lost: number;
  halfThere: number;
}

/** Kills a server under load and restarts it at once, again and again, and counts what it then lacks of what it said. */
export async function runRounds(options: DurabilityOptions): Promise<Tally> {
  const directory = await mkdtemp(join(tmpdir(), 'durability-'));
  const run = new Run(directory, options);
  try {
    return await run.toTheEnd();
  } finally {
    await run.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

class Run {
  readonly #ledger = new Ledger();
  #sound = 0;
  readonly #found = { lost: 0, 'half there': 0, wrong: 0 };
  #server: Command;

  constructor(
    private readonly directory: string,
    private readonly options: DurabilityOptions,
  ) {
    this.#server = this.#start(0);
  }

  async toTheEnd(): Promise<Tally> {
    const { rounds, seed } = this.options;
    let origin: string | undefined = await originOf(this.#server);
    for (let round = 1; round <= rounds && origin !== undefined; round++) {
      const chance = new Chance(`${seed}/${round}`);
      const killAfter = chance.integer(EARLIEST_KILL_IN_MS, LATEST_KILL_IN_MS);
      const problems = await this.#loadAndRestart(origin, round, killAfter);
      origin = await originOf(this.#server).catch((error: unknown) => {
        problems.push(wrong(`the server did not start, which ends the run: ${(error as Error).message}`));
        return undefined;
      });
      if (origin !== undefined) problems.push(...(await this.#check(origin)));
      this.#count(problems, `round ${round}, killed after ${killAfter} ms`);
    }
    const { lost, 'half there': halfThere } = this.#found;
    return { rounds, sound: this.#sound, ...this.#ledger.counts, lost, halfThere };
  }

  stop(): Promise<void> {
    return this.#server.kill();
  }

  #start(round: number): Command {
    const clock = new Date(FIRST_CLOCK + round * BETWEEN_CLOCKS_IN_MS).toISOString();
    const program = this.options.isFlushTakenAway ? UNFLUSHED : COMMAND;
    return new Command(process.execPath, [...program, '--db', this.directory, '--clock', clock], ROOT);
  }

  async #loadAndRestart(origin: string, round: number, killAfter: number): Promise<Problem[]> {
    const client = new MockClient(origin);
    const shared = { isKilled: false };
    const clients = Array.from({ length: CLIENTS }, (_, index) => {
      const name = `round-${round}-client-${index}`;
      const chance = new Chance(`${this.options.seed}/${name}`);
      return new LoadClient(name, client, this.#ledger, chance, shared);
    });
    const loaded = Promise.all(clients.map((each) => each.run()));
    await setTimeout(killAfter);
    shared.isKilled = true;
    const killed = this.#server;
    killed.signal('SIGKILL');
    this.#server = this.#start(round);
    await loaded;
    client.close();
    await killed.kill();
    return clients.flatMap(({ problems }) => problems);
  }

  async #check(origin: string): Promise<Problem[]> {
    const client = new MockClient(origin);
    const { records } = (await client.list()).body as { records: ExportJob[] };
    const { problems, gone } = this.#ledger.settle(records);
    for (const id of gone) {
      const { status } = await client.retrieve(id);
      if (status !== 404)
        problems.push(wrong(`job ${id} is not listed, and its retrieve is answered ${status}`));
    }
    const { body } = await client.health();
    if ((body as { contractViolations: number }).contractViolations !== 0) {
      problems.push(wrong('an answer broke the contract'));
    }
    client.close();
    const ids = records.map(({ id }) => id);
    return [...problems, ...(await problemsOfFiles(this.directory, ids))];
  }

  #count(problems: readonly Problem[], where: string): void {
    if (problems.length === 0) this.#sound++;
    for (const { kind, what } of problems) {
      this.#found[kind]++;
      this.options.report(`FAIL  ${where}: ${kind}: ${what}`);
    }
  }
}
