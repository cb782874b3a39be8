/** Where real time comes from, in Unix milliseconds. The only such place within the domain. */
export type TimeSource = () => number;

const systemTime: TimeSource = () => Date.now();

/** A year and a day before the last instant that a date of JavaScript's can be: a job lives through within it. */
const LATEST = 8.64e15 - 366 * 24 * 60 * 60 * 1000;

/**
 * The clock of one sandbox, in Unix milliseconds. It goes with real time until it is frozen or turned.
 * Jobs and their timestamps live on it.
 */
export class Clock {
  #offset = 0;
  #frozenAt: number | undefined;

  /** @param startsFrozenAt the instant at which the clock stands still; without it, the clock goes. */
  constructor(
    private readonly startsFrozenAt?: number,
    private readonly realTime: TimeSource = systemTime,
  ) {
    this.#frozenAt = startsFrozenAt;
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined;
  }

  now(): number {
    return this.#frozenAt ?? this.realTime() + this.#offset;
  }

  /** Turns the clock to an instant, 1970 or later. A frozen clock stays frozen. Throws RangeError. */
  set(instant: number): void {
    if (!Number.isSafeInteger(instant) || instant < 0 || instant > LATEST) {
      throw new RangeError(
        `The clock can not be turned to ${instant}: allowed are Unix milliseconds from 0 to ${LATEST}.`,
      );
    }
    if (this.frozen) this.#frozenAt = instant;
    else this.#offset = instant - this.realTime();
  }

  /** Turns the clock by a number of milliseconds; a negative one turns it back. */
  advance(milliseconds: number): void {
    this.set(this.now() + milliseconds);
  }

  /** Makes the clock stand still. */
  freeze(): void {
    this.#frozenAt = this.now();
  }

  /** Lets a frozen clock go on from where it stands. */
  resume(): void {
    if (this.#frozenAt === undefined) return;
    this.#offset = this.#frozenAt - this.realTime();
    this.#frozenAt = undefined;
  }

  /** Takes the clock back to how it began. */
  reset(): void {
    this.#offset = 0;
    this.#frozenAt = this.startsFrozenAt;
  }
}
