import { createHash } from 'node:crypto';

/**
 * Values that look random and follow from a seed and a key alone. There is no state: the same key under the same seed
 * always gives the same value, whatever was asked for before.
 */
export interface SeededRandom {
  /** A number from 0 up to, and without, 1. */
  fraction(key: string): number;
  /** Lower-case hexadecimal digits, at most 64. */
  hex(key: string, digits: number): string;
  /** A version 4 UUID (RFC 9562). */
  uuid(key: string): string;
}

export function seededRandom(seed: string): SeededRandom {
  const digest = (key: string) => createHash('sha256').update(`${seed}\n${key}`).digest();
  const hex = (key: string, digits: number) => digest(key).toString('hex').slice(0, digits);
  return {
    fraction: (key) => digest(key).readUIntBE(0, 6) / 2 ** 48,
    hex,
    uuid(key) {
      const h = hex(key, 32);
      const variant = '89ab'.charAt(parseInt(h.charAt(16), 16) % 4);
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`;
    },
  };
}

/** Makes version 4 UUIDs one after another: they follow from a seed, and count on in their last twelve digits. */
export function countedUuids(seed: string): () => string {
  const beginning = seededRandom(seed).uuid('beginning').slice(0, -12);
  let made = 0;
  return () => beginning + (++made).toString(16).padStart(12, '0');
}
