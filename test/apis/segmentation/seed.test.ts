import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../../../contract/contract.js';
import { renderJob } from '../../../server/apis/segmentation/lifecycle.js';
import { loadSeed, SeedError, type Seed } from '../../../server/apis/segmentation/seed.js';
import type { ExportJob } from '../../../server/apis/segmentation/stored-job.js';
import { CONTRACT_FILE } from '../../support/contracts.js';

const ORG = '1BD6382559DF0C130A49422D@AdobeOrg';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 31, 12);

let contract: Contract;
let demoSeed: Seed;
const folder = mkdtempSync(join(tmpdir(), 'seed-file-'));
const file = join(folder, 'seed.json');

beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
  demoSeed = await loadSeed('demo', contract);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function loadJobs(nameOrFile: string, now = NOW): Promise<ExportJob[]> {
  const seed = await loadSeed(nameOrFile, contract);
  return seed({ org: ORG, now }).flatMap((stored) => renderJob(stored, now) ?? []);
}

const getDemoJobs = (now: number) => demoSeed({ org: ORG, now }).map(({ job }) => job);

const ofStatus = <S extends ExportJob['status']>(jobs: ExportJob[], status: S) =>
  jobs.filter((job): job is Extract<ExportJob, { status: S }> => job.status === status);
const getFinished = (jobs: ExportJob[]) => [...ofStatus(jobs, 'SUCCEEDED'), ...ofStatus(jobs, 'FAILED')];
const isUnfinished = ({ status }: ExportJob) => status === 'NEW' || status === 'PROCESSING';
const newestFirst = (one: ExportJob, other: ExportJob) =>
  other.creationTime - one.creationTime || other.id - one.id;

/** The message that a file of this content is rejected with, line by line. */
async function getRejection(content: unknown): Promise<string[]> {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const error: unknown = await loadSeed(file, contract).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SeedError);
  return (error as SeedError).message.split('\n').map((line) => line.trim());
}

function documentedExample(operationId: string, name: string): unknown {
  const operation = contract.operations.find((each) => each.operationId === operationId);
  return operation?.responses.get(200)?.examples.get(name);
}

describe('a built-in seed', () => {
  test.each([
    ['documented', 9],
    ['demo', 240],
    ['empty', 0],
  ])('%s has %i jobs, each of its own id and as the contract has it', async (name, count) => {
    const jobs = await loadJobs(name);
    expect(jobs).toHaveLength(count);
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(count);
    expect(jobs.flatMap((job, index) => contract.schema('ExportJob')(job, `/jobs/${index}`))).toEqual([]);
  });

  test('gives every job the organisation of the sandbox, and keeps sandboxes apart', async () => {
    for (const name of ['documented', 'demo']) {
      const seed = await loadSeed(name, contract);
      const [mine, yours] = ['mine', 'yours'].map((org) => seed({ org, now: NOW }));
      expect(new Set(mine?.map((job) => renderJob(job, NOW)?.imsOrgId))).toEqual(new Set(['mine']));
      expect(new Set(yours?.map((job) => renderJob(job, NOW)?.imsOrgId))).toEqual(new Set(['yours']));
    }
  });
});

describe('the documented seed', () => {
  test('holds the jobs 100, 722 and 11037 as the page shows them', async () => {
    const jobs = await loadJobs('documented');
    const { records } = documentedExample('listExportJobs', 'export-jobs') as { records: ExportJob[] };
    const retrieved = documentedExample('retrieveExportJob', 'export-job-retrieved') as ExportJob;
    const job = (id: number) => jobs.find((each) => each.id === id);
    expect(job(100)).toEqual(records[0]);
    expect(job(722)).toEqual(records[1]);
    expect(job(11037)).toEqual({ ...retrieved, imsOrgId: ORG });
  });

  test('has 11037, 100 and 722 as its newest', async () => {
    const jobs = (await loadJobs('documented')).sort(newestFirst);
    expect(jobs.slice(0, 3).map(({ id }) => id)).toEqual([11037, 100, 722]);
  });

  test('has more jobs, with what the page describes and does not show', async () => {
    const more = (await loadJobs('documented')).filter(({ id }) => ![100, 722, 11037].includes(id));
    expect(new Set(more.map(({ status }) => status))).toEqual(
      new Set(['NEW', 'PROCESSING', 'SUCCEEDED', 'FAILED']),
    );
    expect(more.filter(({ destination }) => destination.segmentPerBatch)).toHaveLength(1);
    expect(more.filter((job) => job.additionalFields?.eventList)).toHaveLength(1);
    expect(more.map(({ id }) => id)).not.toContain(96);
  });

  test('has more jobs whose times fit together', async () => {
    for (const job of await loadJobs('documented')) {
      if ([100, 722, 11037].includes(job.id)) continue;
      expect(job.metrics.totalTime.startTimeInMs).toBe(job.creationTime);
      if (job.status === 'NEW' || job.status === 'PROCESSING') continue;
      const { totalTime, profileExportTime = totalTime } = job.metrics;
      expect(totalTime.totalTimeInMs).toBe(totalTime.endTimeInMs - totalTime.startTimeInMs);
      expect(totalTime.endTimeInMs).toBe(job.updateTime);
      expect(profileExportTime.totalTimeInMs).toBe(
        profileExportTime.endTimeInMs - profileExportTime.startTimeInMs,
      );
      expect(profileExportTime.startTimeInMs).toBeGreaterThanOrEqual(totalTime.startTimeInMs);
      expect(profileExportTime.endTimeInMs).toBeLessThanOrEqual(totalTime.endTimeInMs);
    }
  });
});

describe('the demo jobs', () => {
  test('are the same for the same now', () => {
    expect(getDemoJobs(NOW)).toEqual(getDemoJobs(NOW));
  });

  test('differ for another now, in their times alone', () => {
    const [jobs, shifted] = [getDemoJobs(NOW), getDemoJobs(NOW + MINUTE)];
    expect(shifted).not.toEqual(jobs);
    expect(shifted.map(({ status }) => status)).toEqual(jobs.map(({ status }) => status));
    const withoutTimes = (text: string) => text.replace(/\d{13}|\d{4}-\d\d-\d\dT00:00:00Z/g, 'time');
    expect(withoutTimes(JSON.stringify(shifted))).toBe(withoutTimes(JSON.stringify(jobs)));
  });

  test('look back to a midnight as many days before their creation, whatever the now', () => {
    const pattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
    const listDaysBack = (job: ExportJob) =>
      (JSON.stringify(job).match(pattern) ?? []).map(
        (time) => (Math.floor(job.creationTime / DAY) * DAY - Date.parse(time)) / DAY,
      );
    const days = getDemoJobs(NOW).map(listDaysBack);
    expect(days.flat().length).toBeGreaterThan(0);
    expect(days.flat().every((count) => Number.isInteger(count) && count >= 0)).toBe(true);
    expect(getDemoJobs(NOW + 100 * DAY + 7 * HOUR + 1).map(listDaysBack)).toEqual(days);
  });

  test('are none before 1970, when now is less than 90 days after it', () => {
    const jobs = getDemoJobs(30 * DAY);
    expect(jobs.length).toBeGreaterThan(60);
    expect(jobs.length).toBeLessThan(240);
    expect(jobs.every(({ creationTime }) => creationTime >= 0)).toBe(true);
    expect(getDemoJobs(-1)).toEqual([]);
  });
});

describe.each(['2026-01-31T12:00:00.000Z', '2026-02-01T00:00:00.001Z', '2031-07-15T23:59:59.999Z'])(
  'the demo jobs at %s',
  (text) => {
    const now = Date.parse(text);
    let jobs: ExportJob[];
    beforeAll(() => {
      jobs = getDemoJobs(now);
    });

    test('are 240, created over the 90 days before now', () => {
      const times = jobs.map(({ creationTime }) => creationTime);
      expect(jobs).toHaveLength(240);
      expect(Math.max(...times)).toBeLessThanOrEqual(now);
      expect(Math.max(...times)).toBeGreaterThan(now - HOUR);
      expect(Math.min(...times)).toBeGreaterThanOrEqual(now - 90 * DAY);
      expect(Math.min(...times)).toBeLessThan(now - 89 * DAY);
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
        expect(creationTime).toBeGreaterThanOrEqual(now - 3 * HOUR);
        expect(updateTime).toBeGreaterThanOrEqual(creationTime);
        expect(updateTime).toBeLessThanOrEqual(now);
        expect(metrics).toEqual({ totalTime: { startTimeInMs: creationTime } });
      }
    });

    test('took 2 to 25 minutes, and ended by now', () => {
      for (const { creationTime, updateTime, metrics } of getFinished(jobs)) {
        const { startTimeInMs, endTimeInMs, totalTimeInMs } = metrics.totalTime;
        expect(startTimeInMs).toBe(creationTime);
        expect(endTimeInMs).toBe(updateTime);
        expect(endTimeInMs).toBeLessThanOrEqual(now);
        expect(totalTimeInMs).toBe(endTimeInMs - startTimeInMs);
        expect(totalTimeInMs).toBeGreaterThanOrEqual(2 * MINUTE);
        expect(totalTimeInMs).toBeLessThanOrEqual(25 * MINUTE);
      }
    });

    test('were exported and written within the time that they took', () => {
      for (const { metrics } of getFinished(jobs)) {
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
      expect(new Set(jobs.map(({ destination }) => destination.datasetId)).size).toBe(7);
      expect(new Set(segments.map(({ segmentId }) => segmentId)).size).toBe(10);
      expect(streaming).toBeGreaterThan(0);
      expect(streaming).toBeLessThan(30);
    });
  },
);

describe("a user's file", () => {
  test('gives the jobs that it holds, by a path from the working directory too', async () => {
    const jobs = await loadJobs('documented');
    writeFileSync(file, JSON.stringify({ jobs }));
    expect(await loadJobs(file)).toEqual(jobs);
    expect(await loadJobs(relative(process.cwd(), file))).toEqual(jobs);
  });

  test('that does not exist is rejected, with the seeds that there are', async () => {
    const missing = join(folder, 'documentd');
    await expect(loadSeed(missing, contract)).rejects.toThrow(SeedError);
    await expect(loadSeed(missing, contract)).rejects.toThrow(
      `There is no file ${missing} either. Allowed: documented, demo, empty or the path of a seed file.`,
    );
    await expect(loadSeed('documentd', contract)).rejects.toThrow(
      "The seed 'documentd' is not known. Did you mean 'documented'?",
    );
  });

  test('that cannot be read is rejected, with the reason', async () => {
    const missing = join(file, 'below-a-file');
    writeFileSync(file, '');
    const reading = loadSeed(missing, contract);
    await expect(reading).rejects.toThrow(SeedError);
    await expect(reading).rejects.toThrow(`The seed file ${missing} cannot be read: ENOTDIR`);
  });

  test('that is a folder is rejected, as one', async () => {
    const reading = loadSeed(folder, contract);
    await expect(reading).rejects.toThrow(SeedError);
    await expect(reading).rejects.toThrow(`The seed file ${folder} is a folder.`);
  });

  test('may begin with a byte order mark', async () => {
    const jobs = await loadJobs('documented');
    writeFileSync(file, `\uFEFF${JSON.stringify({ jobs })}`);
    expect(await loadJobs(file)).toEqual(jobs);
  });

  test.each(['', ' \n', '\uFEFF'])('that is empty is rejected, as such: %j', async (content) => {
    expect(await getRejection(content)).toEqual([
      `The seed file ${file} is empty. Allowed: {"jobs": [ExportJob, …]}`,
    ]);
  });

  test('that is not JSON is rejected, with what the parser says', async () => {
    expect(await getRejection('{"jobs": [}')).toEqual([
      expect.stringContaining(`The seed file ${file} is not JSON: Unexpected token`),
    ]);
  });

  test.each([[[]], [null], [7]])('that holds %j is rejected, as no object', async (content) => {
    expect(await getRejection(content)).toEqual([
      `The seed file ${file} is not a seed:`,
      `the whole file: The file must hold an object. Found: ${JSON.stringify(content)}. Allowed: {"jobs": [ExportJob, …]}`,
    ]);
  });

  test('without jobs, or with jobs that are no array, is rejected', async () => {
    expect(await getRejection({})).toContain(
      "/jobs: The property 'jobs' is missing. Allowed: an array of export jobs",
    );
    expect(await getRejection({ jobs: 'none' })).toContain(
      '/jobs: \'jobs\' must be array. Found: "none". Allowed: an array of export jobs',
    );
  });

  test('with anything beside jobs is rejected, and the name that was meant is named', async () => {
    expect(await getRejection({ job: [], jobs: [] })).toEqual([
      `The seed file ${file} is not a seed:`,
      "/job: The property 'job' is not known. Did you mean 'jobs'? Allowed: one of jobs",
    ]);
  });

  test('with jobs that the contract does not allow is rejected, with the place of each violation', async () => {
    const [job, other] = await loadJobs('documented');
    const lines = await getRejection({
      jobs: [job, { ...other, requestId: undefined, jobtype: 'BATCH', creationTime: '7' }, 5],
    });
    expect(lines).toContain(
      "/jobs/1/requestId: The property 'requestId' is missing. Allowed: it is required",
    );
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^\/jobs\/1\/jobtype: The property 'jobtype' is not known\. Did you mean 'jobType'\? Found: "BATCH"\. Allowed: one of /,
      ),
    );
    expect(lines).toContain(
      '/jobs/1/creationTime: \'creationTime\' must be integer. Found: "7". Allowed: of type integer',
    );
    expect(lines).toContainEqual(expect.stringMatching(/^\/jobs\/2: .* must be object\. Found: 5\./));
    expect(lines).not.toContainEqual(expect.stringMatching(/^\/jobs\/0/));
  });

  test('with a destination that lacks its dataset is rejected at that place', async () => {
    const [job] = await loadJobs('documented');
    const destination = { segmentPerBatch: false, batchId: 'da5cfb4de32c4b93a09f7e37fa53ad52' };
    expect(await getRejection({ jobs: [{ ...job, destination }] })).toContain(
      "/jobs/0/destination/datasetId: The property 'datasetId' is missing. Allowed: it is required",
    );
  });

  test('with a status that there is not is rejected', async () => {
    const [job] = await loadJobs('documented');
    const lines = await getRejection({ jobs: [{ ...job, status: 'CANCELLED' }] });
    expect(lines).toContain(
      '/jobs/0/status: \'status\' is none of the values that tell the kinds apart. Found: "CANCELLED". ' +
        'Allowed: one of NEW, PROCESSING, SUCCEEDED, FAILED',
    );
  });

  test('names the first ten violations and counts the others', async () => {
    const lines = await getRejection({ jobs: Array.from({ length: 13 }, () => 0) });
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toBe('and 3 more');
  });

  test('that gives an id twice is rejected', async () => {
    const [first, second] = await loadJobs('documented');
    expect(await getRejection({ jobs: [first, second, first] })).toEqual([
      `The seed file ${file} is not a seed:`,
      '/jobs/2/id: The id is that of /jobs/0 too. Found: 11037. Allowed: an id that no other job has',
    ]);
  });

  test.each([2 ** 52 + 1, Number.MAX_SAFE_INTEGER])(
    'with an id that leaves no room for the next jobs is rejected: %i',
    async (id) => {
      const [job] = await loadJobs('documented');
      expect(await getRejection({ jobs: [{ ...job, id }] })).toContain(
        `/jobs/0/id: The id leaves no room to count on from. Found: ${id}. Allowed: at most 4503599627370496`,
      );
    },
  );

  test('may have the highest id that leaves room', async () => {
    const [job] = await loadJobs('documented');
    writeFileSync(file, JSON.stringify({ jobs: [{ ...job, id: 2 ** 52 }] }));
    expect(await loadJobs(file)).toHaveLength(1);
  });
});
