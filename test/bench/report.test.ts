import { expect, test } from '@jest/globals';
import { report } from '../../scripts/bench/report.js';
import { benchResults } from '../support/bench-results.js';

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
