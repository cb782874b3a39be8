import { afterEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createMockServer, type MockServer, type MockServerOptions } from '../../server/mock-server.js';
import { runCommand, type Ran } from '../support/command.js';

/** A path of the control plane that there is not: whoever is let in sees that there is nothing. */
const ANYWHERE = '/__admin/nothing';
const LET_IN = 404;

const mocks: MockServer[] = [];
afterEach(async () => {
  for (const mock of mocks.splice(0)) await mock.close();
});

async function mockWith(options: MockServerOptions = {}): Promise<MockServer> {
  const mock = await createMockServer(options);
  mocks.push(mock);
  return mock;
}

const call = (mock: MockServer, headers: Record<string, string> = {}, path = ANYWHERE) =>
  request(mock.app).get(path).set(headers);

describe('on a loopback host', () => {
  test.each([
    [{}],
    [{ Host: 'localhost' }],
    [{ Host: 'LOCALHOST:4010' }],
    [{ Host: 'app.localhost:4010' }],
    [{ Host: '127.0.0.1:4010' }],
    [{ Host: '127.8.9.10' }],
    [{ Host: '[::1]:4010' }],
    [{ Host: '[0:0:0:0:0:0:0:1]' }],
    [{ Host: '[::ffff:127.0.0.1]:80' }],
    [{ Host: 'localhost:4010', Origin: 'http://localhost:4010' }],
    [{ Host: '[::1]:4010', Origin: 'http://[::1]:4010' }],
    [{ 'Sec-Fetch-Site': 'same-origin' }],
    [{ 'Sec-Fetch-Site': 'none' }],
  ])('this machine is let in: %j', async (headers) => {
    const mock = await mockWith();
    expect((await call(mock, headers)).status).toBe(LET_IN);
    expect((await call(mock, headers, '/__admin/health')).status).toBe(200);
  });

  test.each([
    ['host', { Host: 'evil.example:4010' }],
    ['host', { Host: '127.0.0.1.evil.example' }],
    ['host', { Host: 'localhost.evil.example' }],
    ['host', { Host: 'notlocalhost' }],
    ['host', { Host: '.localhost.' }],
    ['host', { Host: '192.168.0.7:4010' }],
    ['host', { Host: '0.0.0.0:4010' }],
    ['host', { Host: '[::2]:4010' }],
    ['host', { Host: '[::]:4010' }],
    ['host', { Host: '[::ffff:10.0.0.1]' }],
    ['host', { Host: '[127.0.0.1]' }],
    ['host', { Host: '::1' }],
    ['host', { Host: 'localhost:80:80' }],
    ['host', { Host: 'user@localhost' }],
    ['host', { Host: '' }],
    ['origin', { Host: 'localhost:4010', Origin: 'http://localhost:3000' }],
    ['origin', { Host: 'localhost:4010', Origin: 'http://127.0.0.1:4010' }],
    ['origin', { Host: 'localhost:4010', Origin: 'https://localhost:4010' }],
    ['origin', { Host: 'localhost:4010', Origin: 'https://evil.example' }],
    ['origin', { Host: 'localhost:4010', Origin: 'null' }],
    ['origin', { Host: 'localhost:4010', Origin: '' }],
    ['sec-fetch-site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['sec-fetch-site', { 'Sec-Fetch-Site': 'same-site' }],
  ])('a page of another site is not, told by its %s: %j', async (header, headers) => {
    const mock = await mockWith();
    for (const path of [ANYWHERE, '/__admin/health']) {
      const answer = await call(mock, headers, path);
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({
        type: 'urn:aep-export-jobs-mock:error:admin-request-foreign',
        errors: { 403: [{ pointer: `/headers/${header}`, allowed: expect.any(String) }] },
      });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    expect(mock.health().contractViolations).toBe(0);
  });

  test.each(['post', 'put', 'delete', 'options'] as const)('whatever the method: %s', async (method) => {
    const mock = await mockWith();
    const answer = await request(mock.app)[method]('/__admin/health').set('Host', 'evil.example');
    expect(answer.status).toBe(403);
  });

  test('a preflight of another origin is refused, without a header of CORS', async () => {
    const mock = await mockWith();
    const answer = await request(mock.app)
      .options(ANYWHERE)
      .set({ Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' });
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).join()).not.toContain('access-control');
  });

  test('the API itself is open to all of them', async () => {
    const mock = await mockWith();
    const answer = await call(mock, { Host: 'evil.example', Origin: 'null' }, '/data/core/ups/export/jobs');
    expect(answer.body.error_code).toBe('403010');
  });

  test.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('such as %s, over a socket', async (host) => {
    const mock = await mockWith({ host });
    const url = await mock.listen();
    expect(mock.adminAccess).toBe('loopback');
    expect((await fetch(url + ANYWHERE)).status).toBe(LET_IN);
    expect((await fetch(url + ANYWHERE, { headers: { Origin: 'http://a.example' } })).status).toBe(403);
  });

  test('a token that is set is asked for as well', async () => {
    const mock = await mockWith({ adminToken: 'right' });
    expect(mock.adminAccess).toBe('token');
    expect((await call(mock)).status).toBe(401);
    expect((await call(mock, { Authorization: 'Bearer right' })).status).toBe(LET_IN);
    expect((await call(mock, { Authorization: 'Bearer right', Host: 'evil.example' })).status).toBe(403);
    expect((await call(mock, {}, '/__admin/health')).status).toBe(200);
  });
});

describe('on any other host', () => {
  test.each(['0.0.0.0', '::', '192.168.0.7', 'example.org', '10.0.0.1', '::ffff:10.0.0.1', '1270.0.0.1'])(
    'without a token, the control plane is closed: %s',
    async (host) => {
      const mock = await mockWith({ host });
      expect(mock.adminAccess).toBe('closed');
      for (const headers of [{}, { Authorization: 'Bearer any' }, { Host: 'localhost' }]) {
        const answer = await call(mock, headers);
        expect(answer.status).toBe(403);
        expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:admin-closed');
        expect(answer.body.errors['403'][0].allowed).toContain('--admin-token <token>');
      }
      expect((await call(mock, { Host: 'mock:4010' }, '/__admin/health')).status).toBe(200);
    },
  );

  test('with a token, who has it is let in, by whatever name', async () => {
    const mock = await mockWith({ host: '0.0.0.0', adminToken: 'right' });
    const url = await mock.listen();
    const asked = (headers: Record<string, string>) => fetch(url + ANYWHERE, { headers });
    const missing = await asked({});
    expect(missing.status).toBe(401);
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect(await missing.json()).toMatchObject({
      type: 'urn:aep-export-jobs-mock:error:admin-token-missing',
    });
    for (const sent of ['Bearer wrong', 'Bearer righ', 'Bearer rightt', 'Bearer', 'Basic right', 'right']) {
      const wrong = await asked({ Authorization: sent });
      expect(wrong.status).toBe(401);
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(await wrong.text()).not.toContain('righ');
    }
    expect((await asked({ Authorization: 'Bearer right' })).status).toBe(LET_IN);
    expect((await asked({ Authorization: 'bearer  right' })).status).toBe(LET_IN);
    expect((await call(mock, { Authorization: 'Bearer right', Host: 'mock:4010' })).status).toBe(LET_IN);
    expect((await fetch(`${url}/__admin/health`)).status).toBe(200);
  });
});

test('a refused call of an operation is answered as its contract declares', async () => {
  const closed = await mockWith({ host: '0.0.0.0' });
  expect((await call(closed, {}, '/__admin/clock')).status).toBe(403);
  const guarded = await mockWith({ adminToken: 'right' });
  expect((await call(guarded, {}, '/__admin/clock')).status).toBe(401);
  expect((await call(guarded, { Host: 'evil.example' }, '/__admin/clock')).status).toBe(403);
  for (const mock of [closed, guarded]) expect(mock.health().contractViolations).toBe(0);
});

describe('without a control plane', () => {
  test.each([{}, { adminToken: 'token' }, { host: '0.0.0.0' }])(
    'there is nothing there but its health: %j',
    async (options) => {
      const mock = await mockWith({ ...options, admin: false });
      expect(mock.adminAccess).toBe('off');
      for (const path of ['/__admin', '/__admin/clock', '/__admin/jobs', ANYWHERE]) {
        const answer = await call(mock, { Host: 'evil.example' }, path);
        expect(answer.body).toMatchObject({
          type: 'urn:aep-export-jobs-mock:error:path-not-found',
          status: 404,
        });
        expect(answer.body.errors['404'][0].allowed).not.toContain('/__admin/clock');
      }
      const post = await request(mock.app).post('/__admin/reset');
      expect(post.status).toBe(404);
      expect((await call(mock, {}, '/__admin/health')).status).toBe(200);
    },
  );
});

describe('the command', () => {
  let ran: Ran;
  afterEach(async () => {
    await ran.signal('SIGTERM');
  });

  test.each([
    [
      ['--host', '0.0.0.0'],
      {},
      'The control plane (/__admin) is off on 0.0.0.0: --admin-token <token> opens it',
    ],
    [['--no-admin'], {}, 'The control plane (/__admin) is off.'],
    [['--no-admin', '--host', '0.0.0.0'], {}, 'The control plane (/__admin) is off.'],
    [[], { AEP_MOCK_ADMIN: 'false' }, 'The control plane (/__admin) is off.'],
    [[], { AEP_MOCK_ADMIN_TOKEN: 'SECRET' }, 'The control plane (/__admin) asks for the token'],
    [['--host', '0.0.0.0', '--admin-token', 'SECRET'], {}, 'The control plane (/__admin) asks for the token'],
  ])('says so: %j %j', async (args, env, line) => {
    ran = await runCommand(['--port', '0', ...args], env);
    expect(ran.out).toContain(line);
    expect(ran.out + ran.error).not.toContain('SECRET');
  });

  test('says nothing where it is open to this machine, as ever', async () => {
    ran = await runCommand(['--port', '0']);
    expect(ran.out).toContain('Docs: ');
    expect(ran.out).not.toContain('__admin');
  });
});
