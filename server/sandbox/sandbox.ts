import { Clock } from './clock.js';
import type { JobFacts } from '../apis/segmentation/stored-job.js';
import type { JobStore, SandboxStore } from '../apis/segmentation/job-store.js';
import type { SeededRandom } from './random.js';
import type { NewRule, Rule } from './rule.js';
import { Rules } from './rules.js';
import { storyChoice, type KnownScenarios, type Pace } from '../apis/segmentation/story-choice.js';
import type { Coverage } from '../journal/coverage.js';
import type { Journal } from '../journal/journal.js';
import type { ViolationFilter } from '../journal/journal-filter.js';
import type { Journals } from '../journal/journals.js';
import type { Services } from '../apis/segmentation/operation.js';
import type { ReadRule } from './rule-check.js';
import { importState, type StateChecks } from './state-document.js';
import { SandboxJobs } from '../apis/segmentation/job-control.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import { SandboxSettings, type Settings } from './sandbox-settings.js';
import type { Seed } from '../apis/segmentation/seed.js';
import { Snapshots } from './snapshots.js';
import { Waiting } from '../apis/segmentation/job-waiters.js';
import { WatchedJobs } from '../apis/segmentation/watched-jobs.js';

/** The parts of a sandbox that can begin anew. */
export const SANDBOX_PARTS = ['jobs', 'clock', 'rules', 'journal'] as const;

/** What every sandbox begins with. */
export interface SandboxOrigin {
  seed: Seed;
  scenarios: KnownScenarios;
  /** By what its jobs move on. */
  pace: Pace;
  rules: {
    /** The rules that there are at first, the oldest first. */
    beginning: readonly NewRule[];
    read: ReadRule;
  };
  /** The instant at which clocks stand, in Unix milliseconds; without it, they go with real time. */
  frozenAt: number | undefined;
  randomOf: (sandbox: SandboxName) => SeededRandom;
  openStore: OpenStore;
  journals: Journals;
  checks: StateChecks;
}

/** Opens what keeps a sandbox. What was not found there begins with the seed. */
export type OpenStore = (sandbox: SandboxName, seed: () => JobFacts[]) => SandboxStore;

/** One sandbox: all state belongs to one, and none sees another's. */
export class Sandbox implements SandboxName {
  readonly org: string;
  readonly name: string;
  readonly clock: Clock;
  readonly rules: Rules;
  readonly services: Services;
  readonly jobs: SandboxJobs;
  readonly waiting: Waiting;
  readonly settings: SandboxSettings;
  readonly snapshots: Snapshots;
  readonly journal: Journal;
  readonly coverage: Coverage;
  /** Whether it goes on from an earlier start. */
  readonly isFound: boolean;
  readonly #random: SeededRandom;
  readonly #store: SandboxStore;

  constructor(
    { org, name }: SandboxName,
    private readonly origin: SandboxOrigin,
  ) {
    const { frozenAt, randomOf, scenarios, pace, openStore } = origin;
    this.org = org;
    this.name = name;
    this.clock = new Clock(frozenAt);
    this.rules = new Rules(origin.rules.beginning);
    this.#random = randomOf({ org, name });
    this.#store = openStore({ org, name }, () => this.#seed());
    this.isFound = this.#store.isFound;
    const jobs: JobStore = new WatchedJobs(this.#store.jobs, () => this.waiting.look());
    this.waiting = new Waiting(jobs, this.clock);
    this.settings = this.#keptSettings();
    this.jobs = new SandboxJobs(jobs, this.clock);
    this.snapshots = new Snapshots(jobs, this.clock, this.settings);
    const { journal, coverage } = origin.journals.begin({ org, name }, this.clock);
    this.journal = journal;
    this.coverage = coverage;
    const story = storyChoice(scenarios, pace, this.rules);
    this.services = { org, clock: this.clock, random: this.#random, story, jobs };
  }

  /** Sets a rule; a scenario or fault that it names is found. Throws RuleError. */
  addRule(asked: object): Rule {
    return this.rules.add(this.origin.rules.read(asked));
  }

  /** Marks calls as meant to break the contract: those that fit and are not marked. Says how many. */
  expectViolations(filter?: ViolationFilter): number {
    return this.origin.journals.expectViolations(this, filter);
  }

  /** Takes the sandbox back to its beginning, or parts of it alone. Resolves when that is stored. */
  async reset(parts: readonly (typeof SANDBOX_PARTS)[number][] = SANDBOX_PARTS): Promise<void> {
    const [jobs, clock, rules, journal] = SANDBOX_PARTS.map((part) => parts.includes(part));
    if (jobs) await this.#resetJobs({ clock, rules });
    else {
      if (clock) this.clock.reset();
      if (rules) this.rules.reset();
      await this.settings.stored();
    }
    if (!journal) return;
    this.journal.clear();
    this.coverage.clear();
  }

  /** Takes it to what was exported of a sandbox. Rejects with OptionError or RangeError for what is no sound state. */
  importState(state: unknown): Promise<void> {
    const { jobs } = this.services;
    return importState(state, { org: this.org, jobs, settings: this.settings, checks: this.origin.checks });
  }

  /** Keeps nothing of it any more. Nobody is to use it then. */
  async remove(): Promise<void> {
    this.waiting.close();
    await this.#store.remove();
  }

  /** What is kept beside the jobs is given up with them, and so is kept anew where it is not to be reset. */
  async #resetJobs(also: { clock: boolean | undefined; rules: boolean | undefined }): Promise<void> {
    await this.services.jobs.reset(() => {
      this.settings.begin(also);
      return this.#seed();
    });
    if (also.clock && also.rules) return;
    this.settings.keep();
    await this.settings.stored();
  }

  /** Clock and rules as they were kept; what the options say of clocks stands above that. */
  #keptSettings(): SandboxSettings {
    const settings = new SandboxSettings(this.#store, this.clock, this.rules);
    const kept = this.#store.settings as Settings | undefined;
    const isClockGiven = this.origin.frozenAt !== undefined;
    if (kept) settings.take(isClockGiven ? { ...kept, clock: this.clock.state() } : kept);
    return settings;
  }

  #seed(): JobFacts[] {
    return this.origin.seed({ org: this.org, now: this.clock.now(), random: this.#random });
  }
}
