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
    uuid: (key) => uuidOf(hex(key, 32)),
  };
}

/**
 * Makes version 4 UUIDs that look random and follow from a seed and how many were made before. No two of the first 2^32
 * are the same. A hash for each would take as long as all else that is done for it.
 */
export function seededUuids(seed: string): () => string {
  const words = Array.from({ length: 4 }, (_, index) =>
    parseInt(seededRandom(seed).hex(`uuids/${index}`, 8), 16),
  );
  let made = 0;
  return () => {
    made++;
    return uuidOf(
      words
        .map((word) =>
          mixed(word + made)
            .toString(16)
            .padStart(8, '0'),
        )
        .join(''),
    );
  };
}

/** The finalizer of MurmurHash3: no two numbers of 32 bits give the same one. */
function mixed(word: number): number {
  let bits = word | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function uuidOf(digits: string): string {
  const variant = '89ab'.charAt(parseInt(digits.charAt(16), 16) % 4);
  const [first, second, third] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(13, 16)];
  return `${first}-${second}-4${third}-${variant}${digits.slice(17, 20)}-${digits.slice(20)}`;
}
