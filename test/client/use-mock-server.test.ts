import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Expectation } from '../../client/testing/expectation.js';
import {
  aCreateExportJobRequest,
  connectMockServer,
  startMockServer,
  useMockServer,
  type TestHooks,
  type UseMockOptions,
} from '../../client/testing.js';

const OPTIONS = { seed: 'empty', clock: '2026-01-01T00:00:00Z' };

const mock = useMockServer(OPTIONS);

const jobs = () => `${mock.baseUrl}/export/jobs`;
const create = (url = jobs()) =>
  fetch(url, {
    method: 'POST',
    headers: { ...mock.headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ destination: { datasetId: 'd' }, schema: { name: 's' } }),
  });

describe('each test', () => {
  const seen: string[] = [];
  afterEach(async () => {
    seen.push(mock.sandbox.name);
    await mock.expectNoViolations();
    await mock.expectCalled('createExportJob', 1);
  });
  afterAll(() => expect(new Set(seen).size).toBe(3));

  test.each([1, 2])('has a sandbox of its own: %d', async () => {
    await create();
    expect(await mock.sandbox.jobs.list()).toHaveLength(1);
  });

  test('has addresses that lead to its sandbox', async () => {
    expect(mock.baseUrl).toBe(`${mock.url}/data/core/ups`);
    expect(mock.sandboxBaseUrl).toBe(`${mock.sandboxUrl}/data/core/ups`);
    await create(`${mock.sandboxBaseUrl}/export/jobs`);
  });
});

test('the sandboxes of tests that are over are removed', async () => {
  const { sandboxes } = (await (await fetch(`${mock.url}/__admin/sandboxes`)).json()) as {
    sandboxes: unknown[];
  };
  expect(sandboxes).toEqual([]);
});

test('a violation that is meant is none', async () => {
  await fetch(`${jobs()}?limit=0`, { headers: mock.headers });
  await expect(mock.expectNoViolations()).rejects.toThrow('/query/limit');
  await mock.expectViolation({ pointer: '/query/limit' });
  await mock.expectNoViolations();
});

test('what a call has sent begins no line of what is told', async () => {
  const sent = { [`a\n::error::b`]: 1 };
  const headers = { ...mock.headers, 'Content-Type': 'application/json' };
  await fetch(jobs(), { method: 'POST', headers, body: JSON.stringify(sent) });
  await expect(mock.expectNoViolations()).rejects.toThrow(/^ {4}at +\/body\/a ::error::b$/m);
  await expect(mock.expectNoViolations()).rejects.not.toThrow(/^\s*::error/m);
});

/** A runner that calls its hooks when it is told to. */
function handRunner(options: UseMockOptions = {}) {
  const registered: Record<string, () => Promise<void>> = {};
  const hook = (name: string) => (run: () => Promise<void>) => void (registered[name] = run);
  const hooks: TestHooks = {
    before: hook('before'),
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'),
    after: hook('after'),
  };
  const used = useMockServer({ ...OPTIONS, ...options, hooks });
  return { used, run: (name: string) => registered[name]?.() };
}

test('a test fails with a violation that was not meant, if that is asked for', async () => {
  const { used, run } = handRunner({ failOnViolations: true });
  await run('before');
  expect(used.url).toBe(mock.url);
  for (const limit of [0, 1]) {
    await run('beforeEach');
    await fetch(`${used.baseUrl}/export/jobs?limit=${limit}`, { headers: used.headers });
    if (limit === 0) await expect(run('afterEach')).rejects.toThrow('/query/limit');
    else await run('afterEach');
  }
  await run('after');
});

test('a test within a test has a sandbox of its own, and leaves the outer one its own', async () => {
  const { used, run } = handRunner();
  await run('before');
  await run('beforeEach');
  const outer = used.sandbox.name;
  await run('beforeEach');
  expect(used.sandbox.name).not.toBe(outer);
  await run('afterEach');
  expect(used.sandbox.name).toBe(outer);
  await run('afterEach');
  await run('after');
});

test('an expectation that is not awaited fails its test', async () => {
  const { used, run } = handRunner();
  await run('before');
  await run('beforeEach');
  const forgotten = used.expectCalled('createExportJob');
  await expect(run('afterEach')).rejects.toThrow('An expectation of the mock was not awaited');
  await expect(forgotten).rejects.toThrow('at least once');
  await run('after');
});

test('an expectation is forgotten until somebody has asked for it, and it is over', async () => {
  const kept = Expectation.of(Promise.resolve());
  const failed = Expectation.of(Promise.reject(new Error('not so')));
  const endless = Expectation.of(new Promise(() => undefined));
  await new Promise(setImmediate);
  expect([kept, failed, endless].map(({ isForgotten }) => isForgotten)).toEqual([true, true, true]);
  await kept;
  await failed.catch(() => undefined);
  void endless.finally(() => undefined);
  expect([kept, failed, endless].map(({ isForgotten }) => isForgotten)).toEqual([false, false, true]);
});

test('one that is over by then does not go unnoticed', async () => {
  const { used, run } = handRunner();
  await run('before');
  for (const expectation of ['expectCalled', 'expectNoViolations'] as const) {
    await run('beforeEach');
    const forgotten = used[expectation]('listExportJobs');
    await expect(run('afterEach')).rejects.toThrow('An expectation of the mock was not awaited');
    await forgotten.catch(() => undefined);
  }
  await run('beforeEach');
  await expect(used.expectCalled('listExportJobs')).rejects.toThrow('at least once');
  await Promise.all([used.expectNoViolations(), used.expectCalled('listExportJobs', 0)]);
  await used.expectNoViolations().finally(() => undefined);
  await run('afterEach');
  await run('after');
});

test('one that a hook of the test’s does not await does not go unnoticed', async () => {
  const { used, run } = handRunner();
  await run('before');
  for (const [next, whose] of [
    ['beforeEach', 'by a hook of the test before'],
    ['after', 'by a hook of the last test'],
  ] as const) {
    await run('beforeEach');
    await run('afterEach');
    const forgotten = used.expectCalled('listExportJobs');
    await expect(run(next)).rejects.toThrow(`was not awaited ${whose}`);
    await forgotten.catch(() => undefined);
    if (next === 'beforeEach') await run('afterEach');
  }
});

test('one of an outer test that goes on is not missed by an inner one', async () => {
  const { used, run } = handRunner();
  await run('before');
  await run('beforeEach');
  const expectation = used.expectNoViolations();
  await run('beforeEach');
  await expectation;
  await run('afterEach');
  await run('afterEach');
  await run('after');
});

test('a runner that gives a hook little time is asked for more', async () => {
  const registered: ((this: unknown) => Promise<void>)[] = [];
  const ignored = () => undefined;
  const before = (run: () => Promise<void>) => void registered.push(run);
  useMockServer({ ...OPTIONS, hooks: { before, beforeEach: ignored, afterEach: ignored, after: ignored } });
  const asked: number[] = [];
  await registered[0]?.call({ timeout: (ms: number) => asked.push(ms) });
  await registered[0]?.call(undefined);
  expect(asked).toEqual([60_000]);
});

test('its client is as the options have it, and else gives up before a runner does', async () => {
  const waits: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void waits.push(ms));
  const { used, run } = handRunner({ client: { attempts: 3, sleep } });
  await run('before');
  await run('beforeEach');
  await used.sandbox.fault('unavailable', { times: 9 });
  await expect(used.client.listExportJobs()).rejects.toMatchObject({ status: 503 });
  expect(waits).toHaveLength(2);
  await run('afterEach');
  await run('after');

  await mock.sandbox.fault('rate-limited', { times: 9 });
  const calls = await Promise.allSettled(Array.from({ length: 6 }, () => mock.client.listExportJobs()));
  expect(calls.filter(({ status }) => status === 'rejected')).toMatchObject([{ reason: { status: 429 } }]);
});

test('what belongs to a test is not there beside one', async () => {
  const { used, run } = handRunner();
  expect(() => used.url).toThrow(
    'The mock has its url only once hooks have begun: read it in a test, as mock.url. If it was read in one, that test began before',
  );
  await run('before');
  expect(() => used.headers).toThrow('The mock has its headers only while a test runs');
  expect(() => used.expectNoViolations()).toThrow(
    'The mock has its expectNoViolations only while a test runs',
  );
  await run('after');
  expect(() => used.client).toThrow('The mock has no client any more: the tests are over');
});

test.each<[unknown, string]>([
  [null, 'Invalid options: expected an object with seed, clock, '],
  [{ failOnViolation: true }, "The test kit's mock has no option failOnViolation; it has seed, "],
  [{ failOnViolations: 'no' }, 'failOnViolations is "no"; allowed is true or false'],
  [{ hooks: null }, 'hooks are to have beforeAll or before'],
  [{ hooks: { beforeEach: test, afterEach: test, before: test } }, 'hooks are to have beforeAll or before'],
  [{ seed: () => 'demo' }, 'Invalid seed: a value of type function; expected text'],
  [{ clock: null }, 'Invalid clock: null; expected text'],
  [{ client: { attempt: 1 } }, 'The option client: createExportJobsClient has no option attempt; it has'],
  [{ client: { attempts: 0 } }, 'The option client: attempts is a number from 1; it is 0.'],
  [{ client: { apiKey: 'mine' } }, 'The option client may have no apiKey: it is that of the sandbox'],
  [{ client: 5 }, 'The option client is an object of options'],
  [{ client: null }, 'The option client is an object of options'],
])('%p is refused at once', (options, problem) => {
  expect(() => useMockServer(options as object)).toThrow(problem);
});

test('options that are not for it are refused at once', () => {
  expect(() => useMockServer({ db: 'folder' } as object)).toThrow(
    'takes no option db: it keeps state in memory',
  );
});

describe('a mock that is connected to', () => {
  test('has the sandboxes of the one that was started', async () => {
    const { url, baseUrl, sandbox } = connectMockServer(`${mock.url}/`, { client: { attempts: 1 } });
    expect([url, baseUrl]).toEqual([mock.url, mock.baseUrl]);
    const same = sandbox(mock.sandbox.name);
    await mock.client.createExportJob(aCreateExportJobRequest());
    await same.expectCalled('createExportJob', 1);
    await same.clock.advance('1h');
    expect((await same.client.listExportJobs()).records).toMatchObject([{ status: 'SUCCEEDED' }]);
    await same.expectNoViolations();
  });

  test.each<[unknown, string]>([
    [undefined, 'The address of the mock is missing; it is an absolute http or https URL'],
    ['127.0.0.1:4010', 'The address of the mock is to be an absolute http or https URL'],
    ['http://127.0.0.1:4010/data/core/ups', 'allowed is an origin without a path'],
    ['http://user:secret@127.0.0.1', 'may hold no user and no password'],
  ])('is not to be had at %p', (url, problem) => {
    expect(() => connectMockServer(url as string)).toThrow(problem);
    expect(() => connectMockServer(mock.url, { client: { attempts: 0 } })).toThrow('attempts');
  });
});

test('another mock is another', async () => {
  const other = await startMockServer(OPTIONS);
  expect(other.url).not.toBe(mock.url);
  await other.close();
});
