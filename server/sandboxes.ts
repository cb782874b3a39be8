import type { Logger } from 'pino';
import { Clock } from './domain/clock.js';
import type { JobFacts } from './domain/export-job.js';
import type { JobStore } from './domain/job-store.js';
import { seededRandom, type SeededRandom } from './domain/random.js';
import type { Scenario } from './domain/scenario.js';
import type { Services } from './operations/operation.js';
import type { SandboxName } from './sandbox-name.js';
import type { Seed } from './seed.js';

/** What every sandbox begins with. */
export interface SandboxOrigin {
  seed: Seed;
  scenario: Scenario;
  /** The instant at which clocks stand, in Unix milliseconds; without it, they go with real time. */
  frozenAt: number | undefined;
  randomSeed: string;
  openStore: OpenStore;
}

/** Opens what keeps a sandbox's jobs, and says whether they were found there. Otherwise it begins with the seed. */
export type OpenStore = (
  sandbox: SandboxName,
  seed: () => JobFacts[],
) => { jobs: JobStore; isFound: boolean };

/** One sandbox: all state belongs to one, and none sees another's. */
export class Sandbox {
  readonly org: string;
  readonly name: string;
  readonly clock: Clock;
  readonly services: Services;
  /** Whether it goes on from an earlier start. */
  readonly isFound: boolean;
  readonly #random: SeededRandom;

  constructor(
    { org, name }: SandboxName,
    private readonly origin: SandboxOrigin,
  ) {
    const { frozenAt, randomSeed, scenario, openStore } = origin;
    this.org = org;
    this.name = name;
    this.clock = new Clock(frozenAt);
    this.#random = seededRandom(`${randomSeed}\n${org}\n${name}`);
    const { jobs, isFound } = openStore({ org, name }, () => this.#seed());
    this.isFound = isFound;
    this.services = { org, clock: this.clock, random: this.#random, scenario, jobs };
  }

  /** Takes the sandbox back to its beginning: jobs, ids and clock. Resolves when that is stored. */
  reset(): Promise<void> {
    return this.services.jobs.reset(() => {
      this.clock.reset();
      return this.#seed();
    });
  }

  #seed(): JobFacts[] {
    return this.origin.seed({ org: this.org, now: this.clock.now(), random: this.#random });
  }
}

/** The sandboxes of one mock. Each comes into being when it is first asked for. */
export class Sandboxes {
  readonly #sandboxes = new Map<string, Sandbox>();

  constructor(
    private readonly origin: SandboxOrigin,
    private readonly log: Logger,
  ) {}

  get({ org, name }: SandboxName): Sandbox {
    const key = JSON.stringify([org, name]);
    let sandbox = this.#sandboxes.get(key);
    if (!sandbox) {
      sandbox = new Sandbox({ org, name }, this.origin);
      this.#sandboxes.set(key, sandbox);
      this.log.info({ org, sandbox: name }, sandbox.isFound ? 'sandbox found on disk' : 'sandbox created');
    }
    return sandbox;
  }
}
