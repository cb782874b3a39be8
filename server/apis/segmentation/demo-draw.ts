import type { Chance, DemoMaterial, Range, Weighted } from './demo-material.js';
import type { SeededRandom } from '../../sandbox/random.js';

/** Draws from the material for one job. What is drawn follows from the job's key and the name of what is drawn. */
export class Draw {
  constructor(
    private readonly random: SeededRandom,
    private readonly material: DemoMaterial,
    private readonly key: string,
  ) {}

  /** A number from 0 up to, and without, 1. */
  fraction(name: string): number {
    return this.random.fraction(`${this.key}/${name}`);
  }

  happens(chance: Chance): boolean {
    return this.fraction(chance) < this.material.chances[chance];
  }

  /** A length of time in whole milliseconds. */
  milliseconds(name: keyof DemoMaterial['seconds']): number {
    return Math.floor(this.between(name, this.material.seconds[name]) * 1000);
  }

  between(name: string, [least, most]: Range): number {
    return least + this.fraction(name) * (most - least);
  }

  /** @param values at least one. */
  oneOf<T>(name: string, values: readonly T[]): T {
    return values[Math.floor(this.fraction(name) * values.length)] as T;
  }

  weighted<T>(name: string, values: Weighted<T>): T {
    const total = values.reduce((sum, { weight }) => sum + weight, 0);
    let left = this.fraction(name) * total;
    const drawn = values.find(({ weight }) => (left -= weight) < 0) ?? values[0];
    return (drawn as { value: T }).value;
  }

  hex(name: string, digits: number): string {
    return this.random.hex(`${this.key}/${name}`, digits);
  }

  uuid(name: string): string {
    return this.random.uuid(`${this.key}/${name}`);
  }
}
