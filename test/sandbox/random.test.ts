import { describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import { seededRandom, countedUuids } from '../../server/sandbox/random.js';

const keys = Array.from({ length: 1000 }, (_, index) => `key/${index}`);
const all = (seed: string, key: string) => {
  const random = seededRandom(seed);
  return [random.fraction(key), random.hex(key, 32), random.uuid(key)];
};

test('the same key under the same seed gives the same values, whatever was asked for before', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.array(fc.string()), (seed, key, before) => {
      const used = seededRandom(seed);
      for (const other of before) used.uuid(other);
      expect([used.fraction(key), used.hex(key, 32), used.uuid(key)]).toEqual(all(seed, key));
    }),
  );
});

test('the values stay the same from one version of the mock to the next', () => {
  expect(all('1', 'job/100/compute')).toEqual([
    0.20449027673654285,
    '3459798aeef63760aa2bd0b5045b19ee',
    '3459798a-eef6-4760-aa2b-d0b5045b19ee',
  ]);
});

test('another key and another seed each give other values', () => {
  const values = [
    ...keys.map((key) => seededRandom('seed').hex(key, 32)),
    ...keys.map((key) => seededRandom('another seed').hex(key, 32)),
  ];
  expect(new Set(values).size).toBe(2 * keys.length);
});

describe('a fraction', () => {
  test('is at least 0 and less than 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, key) => {
        const fraction = seededRandom(seed).fraction(key);
        expect(fraction).toBeGreaterThanOrEqual(0);
        expect(fraction).toBeLessThan(1);
      }),
    );
  });

  test('falls into each tenth about as often', () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const key of keys) {
      const tenth = Math.floor(seededRandom('seed').fraction(key) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(70);
    expect(Math.max(...tenths)).toBeLessThan(130);
  });
});

describe('hexadecimal digits', () => {
  test('are as many as were asked for, up to 64', () => {
    const random = seededRandom('seed');
    for (let digits = 0; digits <= 64; digits++) {
      expect(random.hex('key', digits)).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`));
    }
  });

  test('each come up at every place', () => {
    const places = Array.from({ length: 32 }, () => new Set<string>());
    for (const key of keys) {
      const digits = seededRandom('seed').hex(key, 32);
      places.forEach((seen, place) => seen.add(digits.charAt(place)));
    }
    expect(places.map((digits) => digits.size)).toEqual(places.map(() => 16));
  });
});

describe('a UUID', () => {
  test('is of version 4, in lower case', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, key) => {
        expect(seededRandom(seed).uuid(key)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  test('has each of the four variants that its version allows', () => {
    const variants = keys.map((key) => seededRandom('seed').uuid(key).charAt(19));
    expect(new Set(variants)).toEqual(new Set(['8', '9', 'a', 'b']));
  });
});

describe('UUIDs one after another', () => {
  const first = (seed: string, count: number) => Array.from({ length: count }, countedUuids(seed));

  test('are of version 4, and no two are the same', () => {
    const uuids = first('seed', 100_000);
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(
      uuids.filter(
        (uuid) => !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid),
      ),
    ).toEqual([]);
  });

  test('follow from the seed', () => {
    expect(first('1', 2)).toEqual(first('1', 2));
    expect(new Set([...first('1', 1000), ...first('2', 1000)]).size).toBe(2000);
  });
});
