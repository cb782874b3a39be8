import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import {
  ContractError,
  createMockServer,
  DataFileError,
  exportJobNotFound,
  OptionError,
  SeedError,
  serviceUnavailable,
  StateError,
  StateUnavailableError,
  tooManyRequests,
  type MockServerOptions,
} from '../server/mock-server.js';
import { temporaryDirectory } from './support/sandbox-stores.js';
import { SMALLEST_REQUEST, startMock } from './support/mock.js';

describe('an option with a value that is not allowed rejects, and says which and what is', () => {
  test.each<[MockServerOptions, string]>([
    [{ port: 65_536 }, 'Invalid port: 65536; expected an integer from 0 to 65535'],
    [{ port: -1 }, 'Invalid port: -1'],
    [{ newMs: -1 }, 'Invalid newMs: -1; expected an integer from 0 to'],
    [{ processingMs: 1.5 }, 'Invalid processingMs: 1.5'],
    [{ randomSeed: NaN }, 'Invalid randomSeed: NaN'],
    [
      { clock: '2026-02-30T00:00:00Z' },
      'Invalid clock: "2026-02-30T00:00:00Z"; expected an RFC 3339 timestamp of 1970 or later',
    ],
    [{ clock: '1969-12-31T23:59:59Z' }, 'Invalid clock: "1969-12-31T23:59:59Z"'],
    [{ clock: 'yesterday' }, 'Invalid clock: "yesterday"'],
    [{ logLevel: 'loud' as never }, 'Invalid logLevel: "loud"; expected one of fatal, error'],
    [{ logLevel: 'toString' as never }, 'Invalid logLevel: "toString"'],
    [{ memory: false }, 'Invalid memory: false; expected true without a db, or false with one'],
    [{ memory: true, db: 'd' }, 'Invalid memory: true; expected true without a db, or false with one'],
    [{ memory: 'no' as never }, 'Invalid memory: "no"; expected true or false'],
    [{ db: '' }, 'Invalid db: ""; expected the path of a directory'],
    [{ fresh: 1 as never }, 'Invalid fresh: 1; expected true or false'],
    [{ host: '' }, 'Invalid host: ""; expected an address or a host name of this machine, such as 127.0.0.1'],
    [{ host: null as never }, 'Invalid host: null'],
    [{ host: ['::'] as never }, 'Invalid host: an array'],
    [{ seed: '' }, 'Invalid seed: ""; expected documented, demo, empty or the path of a seed file'],
    [{ seed: { jobs: [] } as never }, 'Invalid seed: an object'],
    [{ contract: 7 as never }, 'Invalid contract: 7; expected the path of an OpenAPI file'],
    [{ clock: new Date(0) as never }, 'Invalid clock: an object'],
    [{ port: '80' as never }, 'Invalid port: "80"'],
    [{ newMs: 5n as never }, 'Invalid newMs: 5'],
    [{ scenario: 7 as never }, 'Invalid scenario: 7; expected the name of a scenario'],
    [{ scenario: 'none' }, "The scenario 'none' is not known. Allowed: one of cancel-fails, "],
    [{ scenarios: '' }, 'Invalid scenarios: ""; expected the path of a directory with scenarios'],
    [{ progress: 'luck' as never }, 'Invalid progress: "luck"; expected one of time, polls, hand'],
    [{ polls: 0 }, 'Invalid polls: 0; expected an integer from 1 to 1000000'],
    [{ cors: 'false' as never }, 'Invalid cors: "false"; expected true or false'],
    [{ auth: 'none' as never }, 'Invalid auth: "none"; expected one of any, minted'],
    [{ credentials: '' }, 'Invalid credentials: ""; expected the path of a file of credentials'],
    [{ admin: 0 as never }, 'Invalid admin: 0; expected true or false'],
    [{ adminToken: '' }, 'Invalid adminToken: ""; expected printable ASCII characters without spaces'],
    [{ adminToken: 'SEC RET' }, 'Invalid adminToken: expected printable ASCII'],
    [{ adminToken: 7 as never }, 'Invalid adminToken: expected'],
    [
      { ports: 1 } as never,
      "The option 'ports' is not known. Did you mean 'port'? Allowed: one of port, host",
    ],
    [{ toString: 1 } as never, "The option 'toString' is not known."],
    [{ operations: [] as never }, 'Invalid operations: an array; expected an object with operations'],
    [
      { operations: { listExportJob: () => () => ({}) } as never },
      "The operation 'listExportJob' is not known. Did you mean 'listExportJobs'? Allowed: one of listExportJobs",
    ],
    [
      { operations: { listExportJobs: 'broken' as never } },
      'Invalid operations.listExportJobs: "broken"; expected a function',
    ],
    [null as never, 'Invalid options: null; expected an object'],
    ['demo' as never, 'Invalid options: "demo"; expected an object'],
    [[] as never, 'Invalid options: an array; expected an object'],
  ])('%#: %p', async (options, message) => {
    const error = await createMockServer(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toContain(message);
  });
});

test('health needs no credentials and says what holds', async () => {
  const { mock } = await startMock();
  const answer = await request(mock.app).get('/__admin/health');
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    contract: {
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      hash: expect.stringMatching(/^[0-9a-f]{12}$/),
    },
    instance: mock.health().instance,
    uptimeInSeconds: expect.any(Number),
    timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    contractViolations: 0,
  });
});

test('the control plane is held to its contract too', async () => {
  const { mock } = await startMock();
  const answer = await request(mock.app).get('/__admin/health?verbose=1');
  expect(answer.status).toBe(400);
  expect(answer.body.errors['400'][0]).toMatchObject({
    pointer: '/query/verbose',
    allowed: 'no query parameter at all',
  });
});

test('no two mocks are the same instance', async () => {
  const [one, other] = [(await startMock()).mock, (await startMock()).mock];
  expect(one.health().instance).not.toBe(other.health().instance);
});

test('the control plane heeds no Prefer', async () => {
  const { mock } = await startMock();
  expect((await request(mock.app).get('/__admin/health').set('Prefer', 'code=500')).status).toBe(200);
});

test('the times of a job are as the options say', async () => {
  const { mock, get, post } = await startMock({ newMs: 10, processingMs: 20 });
  const { clock } = mock.sandbox();
  const { id } = (await post(SMALLEST_REQUEST)).body as { id: number };
  const status = async () => (await get(`/export/jobs/${id}`)).body.status as string;
  expect(mock.lifetimes).toMatchObject({ newMs: 10, processingMs: 20 });
  clock.advance(10);
  expect(await status()).toBe('PROCESSING');
  clock.advance(20);
  expect(await status()).toBe('SUCCEEDED');
});

test('a job of no duration is created as NEW, and has succeeded when it is next seen', async () => {
  const { get, post } = await startMock({ newMs: 0, processingMs: 0 });
  const created = await post(SMALLEST_REQUEST);
  expect(created.status).toBe(200);
  expect(created.body.status).toBe('NEW');
  expect((await get(`/export/jobs/${created.body.id}`)).body.status).toBe('SUCCEEDED');
});

test('two mocks in one process share nothing but the contract', async () => {
  const [one, two] = [await startMock({ seed: 'empty' }), await startMock({ seed: 'empty' })];
  await one.post(SMALLEST_REQUEST);
  expect((await two.get('/export/jobs')).body.records).toEqual([]);
});

test('an option or an operation that is undefined is as one that is left out', async () => {
  const { get } = await startMock({
    seed: undefined,
    host: undefined,
    operations: { listExportJobs: undefined },
  });
  expect((await get('/export/jobs')).body.records).toHaveLength(9);
});

test.each([
  [503, serviceUnavailable()],
  [429, tooManyRequests()],
  [404, exportJobNotFound(7)],
])('an operation of a test can throw a documented error: %i', async (status, error) => {
  const retrieveExportJob = () => () => {
    throw error;
  };
  const { mock, get } = await startMock({ operations: { retrieveExportJob } });
  const answer = await get('/export/jobs/7');
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ status, title: error.message });
  expect(mock.health().contractViolations).toBe(0);
});

test('what creating a mock rejects with can be told apart', async () => {
  await expect(createMockServer({ contract: '/no/such/file.yaml' })).rejects.toThrow(ContractError);
  await expect(createMockServer({ seed: '/no/such/file.json' })).rejects.toThrow(SeedError);
  await expect(createMockServer({ scenarios: '/no/such/folder' })).rejects.toThrow(DataFileError);
  await expect(createMockServer({ port: -1 })).rejects.toMatchObject({ name: 'OptionError', option: 'port' });
});

test('the lifetimes of jobs are told, and can not be turned', async () => {
  const { mock, get, post } = await startMock({ newMs: 1000, processingMs: 1000 });
  expect(mock.lifetimes).toEqual({ newMs: 1000, processingMs: 1000 });
  expect(() => Object.assign(mock.lifetimes, { newMs: 0 })).toThrow(TypeError);
  const { id } = (await post(SMALLEST_REQUEST)).body as { id: number };
  expect((await get(`/export/jobs/${id}`)).body.status).toBe('NEW');
});

describe('a close', () => {
  test('while the mock begins to listen leaves nothing that listens', async () => {
    const mock = await createMockServer();
    const listening = mock.listen();
    await mock.close();
    const url = await listening;
    await expect(fetch(`${url}/__admin/health`)).rejects.toThrow();
  });

  test('is done once, and is the end', async () => {
    const mock = await createMockServer();
    await mock.listen();
    const closed = mock.close();
    expect(mock.close()).toBe(closed);
    await expect(mock.listen()).rejects.toThrow('The mock is closed: make another.');
    await closed;
    await expect(mock.listen()).rejects.toThrow('The mock is closed: make another.');
  });

  test('of a mock that could not listen is done at once', async () => {
    const first = await createMockServer();
    const port = Number(new URL(await first.listen()).port);
    const second = await createMockServer({ port });
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
    await first.close();
  });
});

test('listening twice is listening once, and what failed can be tried again', async () => {
  const first = await createMockServer();
  const url = first.listen();
  expect(await first.listen()).toBe(await url);
  const second = await createMockServer({ port: Number(new URL(await url).port) });
  await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await first.close();
  expect(await second.listen()).toBe(await url);
  await second.close();
});

describe('the name of a sandbox', () => {
  test('is the documented one where it is left out or undefined', async () => {
    const { mock } = await startMock();
    const { org, name } = mock.sandbox();
    expect({ org, name }).toEqual({ org: '1BD6382559DF0C130A49422D@AdobeOrg', name: 'prod' });
    expect(mock.sandbox({ name: undefined, org: undefined })).toBe(mock.sandbox());
    expect(mock.sandbox({ name: 'dev' }).org).toBe(org);
  });

  test.each([
    [{ name: '' }, "The sandbox's name is empty; allowed is text that is not empty"],
    [{ org: '' }, "The sandbox's org is empty"],
    [{ name: 7 }, "The sandbox's name is 7"],
    [{ org: null }, "The sandbox's org is null"],
    [{ sandbox: 'dev' }, 'The sandbox has "sandbox"; allowed are org and name'],
    ['dev', 'The sandbox is "dev"; allowed is an object { org, name }'],
    [null, 'The sandbox is null'],
  ])('is not %j', async (name, message) => {
    const { mock } = await startMock();
    expect(() => mock.sandbox(name as never)).toThrow(OptionError);
    expect(() => mock.sandbox(name as never)).toThrow(message);
  });
});

describe('state in a directory', () => {
  test('goes on in the next mock, once this one is closed', async () => {
    const db = temporaryDirectory();
    const first = await startMock({ db });
    expect(first.mock.state).toEqual({ directory: db, found: 0 });
    expect((await first.post(SMALLEST_REQUEST)).body.id).toBe(11038);
    await first.delete('/export/jobs/100');
    await expect(createMockServer({ db })).rejects.toThrow(StateUnavailableError);
    await first.mock.close();

    const second = await startMock({ db });
    expect(second.mock.state.found).toBe(1);
    expect((await second.get('/export/jobs/11038')).status).toBe(200);
    expect((await second.get('/export/jobs/100')).status).toBe(404);
    await second.mock.sandbox().reset();
    expect((await second.get('/export/jobs/100')).status).toBe(200);
    await second.mock.close();

    const third = await startMock({ db, fresh: true, seed: 'empty' });
    expect(third.mock.state.found).toBe(0);
    expect((await third.get('/export/jobs')).body.records).toEqual([]);
    await third.mock.close();
  });

  test('is left to others when the mock can not be made for another reason', async () => {
    const db = temporaryDirectory();
    await expect(createMockServer({ db, seed: 'no such seed' })).rejects.toThrow(SeedError);
    const mock = await createMockServer({ db });
    await mock.close();
  });

  test('is held to the contract when it is read', async () => {
    const db = temporaryDirectory();
    const { mock, post } = await startMock({ db, seed: 'empty' });
    await post(SMALLEST_REQUEST);
    await mock.close();
    const [folder = ''] = await readdir(join(db, 'sandboxes'));
    const file = join(db, 'sandboxes', folder, 'jobs-0-63.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"_xdm.context.profile"', '7'));
    await expect(createMockServer({ db })).rejects.toThrow(
      `${file} is damaged: /records/0: it would be shown as a job that breaks the contract`,
    );
    await expect(createMockServer({ db })).rejects.toThrow(StateError);
  });

  test('that can not be written to answers 503 and changes nothing, until it can be again', async () => {
    const db = temporaryDirectory();
    const { mock, post, get, delete: cancel } = await startMock({ db, seed: 'empty' });
    await post(SMALLEST_REQUEST);
    const [folder = ''] = await readdir(join(db, 'sandboxes'));
    // A folder where lowdb writes before it renames.
    const inTheWay = join(db, 'sandboxes', folder, '.jobs-0-63.json.tmp');
    await mkdir(inTheWay);
    for (const answer of [await post(SMALLEST_REQUEST), await cancel('/export/jobs/1')]) {
      expect(answer.status).toBe(503);
      expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:change-not-stored');
      expect(answer.headers['retry-after']).toBe('1');
    }
    const listed = async () => (await get('/export/jobs')).body.records.map(({ id }: { id: number }) => id);
    expect(await listed()).toEqual([1]);
    await rm(inTheWay, { recursive: true });
    expect((await post(SMALLEST_REQUEST)).status).toBe(200);
    expect((await cancel('/export/jobs/1')).status).toBe(204);
    expect(mock.health().contractViolations).toBe(0);
    const before = await listed();
    await mock.close();

    const again = await startMock({ db });
    expect((await again.get('/export/jobs')).body.records.map(({ id }: { id: number }) => id)).toEqual(
      before,
    );
    await again.mock.close();
  });
});
