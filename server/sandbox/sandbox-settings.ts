import type { components } from '../../generated/control.js';
import type { Check } from '../../contract/contract-schemas.js';
import { Clock, type ClockState } from './clock.js';
import type { SandboxStore } from '../apis/segmentation/job-store.js';
import type { RuleState } from './rule.js';
import type { Rules } from './rules.js';

/** What a sandbox keeps beside its jobs. */
export type Settings = Pick<components['schemas']['SandboxState'], 'clock' | 'rules'>;

/** The clock and the rules of one sandbox, which are kept whenever they are turned or set. */
export class SandboxSettings {
  #storing = Promise.resolve();
  #isKeeping = true;

  constructor(
    private readonly store: Pick<SandboxStore, 'settings' | 'keepSettings'>,
    private readonly clock: Clock,
    private readonly rules: Rules,
  ) {
    const changed = () => {
      if (this.#isKeeping) this.keep();
    };
    clock.onTurn(changed);
    rules.onChange(changed);
  }

  state(): Settings {
    return { clock: this.clock.state(), rules: this.rules.state() };
  }

  /** Takes clock and rules to what is stored already. Throws RangeError, and changes nothing, for a clock that can not be. */
  take({ clock, rules }: Settings): void {
    this.#isKeeping = false;
    try {
      this.clock.restore(clock);
      this.rules.restore(rules as RuleState[]);
    } finally {
      this.#isKeeping = true;
    }
  }

  /** Takes clock and rules, or one of them, to their beginning, of which nothing is kept. */
  begin({
    clock = true,
    rules = true,
  }: { clock?: boolean | undefined; rules?: boolean | undefined } = {}): void {
    this.#isKeeping = false;
    if (clock) this.clock.reset();
    if (rules) this.rules.reset();
    this.#isKeeping = true;
  }

  /** Resolves when what was turned or set last is stored; rejects when it could not be, and was undone. */
  stored(): Promise<void> {
    return this.#storing;
  }

  /** Keeps what they are now. */
  keep(): void {
    this.#storing = this.store.keepSettings(this.state());
    this.#storing.catch(() => {
      const { settings } = this.store;
      if (settings) this.take(settings as Settings);
      else this.begin();
    });
  }
}

/** Says what is wrong with settings that were kept: nothing when they are sound. */
export function settingsCheck(schema: (name: string) => Check): (settings: object) => string | undefined {
  return (settings) => {
    const { clock, rules } = settings as Partial<Settings>;
    if (!Array.isArray(rules)) return '/rules: it is no array';
    const [violation] = [
      ...schema('ClockState')(clock, '/clock', 'first'),
      ...rules.flatMap((rule, index) => schema('RuleState')(rule, `/rules/${index}`, 'first')),
    ];
    if (violation) return `${violation.pointer ?? ''}: ${violation.message}`;
    try {
      new Clock().restore(clock as ClockState);
      return undefined;
    } catch (error) {
      return `/clock: ${(error as Error).message}`;
    }
  };
}
