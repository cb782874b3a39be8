import type { Logger } from 'pino';
import { Clock } from './domain/clock.js';
import type { JobFacts } from './domain/export-job.js';
import type { JobStore } from './domain/job-store.js';
import { seededRandom } from './domain/random.js';
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
  /** Opens what keeps a sandbox's jobs. One that keeps none yet begins with the seed. */
  openStore: (sandbox: SandboxName, seed: () => JobFacts[]) => JobStore;
}

/** One sandbox: all state belongs to one, and none sees another's. */
export class Sandbox {
  readonly org: string;
  readonly name: string;
  readonly clock: Clock;
  #services: Services;

  constructor(
    { org, name }: SandboxName,
    private readonly origin: SandboxOrigin,
  ) {
    this.org = org;
    this.name = name;
    this.clock = new Clock(origin.frozenAt);
    this.#services = this.#begin();
  }

  get services(): Services {
    return this.#services;
  }

  /** Takes the sandbox back to its beginning: jobs, ids and clock. Resolves when that is stored. */
  reset(): Promise<void> {
    this.clock.reset();
    this.#services = this.#begin();
    return Promise.resolve();
  }

  #begin(): Services {
    const { org, name, clock } = this;
    const { seed, scenario, randomSeed, openStore } = this.origin;
    const random = seededRandom(`${randomSeed}\n${org}\n${name}`);
    const jobs = openStore({ org, name }, () => seed({ org, now: clock.now(), random }));
    return { org, clock, random, scenario, jobs };
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
      this.log.info({ org, sandbox: name }, 'sandbox created');
    }
    return sandbox;
  }
}
