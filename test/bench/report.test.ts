import { describe, expect, test } from '@jest/globals';
import {
  createResults,
  findSample,
  median,
  readPlan,
  report,
  targetsFor,
} from '../../scripts/bench/report.js';
import { benchResults, PLAN } from '../support/bench-results.js';

const MIB = 1024 ** 2;

test('names the day, the machine, the versions and how much was measured', () => {
  const text = report(benchResults());
  for (const told of [
    'When**: 2026-01-01',
    'Where**: A <fast> one, 2 cores, 8 GiB; Linux 6',
    'What**: aep-export-jobs-mock 0.1.0, node 20.19.0',
    'How much**: 3 rounds; 10 connections; each load of 3 s after 1 s of warm-up',
  ]) {
    expect(text).toContain(`- **${told}`);
  }
});

test('states beside each target what was measured, and whether it is met', () => {
  const text = report(
    benchResults([
      { measurement: 'retrieve', subject: { contender: 'express' }, values: [2000, 1250, 1000] },
    ]),
  );
  expect(text).toContain(
    '| Retrieve one: this mock with 100 jobs to Express | at least 0.75 | 0.800 (0.500–1.000) | met |',
  );
  expect(text).toContain(
    '| Create, acknowledged on disk: this mock with 10,000 jobs to this mock with 100 jobs | at least 0.8 | 1.000 (1.000–1.000) | met |',
  );
  expect(text).toContain(
    '| Start to healthy: this mock empty to Prism | at most 0.6 | 1.000 (1.000–1.000) | **missed** |',
  );
});

test('shows figures as median and spread, beside those of the others', () => {
  const text = report(
    benchResults([
      { measurement: 'list', subject: { contender: 'node-http' }, values: [12_345.6, 10_000, 20_000] },
    ]),
  );
  expect(text).toContain(
    '| List 10, requests/s | 1,000 (1,000–1,000) | 1,000 (1,000–1,000) | 12,346 (10,000–20,000) | 1,000 (1,000–1,000) |',
  );
});

test('shows memory in MiB, and the memory of a job in bytes', () => {
  const values = [3 * MIB, 2 * MIB, 4 * MIB] as [number, number, number];
  const text = report(benchResults([{ measurement: 'idleMemory', subject: { contender: 'prism' }, values }]));
  expect(text).toMatch(/^\| Memory, idle, MiB .*\| 3 \(2–4\) \|$/m);
  expect(text).toMatch(/^Memory per job: 1,000 \(1,000–1,000\) bytes\.$/m);
});

test('shows what was not measured as such', () => {
  const results = benchResults();
  const figures = results.figures.filter(({ measurement, jobs }) => measurement !== 'create' || jobs === 100);
  expect(report({ ...results, figures })).toContain(
    '| Create, acknowledged on disk, creates/s | – | 1,000 (1,000–1,000) | – | – |',
  );
});

const OURS = { contender: 'ours', jobs: 100 } as const;

test('a figure holds the value of each round, their median and their spread', () => {
  const { figures } = benchResults([{ measurement: 'retrieve', subject: OURS, values: [500.04, 900, 700] }]);
  expect(findSample(figures, 'retrieve', OURS)).toEqual({
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
  expect(() => createResults([[sample], []], { date, machine, versions, plan: PLAN })).toThrow(
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

  test('that is a most is missed above it, and met at it or below', () => {
    const most = benchResults().targets.filter(({ atMost }) => atMost !== undefined);
    expect(most.map(({ measurement, isMet }) => [measurement, isMet])).toEqual([
      ['healthy', false],
      ['healthy', false],
      ['idleMemory', false],
      ['inCode', false],
      ['retrieveCpu', true],
      ['listCpu', true],
      ['retrieveCpu', false],
      ['listCpu', true],
    ]);
  });

  test('has one bound', () => {
    for (const { atLeast, atMost } of targetsFor(PLAN.jobs)) {
      expect([atLeast, atMost].filter((bound) => bound !== undefined)).toHaveLength(1);
    }
  });
});

test.each([
  [[7], 7],
  [[3, 1, 2], 2],
  [[10, 9, 100, 8], 9.5],
])('the median of %j is the middle in order, not in the order given', (values, middle) => {
  expect(median(values)).toBe(middle);
});

test('values are summed up without being changed', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
});

test('no values have no median', () => {
  expect(() => median([])).toThrow('There are no values.');
});

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
