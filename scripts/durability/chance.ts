import { seededRandom } from '../../server/sandbox/random.js';

/** Numbers that look random and follow from a seed, one after the other. */
export class Chance {
  readonly #random;
  #drawn = 0;

  constructor(seed: string) {
    this.#random = seededRandom(seed);
  }

  /** Whether something happens that does so with this probability. */
  happens(probability: number): boolean {
    return this.#fraction() < probability;
  }

  /** An integer from `lowest` to `highest`, both included. */
  integer(lowest: number, highest: number): number {
    return lowest + Math.floor(this.#fraction() * (highest - lowest + 1));
  }

  /** One of the items; `undefined` when there is none. */
  oneOf<T>(items: readonly T[]): T | undefined {
    return items[this.integer(0, items.length - 1)];
  }

  #fraction(): number {
    return this.#random.fraction(String(++this.#drawn));
  }
}
