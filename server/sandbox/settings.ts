import type { components } from '../../generated/control.js';
import type { Contract } from '../../contract/contract.js';
import type { SandboxStore } from '../storage/sandbox-store.js';
import { Clock, type ClockState, type ClockTurn } from './clock.js';
import type { Rules, RulesMemento } from './rules.js';

/** What a sandbox keeps beside its records. */
export type Settings = Pick<components['schemas']['SandboxState'], 'clock' | 'rules'>;

/**
 * The clock and the rules of one sandbox, which are stored whenever they change. A change is visible at once; when it
 * cannot be stored, both go back to how they were when they were last stored.
 */
export class SandboxSettings {
  /** Resolves or rejects with the last change. */
  #storing = Promise.resolve();
  #isPaused = false;
  #stored: { turn: ClockTurn; rules: RulesMemento };
  /** How many changes are not stored yet. */
  #pending = 0;
  /** Counts what `apply` and `reset` have put in place of changes that were not stored yet. */
  #generation = 0;

  constructor(
    private readonly store: Pick<SandboxStore, 'saveSettings'>,
    private readonly clock: Clock,
    private readonly rules: Rules,
  ) {
    this.#stored = this.#remember();
    clock.onTurn(() => this.#changed());
    rules.onChange(() => this.#changed());
  }

  toState(): Settings {
    return { clock: this.clock.toState(), rules: this.rules.toState() as Settings['rules'] };
  }

  /** Makes several changes that are stored as one, or none of them. */
  async change<T>(act: () => T): Promise<T> {
    const result = this.#pause(act);
    this.#changed();
    await this.#storing;
    return result;
  }

  /** Takes clock and rules to what is stored already. Throws RangeError, and changes nothing, for an invalid clock. */
  apply({ clock, rules }: Settings): void {
    this.#pause(() => {
      this.clock.restore(clock);
      this.rules.restore(rules);
    });
    this.#stored = this.#remember();
    this.#generation++;
  }

  /** Takes clock and rules to their beginning, or one of them alone, which is stored already. Changes of the other stay. */
  reset({ clock = true, rules = true }: { clock?: boolean; rules?: boolean } = {}): void {
    const before = this.#stored;
    this.#pause(() => {
      if (clock) this.clock.reset();
      if (rules) this.rules.reset();
    });
    const { turn, rules: memento } = this.#remember();
    this.#stored = { turn: clock ? turn : before.turn, rules: rules ? memento : before.rules };
    this.#generation++;
    if (!(clock && rules) && this.#pending > 0) this.#changed();
  }

  /** Resolves when the last change is stored; rejects when it could not be, and was undone. */
  whenStored(): Promise<void> {
    return this.#storing;
  }

  #changed(): void {
    if (this.#isPaused) return;
    const changed = this.#remember();
    const generation = this.#generation;
    this.#pending++;
    this.#storing = this.store.saveSettings(this.toState()).then(
      () => {
        this.#pending--;
        if (generation === this.#generation) this.#stored = changed;
      },
      (error: unknown) => {
        this.#pending--;
        this.#pause(() => {
          this.clock.revert(this.#stored.turn);
          this.rules.revert(this.#stored.rules);
        });
        throw error;
      },
    );
    // Whoever is interested awaits `whenStored`.
    this.#storing.catch(() => undefined);
  }

  #remember(): { turn: ClockTurn; rules: RulesMemento } {
    return { turn: this.clock.turn, rules: this.rules.memento };
  }

  #pause<T>(act: () => T): T {
    this.#isPaused = true;
    try {
      return act();
    } finally {
      this.#isPaused = false;
    }
  }
}

/** Makes what finds a problem in settings that were stored. */
export function createSettingsCheck({
  schema,
}: Pick<Contract, 'schema'>): (settings: object) => string | undefined {
  return (settings) => {
    const { clock, rules } = settings as Partial<Settings>;
    if (!Array.isArray(rules)) return '/rules: it is not an array';
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
