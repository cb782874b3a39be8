import type { components } from '../../generated/control.js';
import type { Validator } from '../../contract/contract-schemas.js';
import { formatValue } from '../../contract/format-value.js';
import { OptionError } from '../../contract/option-error.js';
import { snapshotNotFound } from '../platform/errors.js';
import type { CollectionDefinition, CollectionState } from '../storage/records.js';
import type { SandboxStore } from '../storage/sandbox-store.js';
import { Clock, type ClockState } from './clock.js';
import type { SandboxSettings, Settings } from './settings.js';

type Schemas = components['schemas'];
/** The state of a sandbox as one JSON document. */
export type SandboxState = Schemas['SandboxState'];

interface Saved {
  savedAt: string;
  /** What the clock read, in Unix milliseconds. */
  now: number;
  collections: Record<string, CollectionState>;
  settings: Settings;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The snapshots of one sandbox, in memory. Records never change, so that a snapshot is a list of them. */
export class Snapshots {
  readonly #saved = new Map<string, Saved>();

  constructor(
    private readonly store: SandboxStore,
    private readonly clock: Clock,
    private readonly settings: SandboxSettings,
  ) {}

  save(name: string): Schemas['Snapshot'] {
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new OptionError(
        `The snapshot's name is ${formatValue(name)}; allowed are letters, digits, dots, dashes and underscores, 100 at most`,
      );
    }
    const saved = {
      savedAt: new Date().toISOString(),
      now: this.clock.now(),
      collections: this.store.getState().collections,
      settings: this.settings.toState(),
    };
    this.#saved.set(name, saved);
    return describe(name, saved);
  }

  /** Takes the sandbox back to a snapshot: a running clock runs on from what it read then. Rejects with 404. */
  async restore(name: string): Promise<Schemas['Snapshot']> {
    const saved = this.#saved.get(name);
    if (!saved) throw snapshotNotFound(name);
    const { collections, now, settings } = saved;
    const clock: ClockState = settings.clock.frozen ? settings.clock : this.clock.toStateFrom(now);
    const restored = { ...settings, clock };
    await this.store.replace({ collections, settings: restored }, () => this.settings.apply(restored));
    return describe(name, saved);
  }

  /** By name. */
  list(): Schemas['Snapshot'][] {
    const names = [...this.#saved].sort(([one], [other]) => (one < other ? -1 : 1));
    return names.map(([name, saved]) => describe(name, saved));
  }

  delete(name: string): boolean {
    return this.#saved.delete(name);
  }
}

function describe(name: string, { savedAt, now, collections }: Saved): Schemas['Snapshot'] {
  const counts = Object.entries(collections).map(([kind, { records }]) => [kind, records.length]);
  return {
    name,
    savedAt,
    now: new Date(now).toISOString(),
    records: Object.fromEntries(counts) as Record<string, number>,
  };
}

export function exportState(store: SandboxStore, settings: SandboxSettings): SandboxState {
  // A copy: records must never change.
  return structuredClone({
    format: 2,
    ...settings.toState(),
    ...store.getState(),
  } as unknown as SandboxState);
}

export interface ImportParts {
  store: SandboxStore;
  settings: SandboxSettings;
  validate: Validator;
  collections: readonly CollectionDefinition[];
  /** Makes a record belong to the sandbox that it is imported into. */
  adopt: (collection: string, record: object) => object;
}

/** Takes a sandbox to what a document says, all of it or nothing. Rejects with OptionError for an invalid document. */
export async function importState(given: unknown, parts: ImportParts): Promise<void> {
  const { store, settings, validate, collections: definitions, adopt } = parts;
  const [violation] = validate(given, '', 'first');
  if (violation) throw createStateError(violation.pointer ?? '', violation.message, violation.allowed);
  const { clock, rules, collections } = structuredClone(
    given as Settings & { collections: Record<string, CollectionState> },
  );
  const adopted: Record<string, CollectionState> = {};
  for (const { name } of definitions) adopted[name] = { records: [], lastId: 0 };
  for (const [name, { records, lastId }] of Object.entries(collections)) {
    const definition = definitions.find((each) => each.name === name);
    const known = definitions.map((each) => each.name).join(', ');
    if (!definition) {
      throw createStateError(`/collections/${name}`, 'There is no such collection.', `one of ${known}`);
    }
    const own = records.map((record) => adopt(name, record) as (typeof records)[number]);
    checkRecords(definition, own, lastId);
    adopted[name] = { records: own, lastId };
  }
  if (clock.frozen && clock.at === undefined) {
    throw createStateError('/clock/at', 'A frozen clock needs one.');
  }
  // Throws for an invalid clock, before anything is changed.
  new Clock().restore(clock);
  await store.replace({ collections: adopted, settings: { clock, rules } }, () =>
    settings.apply({ clock, rules }),
  );
}

function checkRecords(
  definition: CollectionDefinition,
  records: CollectionState['records'],
  lastId: number,
): void {
  const ids = new Set<unknown>();
  for (const [index, record] of records.entries()) {
    const pointer = `/collections/${definition.name}/records/${index}`;
    const { id } = record;
    if (ids.has(id)) throw createStateError(`${pointer}/id`, `Another record has the id ${id} too.`);
    if (typeof id === 'number' && id > lastId) {
      throw createStateError(`${pointer}/id`, `It is ${id}, and the last id ${lastId}.`);
    }
    ids.add(id);
    const problem = definition.findProblem(record);
    if (problem !== undefined) throw createStateError(pointer, problem);
  }
}

function createStateError(
  pointer: string,
  message: string,
  allowed = 'a state as it was exported',
): OptionError {
  const place = pointer === '' ? '' : ` at ${pointer}`;
  return new OptionError(`Invalid state${place}: ${message} Allowed: ${allowed}`);
}
