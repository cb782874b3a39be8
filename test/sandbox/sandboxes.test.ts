import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createMockServer } from '../../server/mock-server.js';
import {
  BASE,
  callerOf,
  credentials,
  NOW,
  SMALLEST_REQUEST,
  startMock,
  type Caller,
} from '../support/mock.js';

interface Job {
  id: number;
  status: string;
}

async function listed({ get }: Caller): Promise<Job[]> {
  return (await get('/export/jobs')).body.records as Job[];
}

describe('two sandboxes used at once never see each other’s', () => {
  test.each([
    ['of two names', { name: 'one' }, { name: 'two' }],
    ['of two organisations', { org: 'A@AdobeOrg' }, { org: 'B@AdobeOrg' }],
    ['whose names would run into each other', { org: 'a', name: 'b c' }, { org: 'a b', name: 'c' }],
  ])('jobs, ids and clock: %s', async (_case, first, second) => {
    const mock = await createMockServer({ seed: 'empty', clock: NOW });
    const [one, two] = [callerOf(mock, first), callerOf(mock, second)];

    const created = await Promise.all([one, two, one, two, one].map(({ post }) => post(SMALLEST_REQUEST)));
    expect(created.map(({ body }) => body.id as number).sort()).toEqual([1, 1, 2, 2, 3]);

    mock.sandbox(first).clock.advance(60_000);
    expect((await listed(one)).map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    expect((await listed(two)).map(({ status }) => status)).toEqual(['NEW', 'NEW']);

    await one.delete('/export/jobs/1');
    expect((await listed(one)).map(({ id }) => id)).toEqual([3, 2]);
    expect((await listed(two)).map(({ id }) => id)).toEqual([2, 1]);
    expect((await one.get('/export/jobs/1')).status).toBe(404);
    expect((await two.get('/export/jobs/1')).status).toBe(200);
  });

  test('batch ids', async () => {
    const mock = await createMockServer();
    const batchIds = await Promise.all(
      ['one', 'two'].map(
        async (name) =>
          (await callerOf(mock, { name }).post(SMALLEST_REQUEST)).body.destination.batchId as string,
      ),
    );
    expect(new Set(batchIds).size).toBe(2);
  });
});

test('what an operation does to a job of the seed is not seen in another sandbox', async () => {
  const mock = await createMockServer({
    operations: {
      cancelExportJob: (services) => () => {
        const stored = services.jobs.get(100);
        if (stored?.kind === 'static') stored.job.destination.datasetId = 'changed';
        return { status: 204 };
      },
    },
  });
  const [one, two] = [callerOf(mock, { name: 'one' }), callerOf(mock, { name: 'two' })];
  await one.delete('/export/jobs/100');
  expect((await one.get('/export/jobs/100')).body.destination.datasetId).toBe('changed');
  expect((await two.get('/export/jobs/100')).body.destination.datasetId).toBe('5b7c86968f7b6501e21ba9df');
});

test('the seed’s jobs belong to the organisation of the sandbox', async () => {
  const { get } = await startMock({}, { org: 'OTHER@AdobeOrg' });
  expect((await get('/export/jobs/100')).body.imsOrgId).toBe('OTHER@AdobeOrg');
});

test('a reset takes jobs, ids and clock back, in one sandbox alone', async () => {
  const { mock, ...caller } = await startMock();
  const other = callerOf(mock, { name: 'other' });
  await caller.post(SMALLEST_REQUEST);
  await other.post(SMALLEST_REQUEST);
  await caller.delete('/export/jobs/100');
  mock.sandbox().clock.advance(1000);

  await mock.sandbox().reset();
  expect((await caller.get('/export/jobs/11038')).status).toBe(404);
  expect((await caller.get('/export/jobs/100')).status).toBe(200);
  expect((await other.get('/export/jobs/11038')).status).toBe(200);
  expect(mock.sandbox().clock.now()).toBe(Date.parse(NOW));
  expect((await caller.post(SMALLEST_REQUEST)).body.id).toBe(11038);
});

describe('with a clock, a random seed and the demo seed', () => {
  async function run(randomSeed: number): Promise<string[]> {
    const mock = await createMockServer({ clock: NOW, randomSeed, seed: 'demo' });
    const { get, post, delete: cancel } = callerOf(mock);
    const answers = [
      await get('/export/jobs'),
      await get('/export/jobs?limit=10&status=FAILED'),
      await post({ ...SMALLEST_REQUEST, filter: { segments: [{ segmentId: 's' }] } }),
      await get('/export/jobs/4'),
      await get('/export/jobs?limit=x'),
      await cancel('/export/jobs/3600', { Prefer: 'code=200' }),
    ];
    mock.sandbox().clock.advance(10_000);
    answers.push(await get('/export/jobs?limit=3'));
    return answers.map(({ status, headers, text }) => `${status} ${headers['x-request-id']} ${text}`);
  }

  test('two runs answer the same bytes to the same calls', async () => {
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(JSON.parse(first[0]?.replace(/^\S+ \S+ /, '') ?? '').records).toHaveLength(240);
  });

  test('each sandbox has the same, whatever its name; without a random seed, each its own', async () => {
    for (const randomSeed of [7, undefined]) {
      const mock = await createMockServer({ clock: NOW, randomSeed, seed: 'demo' });
      const [one, other] = await Promise.all(
        ['one', 'other'].map(async (name) => {
          const { get, post } = callerOf(mock, { name });
          const { destination } = (await post(SMALLEST_REQUEST)).body;
          return JSON.stringify([destination, (await get('/export/jobs')).body.records.slice(1)]);
        }),
      );
      if (randomSeed === undefined) expect(one).not.toBe(other);
      else expect(one).toBe(other);
    }
  });

  test('another random seed answers others', async () => {
    expect((await run(8))[0]).not.toEqual((await run(7))[0]);
  });
});

test('a call that the gateway refuses, or that is for none of the operations, makes no sandbox', async () => {
  const mock = await createMockServer();
  const call = (path: string, headers: Record<string, string>) =>
    request(mock.app)
      .get(BASE + path)
      .set(headers);

  expect((await call('/export/jobs', {})).status).toBe(403);
  expect((await call('/elsewhere', credentials())).status).toBe(404);
  expect(mock.sandboxes()).toEqual([]);
  expect((await call('/export/jobs', credentials())).status).toBe(200);
  expect(mock.sandboxes()).toHaveLength(1);
});
