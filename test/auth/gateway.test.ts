import { beforeAll, describe, expect, test } from '@jest/globals';
import request, { type Test } from 'supertest';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { BASE, credentials } from '../support/mock.js';

let mock: MockServer;

beforeAll(async () => {
  mock = await createMockServer();
});

function without(...names: string[]): Record<string, string> {
  const headers = credentials();
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

const calls: [string, () => Test][] = [
  ['listExportJobs', () => request(mock.app).get(`${BASE}/export/jobs`)],
  ['createExportJob', () => request(mock.app).post(`${BASE}/export/jobs`)],
  ['retrieveExportJob', () => request(mock.app).get(`${BASE}/export/jobs/100`)],
  ['cancelExportJob', () => request(mock.app).delete(`${BASE}/export/jobs/100`)],
  ['a path that there is not', () => request(mock.app).get(`${BASE}/segment/jobs`)],
];

describe.each(calls)('%s', (_name, call) => {
  test.each([
    ['no Authorization', without('Authorization'), 403, '403010', 'Oauth token is missing.'],
    [
      'an empty Authorization',
      { ...credentials(), Authorization: '' },
      403,
      '403010',
      'Oauth token is missing.',
    ],
    [
      'Basic credentials',
      { ...credentials(), Authorization: 'Basic x' },
      401,
      '401013',
      'Oauth token is not valid',
    ],
    [
      'a bearer without a token',
      { ...credentials(), Authorization: 'Bearer' },
      401,
      '401013',
      'Oauth token is not valid',
    ],
    ['no x-api-key', without('x-api-key'), 403, '403000', 'Api Key is required'],
    ['no x-gw-ims-org-id', without('x-gw-ims-org-id'), 400, '400003', 'Missing header'],
    ['no x-sandbox-name', without('x-sandbox-name'), 400, '400003', 'Missing header'],
    ['no headers at all', {}, 403, '403010', 'Oauth token is missing.'],
    ['no token and no key', without('Authorization', 'x-api-key'), 403, '403010', 'Oauth token is missing.'],
    [
      'no key and no organisation',
      without('x-api-key', 'x-gw-ims-org-id'),
      403,
      '403000',
      'Api Key is required',
    ],
  ])('with %s is refused', async (_case, headers, status, code, message) => {
    const answer = await call().set(headers);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ error_code: code, message });
    expect(answer.headers['x-request-id']).toMatch(/./);
    expect(answer.headers['www-authenticate']).toBe(
      status === 401 ? 'Bearer error="invalid_token"' : undefined,
    );
  });
});

test('the scheme is read without regard to case (RFC 9110, section 11.1)', async () => {
  const headers = { ...credentials(), Authorization: 'bearer token' };
  expect((await request(mock.app).get(`${BASE}/export/jobs`).set(headers)).status).toBe(200);
});

test('the gateway comes before the body and the contract', async () => {
  const call = request(mock.app).post(`${BASE}/export/jobs?x=1`).set('Content-Type', 'text/plain').send('{');
  expect((await call).body).toEqual({ error_code: '403010', message: 'Oauth token is missing.' });
});

test('a path outside of the API is 404 without credentials', async () => {
  const answer = await request(mock.app).get('/');
  expect(answer.status).toBe(404);
  expect(answer.body.errors['404'][0].allowed).toContain(`${BASE}/export/jobs`);
});
