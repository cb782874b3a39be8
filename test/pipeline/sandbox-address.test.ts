import { beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { BASE, callerOf, credentials, NOW, ORG, SMALLEST_REQUEST } from '../support/mock.js';

const AUTHORIZED = { Authorization: 'Bearer token', 'x-api-key': 'key' };
const PREFIX = `/as/${encodeURIComponent(ORG)}/dev`;

let mock: MockServer;
beforeEach(async () => {
  mock = await createMockServer({ clock: NOW, randomSeed: 1 });
});

const call = (method: 'get' | 'post' | 'delete' | 'head' | 'options' | 'patch', path: string) =>
  request(mock.app)[method](path);

describe('a sandbox by address', () => {
  test('needs no header that names one, and is the one that they would name', async () => {
    const created = await call('post', `${PREFIX}${BASE}/export/jobs`).set(AUTHORIZED).send(SMALLEST_REQUEST);
    expect(created.status).toBe(200);
    expect(created.body.imsOrgId).toBe(ORG);
    const { get } = callerOf(mock, { name: 'dev' });
    expect((await get(`/export/jobs/${created.body.id}`)).body).toEqual(created.body);
    expect((await callerOf(mock).get(`/export/jobs/${created.body.id}`)).status).toBe(404);
  });

  test('stands above what the headers name', async () => {
    const created = await call('post', `${PREFIX}${BASE}/export/jobs`)
      .set(credentials({ org: 'other', name: 'prod' }))
      .send(SMALLEST_REQUEST);
    expect(created.body.imsOrgId).toBe(ORG);
    const listed = await call('get', `${PREFIX}${BASE}/export/jobs?limit=1`).set(credentials());
    expect(listed.body.records).toEqual([created.body]);
  });

  test('answers an X-Location that leads to the job in it, and a next link below it', async () => {
    const created = await call('post', `${PREFIX}${BASE}/export/jobs`).set(AUTHORIZED).send(SMALLEST_REQUEST);
    const location = String(created.headers['x-location']);
    expect(location).toBe(`${PREFIX}${BASE}/export/jobs/${created.body.id}`);
    expect((await call('get', location).set(AUTHORIZED)).body).toEqual(created.body);
    const page = await call('get', `${PREFIX}${BASE}/export/jobs?limit=1`).set(AUTHORIZED);
    expect(page.body.link.next).toMatch(/^\/export\/jobs\/\?limit=1&offset=/);
    const next = await call('get', PREFIX + BASE + String(page.body.link.next)).set(AUTHORIZED);
    expect(next.body.records[0].id).toBe(11037);
    expect(mock.health().contractViolations).toBe(0);
  });

  test.each([
    ['a%2Fb', 'x y', 'a/b', 'x%20y'],
    ['%C3%A9', '..', 'é', '..'],
    ['a%25b', 'c%3Fd', 'a%b', 'c%3Fd'],
  ])('is read by its parts, percent-decoded: %s %s', async (org, name, decoded, encoded) => {
    const answer = await call('post', `/as/${org}/${encoded}${BASE}/export/jobs`)
      .set(AUTHORIZED)
      .send(SMALLEST_REQUEST);
    expect(answer.body.imsOrgId).toBe(decoded);
    const { id } = answer.body as { id: number };
    const handle = mock.sandbox({ org: decoded, name: decodeURIComponent(name) });
    handle.clock.advance(2000);
    const retrieved = await call('get', String(answer.headers['x-location'])).set(AUTHORIZED);
    expect(retrieved.body).toMatchObject({ id, status: 'PROCESSING' });
  });

  test.each([
    [{}, '403010'],
    [{ Authorization: 'Basic x', 'x-api-key': 'key' }, '401013'],
    [{ Authorization: 'Bearer x' }, '403000'],
  ])('asks for token and key as ever: %j', async (headers, code) => {
    const answer = await call('get', `${PREFIX}${BASE}/export/jobs`).set(headers);
    expect(answer.body.error_code).toBe(code);
  });
});

describe('below the address of a sandbox', () => {
  test('HEAD, OPTIONS, 404 and 405 are as ever', async () => {
    const head = await call('head', `${PREFIX}${BASE}/export/jobs`).set(AUTHORIZED);
    expect([head.status, head.text]).toEqual([200, undefined]);
    const options = await call('options', `${PREFIX}${BASE}/export/jobs`).set(AUTHORIZED);
    expect([options.status, options.headers['allow']]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
    const patched = await call('patch', `${PREFIX}${BASE}/export/jobs`).set(AUTHORIZED);
    expect([patched.status, patched.headers['allow']]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
    for (const id of ['7', '%zz']) {
      const missing = await call('get', `${PREFIX}${BASE}/export/jobs/${id}`).set(AUTHORIZED);
      expect(missing.body.type).toBe('urn:aep-export-jobs-mock:error:export-job-not-found');
    }
    expect((await call('get', `${PREFIX}${BASE}/nothing`)).status).toBe(403);
    const nowhere = await call('get', `${PREFIX}${BASE}/nothing?x=1`).set(AUTHORIZED);
    expect(nowhere.status).toBe(404);
    expect(nowhere.body.errors['404'][0]).toMatchObject({
      message: `There is nothing at ${PREFIX}${BASE}/nothing.`,
      allowed: expect.stringContaining(`[/as/{org}/{sandbox}]${BASE}/export/jobs,`),
    });
  });

  test('a preflight is answered', async () => {
    const answer = await call('options', `${PREFIX}${BASE}/export/jobs`).set({
      Origin: 'http://localhost:3000',
      'Access-Control-Request-Method': 'POST',
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
  });

  test('requests are held to the contract, and preferences heeded', async () => {
    const refused = await call('get', `${PREFIX}${BASE}/export/jobs?limt=1`).set(AUTHORIZED);
    expect(refused.body.errors['400'][0].pointer).toBe('/query/limt');
    const preferred = await call('get', `${PREFIX}${BASE}/export/jobs/100`).set({
      ...AUTHORIZED,
      Prefer: 'code=503',
    });
    expect(preferred.status).toBe(503);
  });
});

describe('what is no address of a sandbox is 404', () => {
  test.each([
    '/as',
    '/as/',
    '/as/org',
    '/as/org/dev',
    `/as/org${BASE}/export/jobs`,
    `/as//dev${BASE}/export/jobs`,
    `/as/org/${BASE}/export/jobs`,
    `/as/%zz/dev${BASE}/export/jobs`,
    `/as/org/%F0%9F${BASE}/export/jobs`,
    `/as/org/dev${BASE}x/export/jobs`,
    `/as/org/dev/as/org/dev${BASE}/export/jobs`,
    `/AS/org/dev${BASE}/export/jobs`,
    '/as/org/dev/__admin/health',
    '/as/org/dev/',
  ])('%s', async (path) => {
    const answer = await call('get', path).set(credentials());
    expect(answer.status).toBe(404);
    expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:path-not-found');
    expect(answer.body.errors['404'][0].message).toBe(`There is nothing at ${path}.`);
  });
});
