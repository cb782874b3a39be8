import { describe, expect, test } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import request, { type Test } from 'supertest';
import { createMockServer, type MockServer } from '../../../server/mock-server.js';
import { BASE, callerOf, credentials, SMALLEST_REQUEST, startMock } from '../../support/mock.js';

const PATH = '/ims/token/v3';
const DAY = 24 * 60 * 60 * 1000;
const YEAR = 365 * DAY;
const ASKED = {
  client_id: 'key',
  client_secret: 'secret',
  grant_type: 'client_credentials',
  scope: 'openid,AdobeID',
};

const askFor = (mock: MockServer, form: object = ASKED): Test =>
  request(mock.app).post(PATH).type('form').send(form);

async function mintedBy(mock: MockServer): Promise<{ Authorization: string }> {
  const { body } = await askFor(mock);
  return { Authorization: `Bearer ${body.access_token}` };
}

const VALID = 200;
const REFUSED = { error_code: '401013', message: 'Oauth token is not valid' };

describe('the endpoint for tokens', () => {
  test('mints a token, as a JWT that tells whose it is and how long it is good for', async () => {
    const { mock } = await startMock();
    const before = Date.now();
    const answer = await askFor(mock).set('x-request-id', 'mine');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 86_400,
    });
    expect(answer.headers).toMatchObject({
      'x-request-id': 'mine',
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
    });
    const token = answer.body.access_token as string;
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
    const claims = decodeJwt(token);
    expect(claims).toEqual({
      client_id: 'key',
      created_at: expect.stringMatching(/^\d+$/),
      expires_in: String(DAY),
      scope: 'openid,AdobeID',
      jti: expect.any(String),
    });
    expect(Number(claims['created_at'])).toBeGreaterThanOrEqual(before);
    expect(Number(claims['created_at'])).toBeLessThanOrEqual(Date.now());
  });

  test('mints no token twice', async () => {
    const { mock } = await startMock();
    const answers = await Promise.all([1, 2, 3].map(() => askFor(mock)));
    expect(new Set(answers.map(({ body }) => body.access_token as string)).size).toBe(3);
  });

  test('passes over what it does not know, as OAuth asks', async () => {
    const { mock } = await startMock();
    const answer = await askFor(mock, { ...ASKED, response_type: 'token', toString: 'x', __proto__: 'x' });
    expect(answer.status).toBe(200);
  });

  test('takes a content type with a charset, and a secret of any characters', async () => {
    const { mock } = await startMock();
    const body = 'client_id=a&client_secret=%C3%A9%26%2B+%zz&grant_type=client_credentials&scope=s';
    const type = 'Application/X-WWW-Form-Urlencoded; charset=UTF-8';
    expect((await request(mock.app).post(PATH).set('Content-Type', type).send(body)).status).toBe(200);
  });

  test.each([
    ['nothing', {}, 'invalid_request', "The property 'client_id' is missing. Allowed: it is required."],
    ['no secret', { client_secret: undefined }, 'invalid_request', "'client_secret' is missing."],
    ['an empty client', { client_id: '' }, 'invalid_request', "'client_id' is missing."],
    ['no scope', { scope: undefined }, 'invalid_request', "'scope' is missing."],
    ['no grant type', { grant_type: undefined }, 'invalid_request', "'grant_type' is missing."],
    [
      'a scope too long',
      { scope: 'x'.repeat(5000) },
      'invalid_request',
      'at most this many characters: 4096',
    ],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type', 'one of client_credentials'],
    [
      'a client twice',
      { client_id: ['a', 'b'] },
      'invalid_request',
      "The parameter 'client_id' is repeated.",
    ],
    [
      'another grant, and no client',
      { grant_type: 'password', client_id: '' },
      'invalid_request',
      "'client_id' is missing.",
    ],
  ])('refuses %s, and says what is allowed', async (what, changes, error, description) => {
    const { mock } = await startMock();
    const answer = await askFor(mock, what === 'nothing' ? {} : { ...ASKED, ...changes });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error, error_description: expect.stringContaining(description) });
    expect(answer.headers['x-request-id']).toMatch(/./);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(mock.health().contractViolations).toBe(0);
  });

  test.each([
    ['JSON', 'application/json', JSON.stringify(ASKED), 400, 'application/x-www-form-urlencoded'],
    ['text', 'text/plain', 'client_id=a', 400, 'application/x-www-form-urlencoded'],
    ['too many parameters', 'application/x-www-form-urlencoded', 'a=1&'.repeat(1000), 400, 'at most 1000'],
    [
      'too much',
      'application/x-www-form-urlencoded',
      'a'.repeat(1024 * 1024 + 1),
      413,
      'at most 1048576 bytes',
    ],
    ['another charset', 'application/x-www-form-urlencoded; charset=latin1', 'client_id=a', 415, 'utf-8'],
  ])('refuses %s', async (_what, type, body, status, allowed) => {
    const { mock } = await startMock();
    const answer = await request(mock.app).post(PATH).set('Content-Type', type).send(body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(allowed);
    expect(answer.headers['content-type']).toBe('application/json');
    if (status === 400) expect(answer.body.error).toBe('invalid_request');
    expect(mock.health().contractViolations).toBe(0);
  });

  test('refuses what does not stand in the body, and repeats no secret', async () => {
    const { mock } = await startMock();
    const query = await request(mock.app)
      .post(`${PATH}?client_id=key&client_secret=hunter2`)
      .type('form')
      .send({ ...ASKED, client_secret: ['hunter2', 'hunter3'] });
    expect(query.status).toBe(400);
    expect(query.text).not.toContain('hunter');
    const { body } = await request(mock.app).post(`${PATH}?client_secret=hunter2`).type('form').send(ASKED);
    expect(body.error_description).toBe(
      "The query parameter 'client_secret' is not known. Allowed: no query parameter at all.",
    );
    const id = await askFor(mock).set('x-request-id', 'a b');
    expect(id.body).toEqual({
      error: 'invalid_request',
      error_description: expect.stringContaining('x-request-id'),
    });
  });

  test('tells its method, and answers preflights', async () => {
    const { mock } = await startMock();
    const get = await request(mock.app).get(PATH);
    expect([get.status, get.headers['allow']]).toEqual([405, 'POST, OPTIONS']);
    const preflight = await request(mock.app)
      .options(PATH)
      .set({ Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'POST' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toBe('POST,OPTIONS');
    const without = await createMockServer({ cors: false });
    expect((await askFor(without)).headers).not.toHaveProperty('access-control-allow-origin');
  });
});

test('by default, any bearer token is good', async () => {
  const { get } = await startMock();
  expect((await get('/export/jobs', { Authorization: 'Bearer x.y.z' })).status).toBe(VALID);
});

describe('with minted tokens alone', () => {
  const start = (options = {}) => startMock({ auth: 'minted', clock: undefined, ...options });

  test.each<[string, (mock: MockServer) => Test]>([
    ['listExportJobs', ({ app }) => request(app).get(`${BASE}/export/jobs`)],
    ['createExportJob', ({ app }) => request(app).post(`${BASE}/export/jobs`).send(SMALLEST_REQUEST)],
    ['retrieveExportJob', ({ app }) => request(app).get(`${BASE}/export/jobs/100`)],
    ['cancelExportJob', ({ app }) => request(app).delete(`${BASE}/export/jobs/100`)],
  ])('others are refused as documented: %s', async (_name, call) => {
    const { mock } = await start();
    const refused = await call(mock).set(credentials());
    expect(refused.status).toBe(401);
    expect(refused.body).toEqual(REFUSED);
    expect(refused.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    const token = await mintedBy(mock);
    expect((await call(mock).set({ ...credentials(), ...token })).status).toBeLessThan(300);
    mock.sandbox().clock.advance(DAY + 1000);
    expect((await call(mock).set({ ...credentials(), ...token })).body).toEqual(REFUSED);
  });

  test('one of another mock is none', async () => {
    const [one, other] = [await start({ randomSeed: 1 }), await start({ randomSeed: 1 })];
    expect((await other.get('/export/jobs', await mintedBy(one.mock))).status).toBe(401);
  });

  test('one that was changed is none, and the scheme is read without regard to case', async () => {
    const { mock, get } = await start();
    const { Authorization: token } = await mintedBy(mock);
    expect((await get('/export/jobs', { Authorization: `${token}x` })).status).toBe(401);
    expect((await get('/export/jobs', { Authorization: token.replace('Bearer ', 'BEARER   ') })).status).toBe(
      VALID,
    );
  });

  test('a refused call makes no sandbox, and an unknown one goes by a clock that was not turned', async () => {
    const { mock } = await start();
    const token = await mintedBy(mock);
    mock.sandbox().clock.advance(2 * DAY);
    const { get } = callerOf(mock, { name: 'new' });
    expect((await get('/export/jobs', token)).status).toBe(VALID);
  });
});

describe.each([
  ['goes', undefined],
  ['is frozen', '2026-01-01T00:00:00Z'],
])('on a clock that %s', (_how, clock) => {
  const start = () => startMock({ auth: 'minted', clock });

  test('a token is good for a day, and for no longer', async () => {
    const { mock, get } = await start();
    const token = await mintedBy(mock);
    const handle = mock.sandbox();
    handle.clock.advance(DAY - 5000);
    expect((await get('/export/jobs', token)).status).toBe(VALID);
    handle.clock.advance(5001);
    expect((await get('/export/jobs', token)).body).toEqual(REFUSED);
    // As it was before, where the clock is turned back.
    handle.clock.advance(-2 * 3_600_000);
    expect((await get('/export/jobs', token)).status).toBe(VALID);
  });

  test('one sandbox’s clock is nothing to another', async () => {
    const { mock } = await start();
    const token = await mintedBy(mock);
    mock.sandbox({ name: 'late' }).clock.advance(2 * DAY);
    expect((await callerOf(mock, { name: 'late' }).get('/export/jobs', token)).status).toBe(401);
    expect((await callerOf(mock, { name: 'now' }).get('/export/jobs', token)).status).toBe(VALID);
  });

  test('a renewed token is good at once, even a year ahead, and for a day again', async () => {
    const { mock, get } = await start();
    const handle = mock.sandbox();
    const old = await mintedBy(mock);
    handle.clock.advance(YEAR);
    expect((await get('/export/jobs', old)).status).toBe(401);
    const renewed = await mintedBy(mock);
    expect((await get('/export/jobs', renewed)).status).toBe(VALID);
    handle.clock.freeze();
    expect((await get('/export/jobs', renewed)).status).toBe(VALID);
    const whileFrozen = await mintedBy(mock);
    handle.clock.advance(DAY - 5000);
    expect((await get('/export/jobs', whileFrozen)).status).toBe(VALID);
    handle.clock.advance(DAY);
    expect((await get('/export/jobs', whileFrozen)).status).toBe(401);
  });
});

test('minting and turning one right after the other never makes a token good or bad that is not', async () => {
  const { mock, get } = await startMock({ auth: 'minted', clock: undefined });
  const { clock } = mock.sandbox();
  for (let round = 0; round < 30; round++) {
    const token = await mintedBy(mock);
    expect((await get('/export/jobs/100', token)).status).toBe(VALID);
    clock.advance(DAY + 1000);
    expect((await get('/export/jobs/100', token)).status).toBe(401);
  }
});
