import { expect, test } from '@jest/globals';
import { readPlan } from '../../scripts/bench/plan.js';

test('without flags, figures that are kept come of at least five rounds', () => {
  const { plan, isRough } = readPlan([]);
  expect(plan.rounds).toBeGreaterThanOrEqual(5);
  expect(plan.jobs).toEqual({ fewest: 20, few: 100, many: 10_000, most: 100_000 });
  expect(isRough).toBe(false);
});

test.each([
  [['--quick'], 2, true],
  [['--quick', '--rounds', '9'], 9, true],
  [['--rounds', '4'], 4, true],
  [['--rounds=7'], 7, false],
])('%j gives %i rounds; rough: %s', (parameters, rounds, isRough) => {
  expect(readPlan(parameters)).toMatchObject({ plan: { rounds }, isRough });
});

test.each([
  [['--fast'], "Unknown option '--fast'"],
  [['full'], "Unexpected argument 'full'"],
  [['--rounds'], "Option '--rounds <value>' argument missing"],
  [['--rounds', '0'], "--rounds is '0'. Allowed: 1 to 999."],
  [['--rounds', 'many'], "--rounds is 'many'. Allowed: 1 to 999."],
])('%j is refused', (parameters, message) => {
  expect(() => readPlan(parameters)).toThrow(message);
});

test('a flag that is not known is refused with those that are', () => {
  expect(() => readPlan(['--fast'])).toThrow("Unknown option '--fast'. Allowed: --quick, --rounds <n>.");
});
