import type { components } from '../../generated/control.js';
import type { Clock, ClockState } from './clock.js';
import { snapshotNotFound } from '../platform/control-errors.js';
import type { JobStore, KeptState } from '../apis/segmentation/job-store.js';
import { OptionError } from '../../contract/option-error.js';
import type { SandboxSettings, Settings } from './sandbox-settings.js';
import { shown } from '../../contract/format-value.js';

type Schemas = components['schemas'];

interface Saved {
  savedAt: string;
  /** What the clock said, in Unix milliseconds. */
  now: number;
  kept: Pick<KeptState, 'jobs' | 'lastId'>;
  settings: Settings;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The snapshots of one sandbox, in memory. Facts are never changed, so that a snapshot is a list of them. */
export class Snapshots {
  readonly #saved = new Map<string, Saved>();

  constructor(
    private readonly jobs: JobStore,
    private readonly clock: Clock,
    private readonly settings: SandboxSettings,
  ) {}

  save(name: string): Schemas['Snapshot'] {
    if (typeof name !== 'string' || !NAME.test(name)) {
      throw new OptionError(
        `The snapshot's name is ${shown(name)}; allowed are letters, digits, dots, dashes and underscores, 100 at most`,
      );
    }
    const saved = {
      savedAt: new Date().toISOString(),
      now: this.clock.now(),
      kept: this.jobs.kept(),
      settings: this.settings.state(),
    };
    this.#saved.set(name, saved);
    return told(name, saved);
  }

  /** Takes the sandbox back to a snapshot: a clock that goes goes on from what it said then. Rejects with 404. */
  async restore(name: string): Promise<Schemas['Snapshot']> {
    const saved = this.#saved.get(name);
    if (!saved) throw snapshotNotFound(name);
    const { kept, now, settings } = saved;
    const clock: ClockState = settings.clock.frozen ? settings.clock : this.clock.stateFrom(now);
    const restored = { ...settings, clock };
    await this.jobs.restore({ ...kept, settings: restored }, () => this.settings.take(restored));
    return told(name, saved);
  }

  list(): Schemas['Snapshot'][] {
    const names = [...this.#saved].sort(([one], [other]) => (one < other ? -1 : 1));
    return names.map(([name, saved]) => told(name, saved));
  }

  delete(name: string): boolean {
    return this.#saved.delete(name);
  }
}

function told(name: string, { savedAt, now, kept }: Saved): Schemas['Snapshot'] {
  return { name, savedAt, now: new Date(now).toISOString(), jobs: kept.jobs.length };
}
