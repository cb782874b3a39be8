import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import { Clock } from '../../server/sandbox/clock.js';

/** What the tests take for real time. */
let real: number;
const clockOf = (startsFrozenAt?: number) => new Clock(startsFrozenAt, () => real);

beforeEach(() => {
  real = 1_000_000;
});

test('without anything given, a clock goes with the real time', () => {
  const clock = new Clock();
  const before = Date.now();
  const now = clock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
  expect(clock.frozen).toBe(false);
});

describe('a clock that goes', () => {
  test('shows the real time', () => {
    const clock = clockOf();
    expect(clock.now()).toBe(1_000_000);
    real += 7;
    expect(clock.now()).toBe(1_000_007);
  });

  test.each([
    ['forwards', 5_000_000],
    ['back', 5],
    ['to where it stands', 1_000_000],
    ['to 1970', 0],
  ])('goes on from where it was turned, %s', (_where, instant) => {
    const clock = clockOf();
    clock.set(instant);
    expect(clock.now()).toBe(instant);
    real += 7;
    expect(clock.now()).toBe(instant + 7);
    expect(clock.frozen).toBe(false);
  });

  test.each([60_000, 0, -60_000])('can be turned by %i ms', (milliseconds) => {
    const clock = clockOf();
    clock.advance(milliseconds);
    expect(clock.now()).toBe(1_000_000 + milliseconds);
    clock.advance(milliseconds);
    real += 7;
    expect(clock.now()).toBe(1_000_007 + 2 * milliseconds);
  });

  test('stands still once it is frozen', () => {
    const clock = clockOf();
    clock.advance(500);
    clock.freeze();
    real += 7;
    expect(clock.now()).toBe(1_000_500);
    expect(clock.frozen).toBe(true);
  });

  test('is not changed by being resumed', () => {
    const clock = clockOf();
    clock.advance(500);
    clock.resume();
    real += 7;
    expect(clock.now()).toBe(1_000_507);
  });

  test('is reset to the real time', () => {
    const clock = clockOf();
    clock.advance(500);
    clock.reset();
    expect(clock.now()).toBe(real);
    clock.freeze();
    clock.reset();
    real += 7;
    expect(clock.now()).toBe(real);
    expect(clock.frozen).toBe(false);
  });
});

describe('a clock that starts frozen', () => {
  test.each([5000, 0])('stands at %i, however the real time goes', (instant) => {
    const clock = clockOf(instant);
    real += 7;
    expect(clock.now()).toBe(instant);
    expect(clock.frozen).toBe(true);
  });

  test('stays frozen where it is turned to', () => {
    const clock = clockOf(5000);
    clock.set(9000);
    real += 7;
    expect(clock.now()).toBe(9000);
    clock.advance(-500);
    real += 7;
    expect(clock.now()).toBe(8500);
    expect(clock.frozen).toBe(true);
  });

  test('is not changed by being frozen again', () => {
    const clock = clockOf(5000);
    real += 7;
    clock.freeze();
    expect(clock.now()).toBe(5000);
  });

  test('goes on from where it stands when it is resumed', () => {
    const clock = clockOf(5000);
    real += 7;
    clock.resume();
    expect(clock.now()).toBe(5000);
    real += 7;
    expect(clock.now()).toBe(5007);
    expect(clock.frozen).toBe(false);
  });

  test('is reset to the instant at which it started, and stands there', () => {
    const clock = clockOf(5000);
    clock.resume();
    clock.advance(60_000);
    clock.reset();
    real += 7;
    expect(clock.now()).toBe(5000);
    expect(clock.frozen).toBe(true);
  });
});

type Turn = ['set' | 'advance' | 'pass', number] | ['freeze' | 'resume' | 'reset'];

const turns: fc.Arbitrary<Turn> = fc.oneof(
  fc.tuple(fc.constant('set' as const), fc.integer({ min: 0, max: 10_000 })),
  fc.tuple(fc.constant('advance' as const), fc.integer({ min: -1000, max: 1000 })),
  fc.tuple(fc.constant('pass' as const), fc.integer({ min: 0, max: 1000 })),
  fc.tuple(fc.constantFrom('freeze' as const, 'resume' as const, 'reset' as const)),
);

test('however a clock is turned, it shows what it was turned to and the real time that it went since', () => {
  fc.assert(
    fc.property(fc.option(fc.nat(10_000), { nil: undefined }), fc.array(turns), (startsAt, steps) => {
      real = 1_000_000;
      const clock = clockOf(startsAt);
      let expected = { now: startsAt ?? real, frozen: startsAt !== undefined };
      for (const [what, by] of steps) {
        if (what === 'pass') {
          real += by;
          if (!expected.frozen) expected.now += by;
        } else if (what === 'set') {
          clock.set(by);
          expected.now = by;
        } else if (what === 'advance') {
          // Further back than 1970 it can not be turned.
          const step = Math.max(by, -expected.now);
          clock.advance(step);
          expected.now += step;
        } else {
          clock[what]();
          expected =
            what === 'reset'
              ? { now: startsAt ?? real, frozen: startsAt !== undefined }
              : { ...expected, frozen: what === 'freeze' };
        }
        expect({ now: clock.now(), frozen: clock.frozen }).toEqual(expected);
      }
    }),
  );
});

/** 366 days before the last instant of a date of JavaScript's. */
const LATEST = 8.64e15 - 366 * 86_400_000;

test('can be turned to an instant after which a job still lives through', () => {
  const clock = clockOf(0);
  clock.set(LATEST);
  expect(new Date(clock.now() + 365 * 86_400_000).toISOString()).toMatch(/^\+275760/);
});

test.each([-1, 1.5, NaN, Infinity, LATEST + 1, 2 ** 53])(
  'is not turned to %d, and stays as it is',
  (instant) => {
    const clock = clockOf();
    expect(() => {
      clock.set(instant);
    }).toThrow(RangeError);
    expect(() => {
      clock.advance(-1_000_001);
    }).toThrow(`to -1: allowed are Unix milliseconds from 0 to ${LATEST}`);
    expect(clock.now()).toBe(1_000_000);
  },
);

describe('lengths of time and timestamps as text', () => {
  test.each([
    ['2h', 7_200_000],
    ['PT1M', 60_000],
  ])('turn a clock by %s', (by, milliseconds) => {
    const clock = clockOf(0);
    clock.advance(by);
    expect(clock.now()).toBe(milliseconds);
  });

  test('turn a clock to an instant', () => {
    const clock = clockOf(0);
    clock.set('1970-01-01T00:00:01+00:00');
    expect(clock.now()).toBe(1000);
  });

  test.each(['soon', '', '2 hours', '-1h'])('that are none are told: %j', (text) => {
    expect(() => clockOf().advance(text)).toThrow('a length of time such as 2h');
    expect(() => clockOf().set(text)).toThrow('a timestamp as RFC 3339 writes it');
  });
});

describe('what is kept of a clock', () => {
  test('that goes is what it is ahead of real time', () => {
    const clock = clockOf();
    clock.advance(500);
    real += 7;
    const state = clock.toState();
    expect(state).toEqual({ frozen: false, offsetInMs: 500 });
    const other = clockOf(5);
    other.restore(state);
    expect(other.now()).toBe(clock.now());
    expect(other.toState()).toEqual(state);
  });

  test('that stands still is its instant', () => {
    const clock = clockOf(5);
    expect(clock.toState()).toEqual({ frozen: true, at: 5 });
    const other = clockOf();
    other.restore(clock.toState());
    expect([other.now(), other.frozen]).toEqual([5, true]);
  });

  test.each([
    { frozen: true, at: -1 },
    { frozen: false, offsetInMs: -2_000_000 },
    { frozen: false, offsetInMs: 8.64e15 },
  ])('is refused where no clock could stand: %j', (state) => {
    const clock = clockOf();
    expect(() => clock.restore(state)).toThrow(RangeError);
    expect(clock.now()).toBe(real);
  });
});

test('a clock knows what it read at earlier moments of real time', () => {
  const clock = clockOf();
  real = 2_000_000;
  clock.advance(500);
  real = 3_000_000;
  clock.freeze();
  real = 4_000_000;
  clock.set(7);
  real = 5_000_000;
  clock.resume();
  real = 6_000_000;
  const readings = [1_500_000, 2_000_000, 2_500_000, 3_500_000, 4_500_000, 5_500_000].map((at) =>
    clock.readingAt(at),
  );
  expect(readings).toEqual([1_500_000, 2_000_500, 2_500_500, 3_000_500, 7, 500_007]);
});

describe('who waits for a clock', () => {
  test('hears of each turn until it is called off', () => {
    const clock = clockOf();
    let turns = 0;
    const callOff = clock.onTurn(() => turns++);
    clock.advance(1);
    clock.freeze();
    clock.freeze();
    expect(turns).toBe(2);
    callOff();
    clock.resume();
    expect(turns).toBe(2);
  });

  test('is called when it may have reached an instant, at once if that is past', async () => {
    const clock = new Clock();
    await new Promise<void>((resolve) => clock.whenReached(clock.now() - 5, resolve));
    await new Promise<void>((resolve) => clock.whenReached(clock.now() + 5, resolve));
  });

  test('is not called while it stands still, nor after calling off', async () => {
    const called: string[] = [];
    clockOf(5).whenReached(0, () => called.push('frozen'));
    new Clock().whenReached(0, () => called.push('called off'))();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(called).toEqual([]);
  });
});
