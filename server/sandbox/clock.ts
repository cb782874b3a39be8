import type { components } from '../../generated/control.js';
import { DURATIONS, parseDuration } from '../../contract/duration.js';
import { parseInstant } from '../../contract/instant.js';

/** A clock as JSON: a frozen one by its instant, a running one by its offset to real time. */
export type ClockState = components['schemas']['ClockState'];

/** Gives real time in Unix milliseconds. */
export type TimeSource = () => number;

export const systemTime: TimeSource = () => Date.now();

/** A year and a day before the last instant of a JavaScript date: enough for a job to live through. */
const MAX_INSTANT = 8.64e15 - 366 * 24 * 60 * 60 * 1000;

/** The largest delay that `setTimeout` accepts. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const MAX_TURNS = 1000;

/** How a clock runs from a moment of real time on. */
export interface ClockTurn {
  from: number;
  /** Absent while the clock runs. */
  frozenAt: number | undefined;
  offset: number;
}

/**
 * The clock of one sandbox, in Unix milliseconds. It runs with real time until it is frozen or turned. Records, their
 * timestamps and the expiry of tokens live on it.
 */
export class Clock {
  #turns: [ClockTurn, ...ClockTurn[]];
  #current: ClockTurn;
  readonly #listeners = new Set<() => void>();

  /** @param startsFrozenAt the instant at which the clock starts frozen; without it, the clock runs */
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
        `The clock cannot be turned by ${by}: allowed are whole milliseconds, or ${DURATIONS}.`,
      );
    }
    this.set(this.now() + milliseconds);
  }

  /** Stops the clock where it stands. */
  freeze(): void {
    if (!this.frozen) this.#turn({ frozenAt: this.now() });
  }

  /** Lets a frozen clock run on from where it stands. */
  resume(): void {
    const { frozenAt } = this.#current;
    if (frozenAt !== undefined) this.#turn({ offset: frozenAt - this.realTime() });
  }

  /** Takes the clock back to how it started. */
  reset(): void {
    this.#turn({ frozenAt: this.startsFrozenAt });
  }

  toState(): ClockState {
    const { frozenAt, offset } = this.#current;
    return frozenAt === undefined ? { frozen: false, offsetInMs: offset } : { frozen: true, at: frozenAt };
  }

  /** The state of a clock that runs from an instant on, from now. */
  toStateFrom(instant: number): ClockState {
    return { frozen: false, offsetInMs: instant - this.realTime() };
  }

  /** Takes the clock to a state. Throws RangeError. */
  restore({ frozen, at = this.now(), offsetInMs = 0 }: ClockState): void {
    if (frozen) this.#turn({ frozenAt: allowedInstant(at) });
    else {
      allowedInstant(this.realTime() + offsetInMs);
      this.#turn({ offset: offsetInMs });
    }
  }

  /** How it runs now: `revert` takes the clock back to it. */
  get turn(): ClockTurn {
    return this.#current;
  }

  /** Takes the clock back to how it ran before a change that could not be stored. */
  revert({ frozenAt, offset }: ClockTurn): void {
    this.#turn({ frozenAt, offset });
  }

  /** Calls back whenever the clock is turned, until the function that this returns is called. */
  onTurn(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Calls back once the clock may have reached an instant; a frozen clock never does. It may fire early: re-check, and call
   * this again after a turn. The function that this returns cancels it.
   */
  whenReached(instant: number, callback: () => void): () => void {
    if (this.frozen) return () => undefined;
    const timer = setTimeout(callback, Math.min(Math.max(0, instant - this.now()), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  }

  #turn({ frozenAt, offset = 0 }: { frozenAt?: number | undefined; offset?: number }): void {
    this.#current = { from: this.realTime(), frozenAt, offset };
    this.#turns.push(this.#current);
    if (this.#turns.length > MAX_TURNS) this.#turns.shift();
    for (const listener of [...this.#listeners]) listener();
  }
}

function allowedInstant(instant: number | string): number {
  const at = typeof instant === 'string' ? parseInstant(instant) : instant;
  if (at !== undefined && Number.isSafeInteger(at) && at >= 0 && at <= MAX_INSTANT) return at;
  throw new RangeError(
    `The clock cannot be turned to ${instant}: allowed are Unix milliseconds from 0 to ${MAX_INSTANT}, or a timestamp as ` +
      'RFC 3339 writes it.',
  );
}
