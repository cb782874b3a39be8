import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../../server/mock-server.js';
import { controlOf } from '../../support/control.js';
import { temporaryDirectory } from '../../support/sandbox-stores.js';
import { callerOf, NOW, SMALLEST_REQUEST, startMock } from '../../support/mock.js';

const mocks: MockServer[] = [];
afterEach(() => Promise.all(mocks.splice(0).map((mock) => mock.close())));

async function started(options: Parameters<typeof startMock>[0] = {}) {
  const caller = await startMock(options);
  mocks.push(caller.mock);
  return { ...caller, control: controlOf(caller.mock) };
}

/** As much of an exported state as these tests need. */
interface Exported {
  collections: { jobs: { records: any[]; lastId: number } };
}

/** A static job with another id. */
const withId = (stored: any, id: number) => ({ ...stored, id, job: { ...stored.job, id } });

type Started = Awaited<ReturnType<typeof started>>;

async function created({ post }: Started): Promise<number> {
  return (await post(SMALLEST_REQUEST)).body.id as number;
}

describe.each([
  ['in memory', () => ({})],
  ['on disk', () => ({ db: temporaryDirectory() })],
])('a snapshot, %s', (_where, options) => {
  test('has a job back as it was that was cancelled since, the clock included', async () => {
    const mock = await started(options());
    const { control, get } = mock;
    const id = await created(mock);
    await control.post('/clock/advance', { by: '3s' });
    const before = (await get(`/export/jobs/${id}`)).body as unknown;
    const clock = (await control.get('/clock')).body.now as string;

    const saved = await control.put('/snapshots/before');
    expect(saved.body).toMatchObject({ name: 'before', now: clock, records: { jobs: 10 } });
    await mock.delete(`/export/jobs/${id}`);
    await control.post('/clock/advance', { by: '1h' });
    await control.post('/rules', { scenario: 'fails' });
    const other = await created(mock);
    expect((await get(`/export/jobs/${id}`)).status).toBe(404);

    expect((await control.post('/snapshots/before/restore')).status).toBe(200);
    expect((await get(`/export/jobs/${id}`)).body).toEqual(before);
    expect((await get(`/export/jobs/${other}`)).status).toBe(404);
    expect((await control.get('/clock')).body.now).toBe(clock);
    expect((await control.get('/rules')).body.rules).toEqual([]);
    expect(await created(mock)).toBe(other);
  });
});

test('a clock that goes goes on from what a snapshot says', async () => {
  const { mock, control } = await started({ clock: undefined });
  await control.put('/snapshots/now');
  await control.post('/clock/advance', { by: '10d' });
  const { now } = (await control.post('/snapshots/now/restore')).body as { now: string };
  const clock = mock.sandbox().clock;
  expect(clock.frozen).toBe(false);
  expect(clock.now() - Date.parse(now)).toBeLessThan(5_000);
});

test('snapshots are listed by name, replaced and deleted', async () => {
  const { control } = await started();
  for (const name of ['b', 'a', 'b']) await control.put(`/snapshots/${name}`);
  const names = async () =>
    ((await control.get('/snapshots')).body.snapshots as { name: string }[]).map(({ name }) => name);
  expect(await names()).toEqual(['a', 'b']);
  await control.delete('/snapshots/a');
  expect(await names()).toEqual(['b']);
});

test('a thousand jobs are restored in less than 10 ms', async () => {
  const { mock } = await started({ seed: 'empty' });
  const sandbox = mock.sandbox();
  const state = sandbox.exportState();
  const caller = callerOf(mock);
  await caller.post(SMALLEST_REQUEST);
  const [job] = sandbox.exportState().collections.jobs?.records ?? [];
  if (!job) throw new Error('there is no job');
  const records = Array.from({ length: 1000 }, (_, index) => ({ ...job, id: index + 1 }));
  await sandbox.importState({ ...state, collections: { jobs: { records, lastId: 1000 } } });
  sandbox.snapshot('thousand');
  const durations: number[] = [];
  for (let round = 0; round < 7; round++) {
    await caller.delete('/export/jobs/500');
    const start = performance.now();
    await sandbox.restore('thousand');
    durations.push(performance.now() - start);
  }
  // What else the machine does makes it longer, and nothing makes it shorter.
  expect(Math.min(...durations)).toBeLessThan(10);
});

describe('the state of a sandbox as one document', () => {
  test.each([
    ['whose clock stands still', {}],
    ['whose clock goes', { clock: undefined }],
  ])(
    'is deep-equal when it was exported, wiped, imported and exported again: one %s',
    async (_which, options) => {
      const mock = await started({ seed: 'demo', ...options });
      const { control } = mock;
      const id = await created(mock);
      await control.post(`/jobs/${id}/step`);
      await control.post('/clock/advance', { by: '2h' });
      await control.post('/rules', { fault: 'unavailable', operation: 'listExportJobs', times: 2 });
      await control.post('/rules', { scenario: 'stuck' });
      const state = (await control.get('/state')).body as Exported;
      expect(state.collections.jobs.records).toHaveLength(241);

      await control.post('/reset');
      expect((await control.get('/state')).body).not.toEqual(state);
      expect((await control.put('/state', state)).status).toBe(204);
      expect((await control.get('/state')).body).toEqual(state);
    },
  );

  test('can be imported by another mock, where the jobs belong to the sandbox that they are in', async () => {
    const [one, two] = [await started(), await started({ seed: 'empty', clock: undefined })];
    const id = await created(one);
    await one.control.post(`/jobs/${id}/fail`, { errors: [{ code: '7', msg: 'No.', callStack: '' }] });
    const org = 'B@AdobeOrg';
    const other = { ...callerOf(two.mock, { org }), control: controlOf(two.mock, { org }) };
    expect((await other.control.put('/state', (await one.control.get('/state')).body)).status).toBe(204);

    expect((await other.control.get('/clock')).body).toMatchObject({
      now: '2026-01-01T00:00:00.000Z',
      frozen: true,
    });
    const [mine, theirs] = await Promise.all([one, other].map(({ get }) => get('/export/jobs')));
    const records = (mine?.body.records as object[]).map((record) => ({ ...record, imsOrgId: org }));
    expect(theirs?.body.records).toEqual(records);
  });

  test('may be larger than a body of the API', async () => {
    const { control } = await started({ seed: 'demo' });
    const state = (await control.get('/state')).body as Exported;
    const [job] = state.collections.jobs.records;
    const records = Array.from({ length: 3000 }, (_, index) => withId(job, index + 1));
    const large = { ...state, collections: { jobs: { records, lastId: 3000 } } };
    expect(JSON.stringify(large).length).toBeGreaterThan(2 * 1024 * 1024);
    expect((await control.put('/state', large)).status).toBe(204);
    expect((await control.get('/state')).body.collections.jobs.records).toHaveLength(3000);
  });

  test('holds no credentials', async () => {
    const { control, post } = await started();
    await post(SMALLEST_REQUEST, { Authorization: 'Bearer secret-token', 'x-api-key': 'secret-key' });
    expect(JSON.stringify((await control.get('/state')).body)).not.toMatch(/secret/);
  });

  test.each<[what: string, change: (state: any) => void, pointer: RegExp]>([
    [
      'two jobs of one id',
      ({ collections: { jobs } }) => jobs.records.push(jobs.records[0]),
      /\/collections\/jobs\/records\/\d+\/id: Another record has the id/,
    ],
    ['an id beyond the last', (state) => (state.collections.jobs.lastId = 5), /the last id 5/],
    [
      'a job that the contract does not allow',
      (state) => (state.collections.jobs.records[0].job.status = 'GONE'),
      /status/,
    ],
    ['a clock without an instant', (state) => delete state.clock.at, /\/clock\/at/],
    [
      'a clock that cannot be',
      (state) => (state.clock = { frozen: false, offsetInMs: 8.64e15 }),
      /cannot be turned/,
    ],
  ])('is refused, and nothing of it taken: %s', async (_what, change, message) => {
    const { control } = await started();
    const state = (await control.get('/state')).body as unknown;
    const broken = structuredClone(state);
    change(broken);
    const answer = await control.put('/state', broken);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body.errors)).toMatch(message);
    expect((await control.get('/state')).body).toEqual(state);
  });
});

test('what a sandbox keeps outlives a restart: jobs, clock and rules', async () => {
  const db = temporaryDirectory();
  const options = { db, clock: undefined, randomSeed: 1 };
  const first = await createMockServer(options);
  const { body } = await callerOf(first).post(SMALLEST_REQUEST);
  const control = controlOf(first);
  await control.post('/clock/advance', { by: '2h' });
  await control.post('/rules', { scenario: 'fails' });
  await first
    .sandbox()
    .jobs.hold(11036)
    .catch(() => undefined);
  const state = (await control.get('/state')).body as unknown;
  await first.close();

  const second = await createMockServer(options);
  mocks.push(second);
  expect((await controlOf(second).get('/state')).body).toEqual(state);
  expect((await callerOf(second).get(`/export/jobs/${body.id}`)).body.status).toBe('SUCCEEDED');
});

describe('a reset', () => {
  async function used() {
    const mock = await started();
    const id = await created(mock);
    await mock.control.post('/clock/advance', { by: '1h' });
    await mock.control.post('/rules', { scenario: 'fails' });
    const { control, get } = mock;
    const now = async () => ({
      jobs: (await get(`/export/jobs/${id}`)).status === 404,
      clock: (await control.get('/clock')).body.now === '2026-01-01T00:00:00.000Z',
      rules: (await control.get('/rules')).body.rules.length === 0,
    });
    return { ...mock, now, journal: async () => (await control.get('/journal/count')).body.count as number };
  }

  test.each([
    ['jobs', { jobs: true, clock: false, rules: false }],
    ['clock', { jobs: false, clock: true, rules: false }],
    ['rules', { jobs: false, clock: false, rules: true }],
  ])('of %s alone leaves the rest', async (part, isReset) => {
    const { control, now } = await used();
    await control.post('/reset', { only: [part] });
    expect(await now()).toEqual(isReset);
  });

  test('of the journal alone forgets the calls and what they exercised', async () => {
    const { control, journal } = await used();
    expect(await journal()).toBe(1);
    await control.post('/reset', { only: ['journal'] });
    expect(await journal()).toBe(0);
    expect((await control.get('/coverage')).body.exercised).toBe(0);
  });

  test('of everything leaves nothing but the snapshots', async () => {
    const { control, now, journal } = await used();
    await control.put('/snapshots/before');
    await control.post('/reset');
    expect(await journal()).toBe(0);
    expect(await now()).toEqual({ jobs: true, clock: true, rules: true });
    expect((await control.get('/snapshots')).body.snapshots).toHaveLength(1);
  });
});

test('a sandbox that was deleted is made anew by its next call', async () => {
  const { mock, control } = await started();
  const other = { org: 'A@AdobeOrg', name: 'x' };
  const caller = callerOf(mock, other);
  const id = (await caller.post(SMALLEST_REQUEST)).body.id as number;
  const names = async () =>
    ((await control.get('/sandboxes')).body.sandboxes as { name: string }[]).map(({ name }) => name);
  expect(await names()).toContain('x');
  expect((await control.delete('/sandboxes/A%40AdobeOrg/x')).status).toBe(204);
  expect(await names()).not.toContain('x');
  expect((await caller.get(`/export/jobs/${id}`)).status).toBe(404);
  expect((await caller.get('/export/jobs/100')).status).toBe(200);
});

test('the clock of a sandbox is its own', async () => {
  const { mock, control } = await started();
  await control.post('/clock/advance', { by: '1d' });
  const other = await controlOf(mock, { name: 'other' }).get('/clock');
  expect(other.body).toMatchObject({ now: new Date(NOW).toISOString(), frozen: true });
});

test('a clock that goes and is to stand at an instant stands there, however long it takes to be turned', async () => {
  const { control } = await started();
  await control.post('/clock/resume');
  let real = Date.now();
  const time = jest.spyOn(Date, 'now').mockImplementation(() => ++real);
  const { body } = await control.put('/clock', { now: NOW, frozen: true });
  time.mockRestore();
  expect(body).toMatchObject({ now: new Date(NOW).toISOString(), frozen: true });
});
