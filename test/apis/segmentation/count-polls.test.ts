import { beforeEach, describe, expect, test } from '@jest/globals';
import { serviceUnavailable } from '../../../server/platform/errors.js';
import type { JobFacts } from '../../../server/apis/segmentation/stored-job.js';
import type { JobStore } from '../../../server/apis/segmentation/job-store.js';
import { onceCounted } from '../../../server/apis/segmentation/count-polls.js';
import { memoryJobStore, temporaryDirectory } from '../../support/job-stores.js';
import { CREATED_AT, recorded, timedJob } from '../../support/job-facts.js';
import { startMock, SMALLEST_REQUEST, type Caller } from '../../support/mock.js';

let caller: Caller;
beforeEach(async () => {
  caller = await startMock({ seed: 'empty', progress: 'polls' });
});

async function created(count: number): Promise<void> {
  for (let job = 0; job < count; job++) await caller.post(SMALLEST_REQUEST);
}

const retrieved = async (id: number) => (await caller.get(`/export/jobs/${id}`)).body.status as string;
const listed = async (query = '') =>
  (await caller.get(`/export/jobs${query}`)).body.records.map(
    ({ id, status }: { id: number; status: string }) => `${id} ${status}`,
  ) as string[];

describe('by polls, a job moves on', () => {
  test('by each retrieve, which still shows what it was', async () => {
    await created(1);
    const seen = [await retrieved(1), await retrieved(1), await retrieved(1), await retrieved(1)];
    expect(seen).toEqual(['NEW', 'PROCESSING', 'SUCCEEDED', 'SUCCEEDED']);
  });

  test('by each list, so that a page which polls the list sees it move', async () => {
    await created(2);
    expect(await listed()).toEqual(['2 NEW', '1 NEW']);
    expect(await listed()).toEqual(['2 PROCESSING', '1 PROCESSING']);
    expect(await retrieved(1)).toBe('SUCCEEDED');
    expect(await listed()).toEqual(['2 SUCCEEDED', '1 SUCCEEDED']);
  });

  test('by a list only where it is on the page', async () => {
    await created(3);
    expect(await listed('?limit=1')).toEqual(['3 NEW']);
    expect(await listed('?limit=1&status=NEW')).toEqual(['2 NEW']);
    expect(await listed('?status=NEW')).toEqual(['1 NEW']);
    expect(await listed()).toEqual(['3 PROCESSING', '2 PROCESSING', '1 PROCESSING']);
  });

  test('at the n-th answer that shows it', async () => {
    caller = await startMock({ seed: 'empty', progress: 'polls', polls: 2 });
    await created(1);
    const seen = [
      await retrieved(1),
      ...(await listed()),
      await retrieved(1),
      ...(await listed()),
      await retrieved(1),
    ];
    expect(seen).toEqual(['NEW', '1 NEW', 'PROCESSING', '1 PROCESSING', 'SUCCEEDED']);
  });

  test('wherever a mock before this one had counted to', async () => {
    const db = temporaryDirectory();
    const options = { seed: 'empty', db, progress: 'polls', polls: 2 } as const;
    caller = await startMock(options);
    await created(1);
    const before = [await retrieved(1), await retrieved(1), await retrieved(1)];
    await caller.mock.close();
    caller = await startMock({ ...options, progress: 'time' });
    const after = [await retrieved(1), await retrieved(1)];
    await caller.mock.close();
    expect([before, after]).toEqual([
      ['NEW', 'NEW', 'PROCESSING'],
      ['PROCESSING', 'SUCCEEDED'],
    ]);
  });

  test('not by answers that show nothing of it, nor by the clock', async () => {
    await created(1);
    await caller.get('/export/jobs/1', { Prefer: 'code=503' });
    await caller.get('/export/jobs/1', { Prefer: 'example=export-job-retrieved' });
    await caller.get('/export/jobs/1?unknown=1');
    await caller.delete('/export/jobs/2');
    caller.mock.sandbox().clock.advance(60_000);
    expect(await retrieved(1)).toBe('NEW');
  });
});

describe('counting', () => {
  const now = CREATED_AT;

  test('is done at once, and nothing is waited for where no job moves by polls', () => {
    const facts: JobFacts[] = [timedJob(), { ...recorded({ id: 2 }) }, timedJob({ id: 3, progress: 'hand' })];
    const jobs = memoryJobStore(facts);
    const answer = { status: 200 };
    expect(onceCounted(jobs, facts, now, answer)).toBe(answer);
    expect([1, 2, 3].map((id) => jobs.get(id))).toEqual(facts);
  });

  test('has been made when it returns, and is answered once it is stored', async () => {
    const facts = timedJob({ progress: 'polls' });
    const jobs = memoryJobStore([facts]);
    const answered = onceCounted(jobs, [facts], now, 'answer');
    expect(jobs.get(1)?.processingFrom).toBe(now);
    expect(answered).toBeInstanceOf(Promise);
    expect(await answered).toBe('answer');
  });

  test('that can not be stored is answered with the reason', async () => {
    const facts = timedJob({ progress: 'polls' });
    const failing = { replace: () => Promise.reject(serviceUnavailable()) } as unknown as JobStore;
    const counting = onceCounted(failing, [facts, { ...facts, id: 2 }], now, 'answer');
    await expect(counting).rejects.toThrow('The service is not available');
  });
});
