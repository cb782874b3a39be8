import { describe, expect, test } from '@jest/globals';
import { targetsFor } from '../../scripts/bench/targets.js';
import { findFigure, resultsOf } from '../../scripts/bench/results.js';
import { benchResults, PLAN } from '../support/bench-results.js';

const OURS = { contender: 'ours', jobs: 100 } as const;

test('a figure holds the value of each round, their median and their spread', () => {
  const { figures } = benchResults([{ measurement: 'retrieve', subject: OURS, values: [500.04, 900, 700] }]);
  expect(findFigure(figures, 'retrieve', OURS)).toEqual({
    measurement: 'retrieve',
    contender: 'ours',
    jobs: 100,
    unit: 'requests/s',
    rounds: [500, 900, 700],
    median: 700,
    min: 500,
    max: 900,
  });
});

test('a round that lacks a figure of the others is refused', () => {
  const { date, machine, versions } = benchResults();
  const sample = { ...OURS, measurement: 'retrieve', value: 1 } as const;
  expect(() => resultsOf([[sample], []], { date, machine, versions, plan: PLAN })).toThrow(
    'A round lacks retrieve of {"contender":"ours","jobs":100}.',
  );
});

describe('a target', () => {
  const verdictsFor = (values: [number, number, number], others: [number, number, number]) =>
    benchResults([
      { measurement: 'retrieve', subject: OURS, values },
      { measurement: 'retrieve', subject: { contender: 'express' }, values: others },
    ]).targets;

  test('is held to the median of the ratios of each round', () => {
    // The ratio of the medians would be 1.
    const [verdict] = verdictsFor([100, 200, 300], [200, 400, 100]);
    expect(verdict).toMatchObject({ rounds: [0.5, 0.5, 3], median: 0.5, min: 0.5, max: 3, isMet: false });
  });

  test('is met at its bound', () => {
    const [verdict] = verdictsFor([75, 75, 75], [100, 100, 100]);
    expect(verdict).toMatchObject({ atLeast: 0.75, median: 0.75, isMet: true });
  });

  test('that is of a figure alone holds it in its unit', () => {
    const subject = { contender: 'ours', jobs: 0 } as const;
    const { targets } = benchResults([{ measurement: 'inCode', subject, values: [10, 50, 90] }]);
    const verdict = targets.find(({ measurement }) => measurement === 'inCode');
    expect(verdict).toMatchObject({ median: 50, min: 10, max: 90, isMet: true });
  });

  test('that is a most is missed above it', () => {
    const most = benchResults().targets.filter(({ atMost }) => atMost !== undefined);
    expect(most.map(({ measurement, isMet }) => [measurement, isMet])).toEqual([
      ['healthy', false],
      ['healthy', false],
      ['idleMemory', false],
      ['inCode', false],
    ]);
  });

  test('has one bound', () => {
    for (const { atLeast, atMost } of targetsFor(PLAN.jobs)) {
      expect([atLeast, atMost].filter((bound) => bound !== undefined)).toHaveLength(1);
    }
  });
});
