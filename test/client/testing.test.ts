import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  aCreateExportJobRequest,
  RefusalError,
  startMockServer,
  type MockOptions,
  type Sandbox,
  type StartedMock,
} from '../../client/testing.js';
import type { MockServerOptions } from '../../server/mock-server.js';

const NOW = '2026-01-01T00:00:00.000Z';

let mock: StartedMock;
let sandbox: Sandbox;
beforeAll(async () => {
  mock = await startMockServer({ clock: NOW, randomSeed: 1, seed: 'empty' });
});
afterAll(() => mock.close());

let names = 0;
const anySandbox = () => mock.sandbox(`sandbox ${++names}`);

const call = (to: Sandbox, path: string, init: RequestInit = {}, headers = {}) =>
  fetch(`${mock.baseUrl}${path}`, { ...init, headers: { ...to.headers, ...headers } });
const create = async (to: Sandbox, body: object = aCreateExportJobRequest()) => {
  const init = { method: 'POST', body: JSON.stringify(body) };
  return (await (await call(to, '/export/jobs', init, { 'Content-Type': 'application/json' })).json()) as {
    id: number;
  };
};

describe('a sandbox', () => {
  beforeEach(() => {
    sandbox = anySandbox();
  });

  test('has a clock that can be read and turned', async () => {
    expect(await sandbox.clock.get()).toMatchObject({ now: NOW, frozen: true });
    expect(await sandbox.clock.advance('2h')).toMatchObject({ now: '2026-01-01T02:00:00.000Z' });
    expect(await sandbox.clock.resume()).toMatchObject({ frozen: false });
    expect(await sandbox.clock.freeze()).toMatchObject({ frozen: true });
    expect(await sandbox.clock.set(NOW, { frozen: false })).toMatchObject({ frozen: false });
    expect(await sandbox.clock.set(0, { frozen: true })).toMatchObject({ nowInMs: 0, frozen: true });
  });

  test('has jobs that live by its clock, or are moved by hand', async () => {
    const [a, b, c] = [await create(sandbox), await create(sandbox), await create(sandbox)];
    await sandbox.clock.advance('3s');
    expect((await sandbox.jobs.list()).map(({ id, status }) => [id, status])).toEqual(
      [c, b, a].map(({ id }) => [id, 'PROCESSING']),
    );
    expect((await sandbox.jobs.step(a.id)).status).toBe('SUCCEEDED');
    await sandbox.jobs.hold(b.id);
    await sandbox.clock.advance(60_000);
    expect((await sandbox.jobs.finish(b.id)).status).toBe('SUCCEEDED');
    expect((await sandbox.waitFor(c.id, 'SUCCEEDED', { timeout: 0 })).status).toBe('SUCCEEDED');
    const { id } = await create(sandbox);
    const errors = [{ code: '7', msg: 'Too much', callStack: '' }];
    expect((await sandbox.jobs.fail(id, errors)).job).toMatchObject({ status: 'FAILED', errors });
    expect((await sandbox.jobs.fail((await create(sandbox)).id)).status).toBe('FAILED');
  });

  test('takes scenarios, faults and ways to move on', async () => {
    await sandbox.rules.clear();
    await sandbox.use('fails', { times: 1 });
    await sandbox.progress('polls', { polls: 2, nth: 2 });
    const { id } = await sandbox.fault('unavailable', { operation: 'listExportJobs', times: 1 });
    await sandbox.rules.add({ fault: 'rate-limited', job: 1 });
    expect(await sandbox.rules.list()).toMatchObject([
      { fault: { name: 'rate-limited' }, job: 1 },
      { fault: { name: 'unavailable' }, times: 1 },
      { progress: 'polls', polls: 2, nth: 2 },
      { scenario: { name: 'fails' } },
    ]);
    expect((await call(sandbox, '/export/jobs')).status).toBe(503);
    expect((await call(sandbox, '/export/jobs')).status).toBe(200);
    expect([await sandbox.rules.remove(id), await sandbox.rules.remove(id)]).toEqual([true, false]);
  });

  test('can be saved, taken back, exported and imported', async () => {
    const other = anySandbox();
    const { records } = await sandbox.snapshot('before');
    const jobs = records['jobs'] ?? NaN;
    expect(jobs).toBeGreaterThanOrEqual(0);
    await create(sandbox);
    expect(await sandbox.snapshots()).toMatchObject([{ name: 'before', records: { jobs } }]);
    await sandbox.restore('before');
    expect(await sandbox.jobs.list()).toHaveLength(jobs);
    await other.importState(await sandbox.exportState());
    expect(await other.jobs.list()).toHaveLength(jobs);
    expect([await sandbox.deleteSnapshot('before'), await sandbox.deleteSnapshot('before')]).toEqual([
      true,
      false,
    ]);
    await sandbox.reset('jobs', 'rules');
    expect([await sandbox.jobs.list(), await sandbox.rules.list()]).toEqual([[], []]);
    expect(await sandbox.journalCount()).toBeGreaterThan(0);
    await sandbox.reset();
    expect(await sandbox.clock.get()).toMatchObject({ now: NOW });
  });

  test('tells of its calls, until it forgets them', async () => {
    const { id } = await create(sandbox);
    await call(sandbox, `/export/jobs/${id}`);
    await call(sandbox, '/export/jobs?limit=0');
    const [created] = await sandbox.journal({ operation: 'createExportJob', status: 200 });
    expect(created).toMatchObject({ expected: false, violations: [] });
    expect(await sandbox.journal({ violations: true })).toMatchObject([{ answer: { status: 400 } }]);
    expect(await sandbox.journal({ limit: 1, job: id })).toMatchObject([{ operation: 'retrieveExportJob' }]);
    expect(await sandbox.journalCount({ violations: false, since: created?.id })).toBe(1);
    expect(await sandbox.coverage()).toMatchObject({ exercised: expect.any(Number) });
    await sandbox.clearJournal();
    expect(await sandbox.journal()).toEqual([]);
  });

  test('is reached by its address whatever the headers name, and is gone when it is removed', async () => {
    const one = anySandbox();
    const { headers } = mock.sandbox();
    expect(headers['x-sandbox-name']).toBe('prod');
    expect((await fetch(`${one.url}/data/core/ups/export/jobs`, { headers })).status).toBe(200);
    expect((await fetch(`${one.baseUrl}/export/jobs`, { headers })).status).toBe(200);
    await one.expectCalled('listExportJobs', 2);
    expect([await one.remove(), await one.remove()]).toEqual([true, false]);
  });
});

test('what the control plane refuses is an error in its own words', async () => {
  const nowhere = anySandbox();
  await expect(nowhere.use('failing')).rejects.toThrow(/failing[^]*allowed[^]*fails/);
  await expect(nowhere.jobs.step(1)).rejects.toMatchObject({ name: 'RefusalError', status: 404 });
  await expect(nowhere.waitFor(1, 'SUCCEEDED')).rejects.toBeInstanceOf(RefusalError);
  await expect(nowhere.clock.advance('soon')).rejects.toThrow(
    /at {7}\/body\/by\n {2}sent {5}"soon"\n {2}allowed/,
  );
});

test.each([undefined, '', '.', '..', null, {}])('%j names nothing, and nothing is done', async (nothing) => {
  const sandbox = anySandbox();
  await sandbox.use('fails');
  const name = nothing as never;
  for (const call of [
    () => sandbox.rules.remove(name),
    () => sandbox.jobs.step(name),
    () => sandbox.snapshot(name),
    () => sandbox.waitFor(name, 'SUCCEEDED'),
  ]) {
    await expect(call()).rejects.toThrow(
      /^The (id|name) is .*; allowed is a number, or text that is not empty/,
    );
  }
  expect(await sandbox.rules.list()).toHaveLength(1);
  if (nothing === undefined) return;
  expect(() => mock.sandbox(name)).toThrow('allowed is text that is not empty and not only dots');
});

test('an option of waitFor that there is not is refused', async () => {
  const options = { timeoutt: 5 } as object;
  await expect(anySandbox().waitFor(1, 'SUCCEEDED', options)).rejects.toThrow(/timeoutt[^]*timeout/);
});

test.each<[unknown, string]>([
  ['1', '"1"'],
  [-1, '-1'],
  [Number.NaN, 'NaN'],
  [{ times: 1 }, '{"times":1}'],
])('%j is no number of calls', async (times, shown) => {
  await expect(anySandbox().expectCalled('listExportJobs', times as number)).rejects.toThrow(
    `How often listExportJobs was called is a whole number from 0; it is ${shown}`,
  );
});

test('calls that the journal has lost are not taken to be sound', async () => {
  const short = await startMockServer({ journal: 1 });
  const sandbox = short.sandbox();
  const { headers } = sandbox;
  await fetch(`${sandbox.baseUrl}/export/jobs`, { headers });
  await sandbox.expectNoViolations();
  await fetch(`${sandbox.baseUrl}/export/jobs/1`, { headers });
  await expect(sandbox.expectNoViolations()).rejects.toThrow(
    'Whether 1 more calls broke the contract can not be told: the journal has lost them.',
  );
  await sandbox.clearJournal();
  await sandbox.expectNoViolations();
  await short.close();
});

describe('what is expected of calls', () => {
  beforeEach(async () => {
    sandbox = anySandbox();
    const { id } = await create(sandbox);
    await call(sandbox, `/export/jobs/${id}`);
    await call(sandbox, `/export/jobs/${id}`);
  });

  test('holds for how often an operation was called', async () => {
    await sandbox.expectCalled('createExportJob');
    await sandbox.expectCalled('createExportJob', 1);
    await sandbox.expectCalled('retrieveExportJob', 2);
    await sandbox.expectCalled('cancelExportJob', 0);
  });

  test('fails with what was called', async () => {
    await expect(sandbox.expectCalled('createExportJob', 3)).rejects.toThrow(
      `createExportJob was to be called 3 times. Calls in sandbox ${sandbox.name}: createExportJob once, retrieveExportJob twice`,
    );
    await expect(sandbox.expectCalled('listExportJobs')).rejects.toThrow('to be called at least once');
    await expect(anySandbox().expectCalled('listExportJobs')).rejects.toThrow(
      /Calls in sandbox sandbox \d+: none$/,
    );
    await expect(sandbox.expectCalled('listJobs' as 'listExportJobs')).rejects.toThrow(
      'There is no operation listJobs; there are listExportJobs, createExportJob, retrieveExportJob, cancelExportJob',
    );
  });

  test('fails for a call that broke the contract, until that is said to be meant', async () => {
    await sandbox.expectNoViolations();
    await expect(sandbox.expectViolation()).rejects.toThrow(
      'A call was to break the contract, and none did. No call broke it.',
    );
    await call(sandbox, '/export/jobs?limit=none');
    await expect(sandbox.expectNoViolations()).rejects.toThrow(
      [
        'Not meant to break the contract, and did:',
        'listExportJobs (GET /data/core/ups/export/jobs?limit=none), answered 400',
        `  'limit' must be an integer.`,
        '    at       /query/limit',
        '    rule     #/paths/~1export~1jobs/get/parameters/0/schema',
        '    sent     "none"',
        '    allowed  an integer in decimal digits, from 1 to 9007199254740991',
      ].join('\n'),
    );
    await expect(sandbox.expectViolation({ pointer: '/body/schema' })).rejects.toThrow(
      /^A call was to break the contract with {"pointer":"\/body\/schema"}, and none did\. These did:\nlistExportJobs/,
    );
    await sandbox.expectViolation({ operation: 'listExportJobs', status: 400, pointer: '/query/limit' });
    await sandbox.expectNoViolations();
    // Said once more, it is as true.
    await sandbox.expectViolation({ pointer: '/query/limit' });
    await expect(sandbox.expectViolation({ pointer: '/query/offset' })).rejects.toThrow('none did');
  });

  test('does not count what said so itself, or met a fault', async () => {
    await call(sandbox, '/export/jobs?limit=0', {}, { Prefer: 'violations=expected' });
    await call(sandbox, '/export/jobs', {}, { Prefer: 'fault=html-502' });
    await sandbox.expectNoViolations();
  });
});

test('fake timers and a fetch of the test leave the mock as it is', async () => {
  jest.useFakeTimers();
  const fetching = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('No network'));
  try {
    const clock = mock.sandbox().clock;
    expect(await clock.advance('1d')).toMatchObject({ now: '2026-01-02T00:00:00.000Z' });
    expect(fetching).not.toHaveBeenCalled();
  } finally {
    fetching.mockRestore();
    jest.useRealTimers();
  }
});

test.each<[object, string | RegExp]>([
  [{ seed: 'nothing' }, /^seed is nothing|nothing/],
  [{ newMs: -1 }, 'Invalid newMs: -1; expected an integer from 0 to 31536000000'],
  [{ sed: 'demo' }, /sed.*seed/],
  [{ db: 'folder' }, "The test kit's mock takes no option db: it keeps state in memory"],
  [
    { journal: 0 },
    'Invalid journal: 0; expected an integer from 1 to 100000, as the test kit needs the journal',
  ],
])('a mock does not start with %j, and says why', async (options, message) => {
  await expect(startMockServer(options)).rejects.toThrow(message);
});

/** Any value, of each option that is not for a mock in a thread. */
const WITHHELD = {
  port: 1,
  host: 'localhost',
  db: 'folder',
  memory: true,
  fresh: true,
  auth: 'minted',
  credentials: 'file',
  admin: false,
  adminToken: 'secret',
  operations: {},
  contract: 'file',
  upstream: 'http://127.0.0.1:1',
  recordRun: true,
} satisfies Record<Exclude<keyof MockServerOptions, keyof MockOptions>, unknown>;

test.each(Object.entries(WITHHELD))('a mock in a thread takes no option %s', async (name, value) => {
  await expect(startMockServer({ [name]: value })).rejects.toThrow(
    `The test kit's mock takes no option ${name}: `,
  );
});

test('the options are of the same type as those of createMockServer', () => {
  const [same, back]: [MockOptions, Pick<MockServerOptions, keyof MockOptions>] = [{}, {}];
  const both: [typeof back, typeof same] = [same, back];
  expect(both).toEqual([{}, {}]);
});

test('a mock that is closed answers no more', async () => {
  const closed = await startMockServer();
  await closed.close();
  await closed.close();
  await expect(closed.sandbox().clock.get()).rejects.toThrow(
    /^The mock at http:\/\/127\.0\.0\.1:\d+ can not be reached: .*ECONNREFUSED/,
  );
});
