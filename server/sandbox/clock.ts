import type { components } from '../../generated/control.js';
import { DURATIONS, parseDuration } from '../../contract/duration.js';
import { parseInstant } from '../../contract/instant.js';

/** How a clock is kept: one that stands still by its instant, one that goes by what it is ahead of real time. */
export type ClockState = components['schemas']['ClockState'];

/** Where real time comes from, in Unix milliseconds. The only such place within the domain. */
export type TimeSource = () => number;

export const systemTime: TimeSource = () => Date.now();

/** A year and a day before the last instant that a date of JavaScript's can be: a job lives through within it. */
const LATEST = 8.64e15 - 366 * 24 * 60 * 60 * 1000;

/** `setTimeout` takes no longer time; what is due later is looked at again then. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** More turns than this are not remembered. */
const MOST_TURNS = 1000;

/** How a clock went from a moment of real time on. */
interface Turn {
  from: number;
  /** Absent while the clock went. */
  frozenAt: number | undefined;
  offset: number;
}

/**
 * The clock of one sandbox, in Unix milliseconds. It goes with real time until it is frozen or turned.
 * Jobs, their timestamps and the expiry of tokens live on it.
 */
export class Clock {
  #turns: [Turn, ...Turn[]];
  #current: Turn;
  readonly #listeners = new Set<() => void>();

  /** @param startsFrozenAt the instant at which the clock stands still; without it, the clock goes. */
  constructor(
    private readonly startsFrozenAt?: number,
    private readonly realTime: TimeSource = systemTime,
  ) {
    this.#current = { from: -Infinity, frozenAt: startsFrozenAt, offset: 0 };
    this.#turns = [this.#current];
  }

  get frozen(): boolean {
    return this.#current.frozenAt !== undefined;
  }

  now(): number {
    return this.#current.frozenAt ?? this.realTime() + this.#current.offset;
  }

  /** What the clock read, or would have read, at a moment of real time, as it was turned then. */
  readingAt(real: number): number {
    const { frozenAt, offset } = this.#turns.findLast(({ from }) => from <= real) ?? this.#turns[0];
    return frozenAt ?? real + offset;
  }

  /**
   * Turns the clock to an instant, 1970 or later, in Unix milliseconds or as RFC 3339 writes it. A frozen clock stays
   * frozen. Throws RangeError.
   */
  set(instant: number | string): void {
    const at = allowedInstant(instant);
    if (this.frozen) this.#turn({ frozenAt: at });
    else this.#turn({ offset: at - this.realTime() });
  }

  /**
   * Turns the clock by a number of milliseconds, of which a negative one turns it back, or by a length of time such as
   * `2h` or `PT2H`. Throws RangeError.
   */
  advance(by: number | string): void {
    const milliseconds = typeof by === 'string' ? parseDuration(by) : by;
    if (milliseconds === undefined || !Number.isSafeInteger(milliseconds)) {
      throw new RangeError(
        `The clock can not be turned by ${by}: allowed are whole milliseconds, or ${DURATIONS}.`,
      );
    }
    this.set(this.now() + milliseconds);
  }

  /** Makes the clock stand still. */
  freeze(): void {
    if (!this.frozen) this.#turn({ frozenAt: this.now() });
  }

  /** Lets a frozen clock go on from where it stands. */
  resume(): void {
    const { frozenAt } = this.#current;
    if (frozenAt !== undefined) this.#turn({ offset: frozenAt - this.realTime() });
  }

  /** Takes the clock back to how it began. */
  reset(): void {
    this.#turn({ frozenAt: this.startsFrozenAt });
  }

  /** How it is kept. */
  state(): ClockState {
    const { frozenAt, offset } = this.#current;
    return frozenAt === undefined ? { frozen: false, offsetInMs: offset } : { frozen: true, at: frozenAt };
  }

  /** How a clock is kept that goes from an instant on, from now. */
  stateFrom(instant: number): ClockState {
    return { frozen: false, offsetInMs: instant - this.realTime() };
  }

  /** Takes the clock to what was kept of one. Throws RangeError. */
  restore({ frozen, at = this.now(), offsetInMs = 0 }: ClockState): void {
    if (frozen) this.#turn({ frozenAt: allowedInstant(at) });
    else {
      allowedInstant(this.realTime() + offsetInMs);
      this.#turn({ offset: offsetInMs });
    }
  }

  /** Calls back whenever the clock was turned, until what this returns is called. */
  onTurn(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Calls back once the clock may have reached an instant: at once in real time if it is past. A clock that stands still
   * never does. What this returns calls it off. It is for the one who waits to look, and to ask again after a turn.
   */
  whenReached(instant: number, callback: () => void): () => void {
    if (this.frozen) return () => undefined;
    const timer = setTimeout(callback, Math.min(Math.max(0, instant - this.now()), LONGEST_TIMER));
    return () => clearTimeout(timer);
  }

  #turn({ frozenAt, offset = 0 }: { frozenAt?: number | undefined; offset?: number }): void {
    this.#current = { from: this.realTime(), frozenAt, offset };
    this.#turns.push(this.#current);
    if (this.#turns.length > MOST_TURNS) this.#turns.shift();
    for (const listener of [...this.#listeners]) listener();
  }
}

function allowedInstant(instant: number | string): number {
  const at = typeof instant === 'string' ? parseInstant(instant) : instant;
  if (at !== undefined && Number.isSafeInteger(at) && at >= 0 && at <= LATEST) return at;
  throw new RangeError(
    `The clock can not be turned to ${instant}: allowed are Unix milliseconds from 0 to ${LATEST}, or a timestamp as ` +
      'RFC 3339 writes it.',
  );
}
