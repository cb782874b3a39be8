import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { demoJobs } from '../../../server/apis/segmentation/demo-jobs.js';
import type { DemoMaterial } from '../../../server/apis/segmentation/demo-material.js';
import type { ExportJob } from '../../../server/apis/segmentation/stored-job.js';
import { newestFirst } from '../../../server/apis/segmentation/paging.js';
import { seededRandom } from '../../../server/sandbox/random.js';
import { packageRoot } from '../../../contract/package-root.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 31, 12);

const material = JSON.parse(
  readFileSync(join(packageRoot, 'fixtures/seeds/demo.json'), 'utf8'),
) as DemoMaterial;

const demo = (seed: string, now = NOW) => demoJobs(material, { now, random: seededRandom(seed) });
const ofStatus = <S extends ExportJob['status']>(jobs: ExportJob[], status: S) =>
  jobs.filter((job): job is Extract<ExportJob, { status: S }> => job.status === status);
const isUnfinished = ({ status }: ExportJob) => status === 'NEW' || status === 'PROCESSING';

const SEEDS = ['1', '2', 'another'];

describe('the demo jobs', () => {
  test('are the same for the same seed and now', () => {
    expect(demo('7')).toEqual(demo('7'));
  });

  test('differ for another seed, and for another now', () => {
    const shifted = demo('7', NOW + MINUTE);
    expect(demo('8')).not.toEqual(demo('7'));
    expect(shifted).not.toEqual(demo('7'));
    expect(shifted.map(({ status }) => status)).toEqual(demo('7').map(({ status }) => status));
  });

  test('are none before 1970, when now is less than 90 days after it', () => {
    const jobs = demo('1', 30 * DAY);
    expect(jobs.length).toBeGreaterThan(60);
    expect(jobs.length).toBeLessThan(240);
    expect(jobs.every(({ creationTime }) => creationTime >= 0)).toBe(true);
    expect(demo('1', -1)).toEqual([]);
  });
});

describe.each(SEEDS)('the demo jobs of seed %s', (seed) => {
  const jobs = demo(seed);

  test('are 240, created over the 90 days before now', () => {
    const times = jobs.map(({ creationTime }) => creationTime);
    expect(jobs).toHaveLength(240);
    expect(Math.max(...times)).toBeLessThanOrEqual(NOW);
    expect(Math.max(...times)).toBeGreaterThan(NOW - HOUR);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(NOW - 90 * DAY);
    expect(Math.min(...times)).toBeLessThan(NOW - 89 * DAY);
  });

  test('have ids that count up with their creation times', () => {
    expect([...jobs].sort(newestFirst).reverse()).toEqual(jobs);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(240);
    expect(jobs.every(({ id }, index) => index === 0 || id > (jobs[index - 1]?.id ?? 0))).toBe(true);
  });

  test('have every status, and mostly succeeded', () => {
    const failed = ofStatus(jobs, 'FAILED').length;
    expect(ofStatus(jobs, 'NEW')).toHaveLength(2);
    expect(ofStatus(jobs, 'PROCESSING')).toHaveLength(3);
    expect(failed).toBeGreaterThan(10);
    expect(ofStatus(jobs, 'SUCCEEDED').length).toBeGreaterThan(2 * failed);
  });

  test('have not finished only where they were created in the last three hours', () => {
    const unfinished = jobs.filter(isUnfinished);
    expect(unfinished).toEqual(jobs.slice(-unfinished.length));
    for (const { creationTime, updateTime, metrics } of unfinished) {
      expect(creationTime).toBeGreaterThanOrEqual(NOW - 3 * HOUR);
      expect(updateTime).toBeGreaterThanOrEqual(creationTime);
      expect(updateTime).toBeLessThanOrEqual(NOW);
      expect(metrics).toEqual({ totalTime: { startTimeInMs: creationTime } });
    }
  });

  test('took 2 to 25 minutes, and ended by now', () => {
    for (const { creationTime, updateTime, metrics } of finished(jobs)) {
      const { startTimeInMs, endTimeInMs, totalTimeInMs } = metrics.totalTime;
      expect(startTimeInMs).toBe(creationTime);
      expect(endTimeInMs).toBe(updateTime);
      expect(endTimeInMs).toBeLessThanOrEqual(NOW);
      expect(totalTimeInMs).toBe(endTimeInMs - startTimeInMs);
      expect(totalTimeInMs).toBeGreaterThanOrEqual(2 * MINUTE);
      expect(totalTimeInMs).toBeLessThanOrEqual(25 * MINUTE);
    }
  });

  test('were exported and written within the time that they took', () => {
    for (const { metrics } of finished(jobs)) {
      const parts = [
        metrics.profileExportTime,
        'aCPDatasetWriteTime' in metrics && metrics.aCPDatasetWriteTime,
      ];
      let begun = metrics.totalTime.startTimeInMs;
      for (const part of parts) {
        if (!part) continue;
        expect(part.startTimeInMs).toBeGreaterThanOrEqual(begun);
        expect(part.totalTimeInMs).toBe(part.endTimeInMs - part.startTimeInMs);
        expect(part.totalTimeInMs).toBeGreaterThan(0);
        begun = part.endTimeInMs;
      }
      expect(begun).toBeLessThanOrEqual(metrics.totalTime.endTimeInMs);
    }
  });

  test('exported no more profiles of a namespace than in all', () => {
    for (const { metrics } of ofStatus(jobs, 'SUCCEEDED')) {
      const counters = Object.values(metrics.exportedProfileByNamespaceCounter ?? {});
      expect(Math.max(0, ...counters)).toBeLessThanOrEqual(metrics.totalExportedProfileCounter ?? 0);
    }
  });

  test('have a batch for each segment where each goes to its own, and a merge policy for several', () => {
    const perBatch = jobs.filter(({ destination }) => destination.segmentPerBatch);
    expect(perBatch.length).toBeGreaterThan(0);
    for (const { destination, filter } of perBatch) {
      const batches = 'batches' in destination ? destination.batches : [];
      expect(batches.map(({ batchId: _, ...segment }) => segment)).toEqual(filter?.segments);
      expect(new Set(batches.map(({ batchId }) => batchId)).size).toBe(batches.length);
    }
    for (const { filter, mergePolicy } of jobs) {
      const ids = (filter?.segments ?? []).map(({ segmentId }) => segmentId);
      expect(new Set(ids).size).toBe(ids.length);
      if (ids.length > 1) expect(mergePolicy).toBeDefined();
    }
  });

  test('show and lack what is optional', () => {
    for (const name of ['fields', 'filter', 'additionalFields', 'mergePolicy'] as const) {
      const having = jobs.filter((job) => name in job).length;
      expect([name, having > 0, having < 240]).toEqual([name, true, true]);
    }
    const metrics = ofStatus(jobs, 'SUCCEEDED').map((job) => job.metrics);
    for (const name of ['totalExportedProfileCounter', 'exportedProfileByNamespaceCounter'] as const) {
      const having = metrics.filter((metric) => name in metric).length;
      expect([name, having > 0, having < metrics.length]).toEqual([name, true, true]);
    }
  });

  test('failed with long errors, and now and then succeeded with some', () => {
    const errors = ofStatus(jobs, 'FAILED').flatMap((job) => job.errors);
    expect(errors.some(({ msg }) => msg.length > 250)).toBe(true);
    expect(errors.some(({ callStack }) => callStack.split('\n').length > 10)).toBe(true);
    const succeeded = ofStatus(jobs, 'SUCCEEDED');
    const withErrors = succeeded.filter((job) => job.errors);
    expect(withErrors.length).toBeGreaterThan(0);
    expect(withErrors.length).toBeLessThan(succeeded.length / 5);
    expect(JSON.stringify(jobs)).not.toMatch(/\{(jobId|datasetId|computeJobId)\}/);
  });

  test('are of several datasets and segments, and rarely STREAMING', () => {
    const streaming = jobs.filter(({ jobType }) => jobType === 'STREAMING').length;
    const segments = jobs.flatMap(({ filter }) => filter?.segments ?? []);
    expect(new Set(jobs.map(({ destination }) => destination.datasetId)).size).toBe(material.datasets.length);
    expect(new Set(segments.map(({ segmentId }) => segmentId)).size).toBe(material.segments.length);
    expect(streaming).toBeGreaterThan(0);
    expect(streaming).toBeLessThan(30);
  });
});

function finished(jobs: ExportJob[]) {
  return [...ofStatus(jobs, 'SUCCEEDED'), ...ofStatus(jobs, 'FAILED')];
}
