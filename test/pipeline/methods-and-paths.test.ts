import { beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { BASE, credentials, startMock, type Caller } from '../support/mock.js';

let caller: Caller;

beforeAll(async () => {
  caller = await startMock();
});

const call = (method: 'options' | 'head' | 'patch' | 'put' | 'delete' | 'post' | 'get', path: string) =>
  request(caller.mock.app)[method](path).set(credentials());

describe('a method that is not allowed', () => {
  test.each([
    ['patch', '/export/jobs', 'GET, HEAD, POST, OPTIONS'],
    ['delete', '/export/jobs', 'GET, HEAD, POST, OPTIONS'],
    ['put', '/export/jobs/100', 'GET, HEAD, DELETE, OPTIONS'],
    ['post', '/export/jobs/100', 'GET, HEAD, DELETE, OPTIONS'],
  ] as const)('%s %s is 405 and tells which are', async (method, path, allow) => {
    const answer = await call(method, BASE + path);
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe(allow);
    expect(answer.body.errors['405'][0].allowed).toBe(allow);
  });

  test('is told of the control plane too', async () => {
    const answer = await request(caller.mock.app).post('/__admin/health');
    expect(answer.status).toBe(405);
    expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS');
  });
});

test('OPTIONS tells the methods', async () => {
  const answer = await call('options', `${BASE}/export/jobs/100`);
  expect(answer.status).toBe(204);
  expect(answer.headers['allow']).toBe('GET, HEAD, DELETE, OPTIONS');
});

describe('HEAD answers as GET does, without the body', () => {
  test.each(['/export/jobs', '/export/jobs/100', '/export/jobs/4', '/export/jobs?limit=0'])(
    '%s',
    async (path) => {
      const get = await call('get', BASE + path);
      const head = await call('head', BASE + path);
      expect(head.status).toBe(get.status);
      expect(head.headers['content-type']).toBe('application/json');
      // The request ids differ in value, not in length.
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
      expect(head.text).toBeFalsy();
    },
  );
});

describe('a path that there is not', () => {
  test.each([
    '/',
    '/export/jobs',
    BASE,
    `${BASE}/export`,
    `${BASE}/export/jobs/100/batches`,
    `${BASE}/Export/Jobs`,
    '/__admin',
    '/__admin/nothing',
  ])('%s is 404 and tells which there are', async (path) => {
    const answer = await call('get', path);
    expect(answer.status).toBe(404);
    expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:path-not-found');
    expect(answer.body.errors['404'][0].allowed).toContain(`${BASE}/export/jobs`);
  });
});

describe('an id that names no job is 404, well-formed or not', () => {
  test.each([
    '1000000',
    'abc',
    '0',
    '-1',
    '0x64',
    '1e2',
    '100.0',
    '0100',
    '9007199254740993',
    '%20100',
    '%zz',
    '%F0%9F',
    'a%2Fb',
  ])('%s', async (id) => {
    for (const method of ['get', 'delete'] as const) {
      const answer = await call(method, `${BASE}/export/jobs/${id}`);
      expect(answer.status).toBe(404);
      expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:export-job-not-found');
      expect(answer.body.errors['404'][0].pointer).toBe('/path/exportJobId');
    }
  });
});

describe('a 404 names the id as it was sent', () => {
  test.each(['9007199254740993', '007', 'a b'])('%s', async (id) => {
    const { body } = await call('get', `${BASE}/export/jobs/${encodeURIComponent(id)}`);
    expect(body.errors['404'][0]).toMatchObject({
      sent: id,
      message: `There is no export job "${id}" in this sandbox.`,
    });
  });

  test('and cuts a long one', async () => {
    const { text } = await call('get', `${BASE}/export/jobs/${'x'.repeat(5000)}`);
    expect(text.length).toBeLessThan(1000);
  });
});

test('a slash at the end of a path changes nothing', async () => {
  expect((await call('get', `${BASE}/export/jobs/`)).body.records.length).toBeGreaterThan(2);
  expect((await call('get', `${BASE}/export/jobs/100/`)).body.id).toBe(100);
});

describe('x-request-id', () => {
  test('is repeated when it is the caller’s', async () => {
    for (const path of ['/export/jobs', '/export/jobs/4', '/export/jobs?limit=0', '/nowhere']) {
      const answer = await caller.get(path, { 'x-request-id': 'mine-1' });
      expect(answer.headers['x-request-id']).toBe('mine-1');
      if (answer.status >= 400) expect(answer.body.requestId).toBe('mine-1');
    }
  });

  test('is made when the caller has none', async () => {
    const first = await caller.get('/export/jobs');
    const second = await caller.get('/export/jobs');
    expect(first.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
  });

  test.each([
    ['with a space', 'a b'],
    ['too long', 'x'.repeat(201)],
  ])('is refused %s', async (_case, id) => {
    const answer = await caller.get('/export/jobs', { 'x-request-id': id });
    expect(answer.status).toBe(400);
    expect(answer.body.errors['400'][0].pointer).toBe('/headers/x-request-id');
    expect(answer.body.requestId).not.toBe(id);
  });
});

test('a created job belongs to the profile instance that the call names, ups by default', async () => {
  const body = { destination: { datasetId: 'd' }, schema: { name: 's' } };
  expect((await caller.post(body)).body.profileInstanceId).toBe('ups');
  expect((await caller.post(body, { 'x-profile-instance-id': 'other' })).body.profileInstanceId).toBe(
    'other',
  );
  const refused = await caller.post(body, { 'x-profile-instance-id': '' });
  expect(refused.body.errors['400'][0].pointer).toBe('/headers/x-profile-instance-id');
});
