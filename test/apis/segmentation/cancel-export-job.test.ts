import { describe, expect, test } from '@jest/globals';
import { Clock } from '../../../server/sandbox/clock.js';
import { cancelExportJob } from '../../../server/apis/segmentation/cancel-export-job.js';
import type { Services } from '../../../server/apis/segmentation/operation.js';
import type { Jobs, StoredJob } from '../../../server/apis/segmentation/stored-job.js';
import { CREATED_AT, simulatedJob } from '../../support/job-facts.js';
import { SMALLEST_REQUEST, startMock } from '../../support/mock.js';
import { createMemoryStore, jobsIn } from '../../support/sandbox-stores.js';

async function withJob() {
  const caller = await startMock({ seed: 'empty' });
  const { id } = (await caller.post(SMALLEST_REQUEST)).body as { id: number };
  const path = `/export/jobs/${id}`;
  return {
    ...caller,
    clock: caller.mock.sandbox().clock,
    cancel: async () => (await caller.delete(path)).status,
    read: async () => {
      const { status, body } = await caller.get(path);
      return status === 200 ? (body.status as string) : status;
    },
    listed: async () => (await caller.get('/export/jobs')).body.records.length as number,
  };
}

describe('cancelling a job that has not finished', () => {
  test('answers 204 with no body', async () => {
    const { delete: cancel } = await withJob();
    const answer = await cancel('/export/jobs/1');
    expect(answer.status).toBe(204);
    expect(answer.text).toBe('');
  });

  test('leaves it as it is for a second, and then it is gone', async () => {
    const { cancel, clock, read, listed } = await withJob();
    await cancel();
    clock.advance(999);
    expect(await read()).toBe('NEW');
    expect(await listed()).toBe(1);
    clock.advance(1);
    expect(await read()).toBe(404);
    expect(await listed()).toBe(0);
    expect(await cancel()).toBe(404);
  });

  test('lets its life go on meanwhile', async () => {
    const { cancel, clock, read } = await withJob();
    clock.advance(1500);
    await cancel();
    clock.advance(500);
    expect(await read()).toBe('PROCESSING');
    clock.advance(500);
    expect(await read()).toBe(404);
  });

  test('again is 204 again, and puts nothing off', async () => {
    const { cancel, clock, read } = await withJob();
    await cancel();
    clock.advance(600);
    expect(await cancel()).toBe(204);
    clock.advance(400);
    expect(await read()).toBe(404);
  });
});

test('a finished job is gone at once', async () => {
  const { cancel, clock, read, listed } = await withJob();
  clock.advance(60_000);
  expect(await read()).toBe('SUCCEEDED');
  expect(await cancel()).toBe(204);
  expect(await read()).toBe(404);
  expect(await listed()).toBe(0);
});

test('an id is never used again', async () => {
  const { cancel, clock, post } = await withJob();
  clock.advance(60_000);
  await cancel();
  expect((await post(SMALLEST_REQUEST)).body.id).toBe(2);
});

test('a static job that has not finished is marked in the same way', async () => {
  const { mock, get, delete: cancel } = await startMock();
  const [job] = (await get('/export/jobs?status=NEW')).body.records as [{ id: number }];
  expect((await cancel(`/export/jobs/${job.id}`)).status).toBe(204);
  expect((await get(`/export/jobs/${job.id}`)).status).toBe(200);
  mock.sandbox().clock.advance(1000);
  expect((await get(`/export/jobs/${job.id}`)).status).toBe(404);
});

const createJobs = (...jobs: StoredJob[]) => jobsIn(createMemoryStore(() => jobs));

/** Cancels without HTTP between, at the instant of the clock. */
function createCancel(jobs: Jobs, clock: Clock) {
  const cancel = cancelExportJob({ jobs, clock } as unknown as Services);
  return async (id: number) => {
    const request = { query: {}, headers: {}, body: undefined, basePath: '', requestId: 'r', preferred: {} };
    await cancel({ ...request, path: { exportJobId: id } });
  };
}

test('cancelling again while the first is still being stored puts nothing off', async () => {
  const jobs = createJobs(simulatedJob({ id: 1 }));
  const clock = new Clock(CREATED_AT);
  const cancel = createCancel(jobs, clock);
  const first = cancel(1);
  clock.advance(500);
  await Promise.all([first, cancel(1)]);
  expect(jobs.get(1)?.cancelRequestedAt).toBe(CREATED_AT);
});

test('a job that is gone is kept no longer once the next one is cancelled, even if the clock is turned back', async () => {
  const jobs = createJobs(simulatedJob({ id: 1 }), simulatedJob({ id: 2 }), simulatedJob({ id: 3 }));
  const clock = new Clock(CREATED_AT);
  const cancel = createCancel(jobs, clock);
  await cancel(1);
  await cancel(2);
  expect([...jobs.newestFirst()]).toHaveLength(3);
  clock.advance(1000);
  await cancel(3);
  clock.set(CREATED_AT);
  expect([...jobs.newestFirst()].map(({ id }) => id)).toEqual([3]);
});
