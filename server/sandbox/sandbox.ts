import type { Validator } from '../../contract/contract-schemas.js';
import type { Coverage } from '../journal/coverage.js';
import type { ViolationFilter } from '../journal/journal-entry.js';
import type { Journal } from '../journal/journal.js';
import type { Journals } from '../journal/journals.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Collection, CollectionDefinition, CollectionState, StoredRecord } from '../storage/records.js';
import type { SandboxStore } from '../storage/sandbox-store.js';
import { Clock } from './clock.js';
import type { SeededRandom } from './random.js';
import type { ReadRule, RuledResource } from './rule-reader.js';
import { Rules, type NewRule, type Rule } from './rules.js';
import { SandboxSettings, type Settings } from './settings.js';
import { exportState, importState, Snapshots, type SandboxState } from './snapshots.js';

/** The parts of a sandbox that can be reset by themselves, beside the collections of records. */
export const SANDBOX_PARTS = ['clock', 'rules', 'journal'];

export interface SeedContext {
  org: string;
  /** Unix milliseconds. */
  now: number;
  random: SeededRandom;
}

/** The records of collections by the names of these. */
type Records = Record<string, readonly StoredRecord[]>;

/** What the apis of a mock keep in each sandbox. */
export interface SandboxContents {
  collections: readonly CollectionDefinition[];
  /** Makes the records that a sandbox starts with. */
  seed: (context: SeedContext) => Records;
  /** Makes an imported record belong to a sandbox. */
  adopt: (collection: string, record: object, sandbox: SandboxName) => object;
  resources: readonly RuledResource[];
}

/** Opens what keeps a sandbox. What was not found there begins with the seed. */
export type OpenStore = (sandbox: SandboxName, seed: () => Records) => SandboxStore;

/** What every sandbox starts with. */
export interface SandboxDefaults {
  contents: SandboxContents;
  /** The rules that there are at first, the oldest first. */
  initialRules: readonly NewRule[];
  readRule: ReadRule;
  /** The instant at which clocks start frozen, in Unix milliseconds; without it, they run with real time. */
  frozenAt: number | undefined;
  createRandom: (sandbox: SandboxName) => SeededRandom;
  openStore: OpenStore;
  journals: Journals;
  validateState: Validator;
}

/** One sandbox: all state belongs to one, and none sees another's. */
export class Sandbox implements SandboxName {
  readonly org: string;
  readonly name: string;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly rules: Rules;
  readonly settings: SandboxSettings;
  readonly snapshots: Snapshots;
  readonly journal: Journal;
  readonly coverage: Coverage;
  readonly #store: SandboxStore;
  readonly #services = new Map<object, unknown>();
  readonly #closeListeners: (() => void)[] = [];

  constructor(
    { org, name }: SandboxName,
    private readonly defaults: SandboxDefaults,
  ) {
    const { contents, frozenAt, initialRules, createRandom, openStore, journals } = defaults;
    this.org = org;
    this.name = name;
    this.clock = new Clock(frozenAt);
    this.random = createRandom({ org, name });
    const resourceNames = contents.resources.map((resource) => resource.name);
    this.rules = new Rules(initialRules, resourceNames);
    this.#store = openStore({ org, name }, () => this.#createSeed());
    this.settings = new SandboxSettings(this.#store, this.clock, this.rules);
    const stored = this.#store.settings as Settings | undefined;
    // What the options say of clocks stands above what was stored.
    if (stored)
      this.settings.apply(frozenAt === undefined ? stored : { ...stored, clock: this.clock.toState() });
    this.snapshots = new Snapshots(this.#store, this.clock, this.settings);
    const { journal, coverage } = journals.open({ org, name }, this.clock);
    this.journal = journal;
    this.coverage = coverage;
  }

  /** Whether it goes on from an earlier start. */
  get isFound(): boolean {
    return this.#store.isFound;
  }

  getCollection<R extends StoredRecord>(name: string): Collection<R> {
    return this.#store.getCollection<R>(name);
  }

  /** How many records there are, by the names of their collections. */
  countRecords(): Record<string, number> {
    const { collections } = this.defaults.contents;
    return Object.fromEntries(collections.map(({ name }) => [name, this.getCollection(name).size]));
  }

  /** What an api works with in this sandbox, made when it is first needed. `create` is what it is known by. */
  getService<T>(create: (sandbox: Sandbox) => T): T {
    let service = this.#services.get(create) as T | undefined;
    if (service === undefined) this.#services.set(create, (service = create(this)));
    return service;
  }

  /** Sets a rule; a scenario or fault is found by its name. Throws RuleError. */
  addRule(given: object): Rule {
    return this.rules.add(this.defaults.readRule(given));
  }

  /** Marks requests as meant to break the contract: those that fit and are not marked. Returns how many. */
  expectViolations(filter?: ViolationFilter): number {
    return this.defaults.journals.expectViolations(this, filter);
  }

  /** The parts that can be reset: each collection, the clock, the rules and the journal. */
  get parts(): string[] {
    return [...this.defaults.contents.collections.map(({ name }) => name), ...SANDBOX_PARTS];
  }

  /** Takes the sandbox back to its beginning, or parts of it alone, all of them or none. Snapshots stay. */
  async reset(parts: readonly string[] = this.parts): Promise<void> {
    const [clock, rules, journal] = SANDBOX_PARTS.map((part) => parts.includes(part));
    const collections = this.defaults.contents.collections.filter(({ name }) => parts.includes(name));
    const isWhole = collections.length === this.defaults.contents.collections.length && clock && rules;
    if (isWhole) await this.#store.reset(() => this.settings.reset());
    else if (collections.length > 0) await this.#resetParts(collections, { clock, rules });
    else if (clock || rules) {
      await this.settings.change(() => {
        if (clock) this.clock.reset();
        if (rules) this.rules.reset();
      });
    }
    if (!journal) return;
    this.journal.clear();
    this.coverage.clear();
  }

  exportState(): SandboxState {
    return exportState(this.#store, this.settings);
  }

  /** Takes it to the exported state of a sandbox. Rejects with OptionError or RangeError for an invalid state. */
  importState(state: unknown): Promise<void> {
    const { contents, validateState } = this.defaults;
    return importState(state, {
      store: this.#store,
      settings: this.settings,
      validate: validateState,
      collections: contents.collections,
      adopt: (collection, record) => contents.adopt(collection, record, this),
    });
  }

  /** Calls back when the sandbox is deleted or the mock stops. */
  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  /** Nobody is to wait for anything in it any longer. */
  close(): void {
    for (const listener of this.#closeListeners) listener();
  }

  /** Removes all that is kept of it. It must not be used afterwards. */
  async delete(): Promise<void> {
    this.close();
    await this.#store.delete();
  }

  /** Stores the new records together with the clock and the rules that are reset, as one. */
  async #resetParts(
    collections: readonly CollectionDefinition[],
    { clock = false, rules = false }: { clock: boolean | undefined; rules: boolean | undefined },
  ): Promise<void> {
    const { frozenAt, initialRules } = this.defaults;
    const startClock = new Clock(frozenAt);
    const seed = this.#createSeed(clock ? startClock.now() : undefined);
    const start: Settings = {
      clock: startClock.toState(),
      rules: new Rules(initialRules).toState() as Settings['rules'],
    };
    const makeSettings = (stored?: object): Settings => {
      const current = (stored ?? start) as Settings;
      return { clock: clock ? start.clock : current.clock, rules: rules ? start.rules : current.rules };
    };
    const states = collections.map(({ name }): [string, CollectionState] => [
      name,
      { records: seed[name] ?? [], lastId: 0 },
    ]);
    const isChanged = clock || rules;
    await this.#store.replace(
      { collections: Object.fromEntries(states), settings: isChanged ? makeSettings : undefined },
      isChanged ? () => this.settings.reset({ clock, rules }) : undefined,
    );
  }

  #createSeed(now = this.clock.now()): Records {
    return this.defaults.contents.seed({ org: this.org, now, random: this.random });
  }
}
