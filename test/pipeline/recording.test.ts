import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { loadContract, type Contract } from '../../contract/contract.js';
import type { JournalEntry } from '../../server/journal/journal-entry.js';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { CONTRACT_FILE, CONTROL_FILE } from '../support/contracts.js';
import { example } from '../support/examples.js';
import { temporaryDirectory } from '../support/sandbox-stores.js';
import { BASE, callerOf, credentials, NOW, ORG, SMALLEST_REQUEST, startMock } from '../support/mock.js';
import { valueAt } from '../support/rules.js';

let contract: Contract;
let control: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
  control = await loadContract(CONTROL_FILE, 'when needed');
});

/** The newest entry of the documented sandbox, held to the contract of the control plane. */
function newest(mock: MockServer): JournalEntry {
  const [entry] = mock.sandbox().journal({ limit: 1 });
  if (!entry) throw new Error('nothing was recorded');
  expect(control.schema('JournalEntry')(JSON.parse(JSON.stringify(entry)))).toEqual([]);
  return entry;
}

describe('a call is recorded as it was', () => {
  test('a retrieve', async () => {
    const { mock, get } = await startMock();
    const answer = await get('/export/jobs/100', { 'X-Request-Id': 'mine', 'X-Other': 'Ä1' });
    expect(newest(mock)).toEqual({
      id: 1,
      realTime: expect.stringMatching(/^20/),
      time: new Date(NOW).toISOString(),
      operation: 'retrieveExportJob',
      requestId: 'mine',
      request: {
        method: 'GET',
        url: `${BASE}/export/jobs/100`,
        headers: expect.objectContaining({
          'x-request-id': 'mine',
          'x-gw-ims-org-id': ORG,
          'x-sandbox-name': 'prod',
        }),
      },
      answer: {
        status: 200,
        headers: {
          'x-request-id': 'mine',
          'content-type': 'application/json',
          'content-length': answer.headers['content-length'],
        },
        body: answer.body,
      },
      durationInMs: expect.any(Number),
      violations: [],
      expected: false,
    });
  });

  test('a create, with body and content type as they were sent', async () => {
    const { mock, post } = await startMock();
    const body = { ...SMALLEST_REQUEST, filter: { segments: [{ segmentId: 's' }] } };
    const answer = await post(body, { 'Content-Type': 'application/json; charset=utf-8' });
    const entry = newest(mock);
    expect(entry.request.body).toEqual(body);
    expect(entry.request.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(entry.request.headers).not.toHaveProperty('x-profile-instance-id');
    expect(entry.answer).toMatchObject({ status: 200, body: answer.body });
    expect(entry.answer?.headers['x-location']).toBe('/data/core/ups/export/jobs/11038');
  });

  test('a cancellation, which has no bodies', async () => {
    const { mock, delete: cancel } = await startMock();
    await cancel('/export/jobs/100');
    const { request: sent, answer } = newest(mock);
    expect(sent).not.toHaveProperty('body');
    expect(answer).toEqual({ status: 204, headers: { 'x-request-id': expect.any(String) } });
  });

  test('HEAD, which is answered without a body', async () => {
    const { mock } = await startMock();
    await request(mock.app).head(`${BASE}/export/jobs`).set(credentials());
    const entry = newest(mock);
    expect(entry.request.method).toBe('HEAD');
    expect(entry.answer).toMatchObject({ status: 200 });
    expect(entry.answer).not.toHaveProperty('body');
  });

  test('OPTIONS, which is no operation', async () => {
    const { mock } = await startMock();
    await request(mock.app).options(`${BASE}/export/jobs`).set(credentials());
    expect(newest(mock)).toMatchObject({ operation: null, answer: { status: 204 }, violations: [] });
  });

  test('one after the other, each in the journal of its sandbox', async () => {
    const { mock, get } = await startMock();
    const other = callerOf(mock, { name: 'other' });
    await get('/export/jobs/100');
    await other.get('/export/jobs/722');
    await get('/export/jobs/11037');
    const urls = (name?: string) =>
      mock
        .sandbox({ name })
        .journal()
        .map((entry) => entry.request.url);
    expect(urls()).toEqual([`${BASE}/export/jobs/100`, `${BASE}/export/jobs/11037`]);
    expect(urls('other')).toEqual([`${BASE}/export/jobs/722`]);
  });

  test('by the sandbox’s clock', async () => {
    const { mock, get } = await startMock();
    mock.sandbox().clock.advance(60_000);
    await get('/export/jobs/100');
    expect(newest(mock).time).toBe('2026-01-01T00:01:00.000Z');
  });

  test('whatever it prefers: that is no violation', async () => {
    const { mock, get } = await startMock();
    const operation = contract.operations.find(({ operationId }) => operationId === 'retrieveExportJob');
    for (const code of operation?.responses.keys() ?? []) {
      await get('/export/jobs/100', { Prefer: `code=${code}` });
      expect(newest(mock)).toMatchObject({ answer: { status: code }, violations: [] });
    }
    await get('/export/jobs/5');
    expect(newest(mock)).toMatchObject({ answer: { status: 404 }, violations: [] });
  });
});

test('nothing that authenticates a caller is recorded, however it is spelt', async () => {
  const { mock } = await startMock();
  await mock.listen();
  const { org, name } = { org: ORG, name: 'prod' };
  const secret = 'SECRET';
  for (const [authorization, key] of [
    ['Authorization', 'x-api-key'],
    ['AUTHORIZATION', 'X-API-KEY'],
    ['aUTHORIZATION', 'X-Api-Key'],
  ]) {
    for (const value of [`Bearer ${secret}`, `Basic ${secret}`]) {
      await exchangeRaw(mock, [
        `GET ${BASE}/export/jobs/100 HTTP/1.1`,
        'Host: x',
        `${authorization}: ${value}`,
        `${key}: ${secret}`,
        `${key}: ${secret}2`,
        `x-gw-ims-org-id: ${org}`,
        `x-sandbox-name: ${name}`,
        'Connection: close',
      ]);
    }
  }
  const sandbox = mock.sandbox();
  expect(sandbox.journalCount({ status: 200 })).toBe(3);
  expect(sandbox.journalCount({ status: 401 })).toBe(3);
  expect(JSON.stringify(sandbox.journal())).not.toMatch(/SECRET|"(authorization|x-api-key)":/i);
  await mock.close();
});

function exchangeRaw(mock: MockServer, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port, hostname } = new URL(mock.url);
    const socket = connect(Number(port), hostname, () => socket.write([...lines, '', ''].join('\r\n')));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.on('end', () => resolve(text)).on('error', reject);
  });
}

describe('a body', () => {
  const create = (mock: MockServer, text: string) =>
    request(mock.app)
      .post(`${BASE}/export/jobs`)
      .set({ ...credentials(), 'Content-Type': 'application/json' })
      .send(text);
  const ofBytes = (bytes: number) => JSON.stringify({ fields: 'x'.repeat(bytes - '{"fields":""}'.length) });

  test.each([
    [16 * 1024, { body: { fields: expect.any(String) } }],
    [16 * 1024 + 1, { bodyInBytes: 16 * 1024 + 1 }],
  ])('of a request that is %d bytes long', async (bytes, told) => {
    const { mock } = await startMock();
    await create(mock, ofBytes(bytes));
    const { method, url, headers, ...body } = newest(mock).request;
    expect([method, url, Object.keys(headers).length > 0]).toEqual(['POST', `${BASE}/export/jobs`, true]);
    expect(body).toEqual(told);
  });

  test('of a request that is larger than is read', async () => {
    const { mock } = await startMock();
    await create(mock, ofBytes(1024 * 1024 + 1));
    const entry = newest(mock);
    expect(entry.request).not.toHaveProperty('body');
    expect(entry.request.headers['content-length']).toBe(String(1024 * 1024 + 1));
    expect(entry.violations).toMatchObject([{ rule: '#/components/responses/ContentTooLarge' }]);
  });

  test('of an answer that is large is told by its size', async () => {
    const { mock, get } = await startMock({ seed: 'demo' });
    const answer = await get('/export/jobs');
    const bytes = Number(answer.headers['content-length']);
    expect(bytes).toBeGreaterThan(16 * 1024);
    expect(newest(mock).answer).toEqual({
      status: 200,
      headers: expect.anything(),
      bodyInBytes: bytes,
    });
  });

  test('is measured in bytes', async () => {
    const { mock } = await startMock();
    await create(mock, JSON.stringify({ fields: '✓'.repeat(6000) }));
    expect(newest(mock).request.bodyInBytes).toBe(6000 * 3 + '{"fields":""}'.length);
  });

  test('that is nested as deeply as it can be does not keep the journal from being read', async () => {
    const { mock } = await startMock();
    await create(mock, '['.repeat(8000) + ']'.repeat(8000));
    expect(newest(mock).request.body).toEqual(expect.any(String));
  });

  test('that somebody read before the mock is recorded before defaults are filled in', async () => {
    const { mock } = await startMock();
    const app = express().use(express.json(), mock.app as express.RequestHandler);
    await request(app).post(`${BASE}/export/jobs`).set(credentials()).send(SMALLEST_REQUEST).expect(200);
    expect(newest(mock).request.body).toEqual(SMALLEST_REQUEST);
  });
});

describe('the entry of a refused call names pointer, rule and what is allowed', () => {
  let mock: MockServer;
  beforeAll(async () => {
    ({ mock } = await startMock());
  });
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(credentials()).filter(([name]) => !names.includes(name)));
  const json = { 'Content-Type': 'application/json' };
  const jobs = `${BASE}/export/jobs`;
  type Sent = [method: string, path: string, headers?: Record<string, string>, body?: string];

  test.each<[what: string, call: Sent, status: number, pointer: string, rule: string, allowed: RegExp]>([
    [
      'no token',
      ['GET', jobs, without('Authorization')],
      403,
      '/headers/authorization',
      '#/components/securitySchemes/accessToken',
      /Bearer/,
    ],
    [
      'a token that is none',
      ['GET', jobs, { ...credentials(), Authorization: 'Basic x' }],
      401,
      '/headers/authorization',
      '#/components/securitySchemes/accessToken',
      /Bearer/,
    ],
    [
      'no key',
      ['GET', jobs, without('x-api-key')],
      403,
      '/headers/x-api-key',
      '#/components/securitySchemes/apiKey',
      /required/,
    ],
    [
      'no organisation',
      ['GET', jobs, without('x-gw-ims-org-id')],
      400,
      '/headers/x-gw-ims-org-id',
      '#/components/securitySchemes/organisation',
      /required/,
    ],
    [
      'no sandbox',
      ['GET', jobs, without('x-sandbox-name')],
      400,
      '/headers/x-sandbox-name',
      '#/components/securitySchemes/sandbox',
      /required/,
    ],
    [
      'an empty sandbox',
      ['GET', jobs, { ...credentials(), 'x-sandbox-name': '' }],
      400,
      '/headers/x-sandbox-name',
      '#/components/securitySchemes/sandbox',
      /required/,
    ],
    [
      'an unknown query parameter',
      ['GET', `${jobs}?limt=1`],
      400,
      '/query/limt',
      '#/paths/~1export~1jobs/get/parameters',
      /limit/,
    ],
    [
      'a bad query parameter',
      ['GET', `${jobs}?limit=0`],
      400,
      '/query/limit',
      '#/paths/~1export~1jobs/get/parameters/0/schema/minimum',
      /at least 1/,
    ],
    [
      'a bad id',
      ['GET', `${jobs}/0`],
      404,
      '/path/exportJobId',
      '#/components/schemas/ExportJobId/minimum',
      /at least 1/,
    ],
    [
      'an id that is no number',
      ['DELETE', `${jobs}/x`],
      404,
      '/path/exportJobId',
      '#/components/schemas/ExportJobId',
      /integer/,
    ],
    [
      'a bad preference',
      ['GET', jobs, { ...credentials(), Prefer: 'code=999' }],
      400,
      '/headers/prefer',
      '#/components/parameters/Prefer',
      /200/,
    ],
    [
      'a missing property',
      ['POST', jobs, { ...credentials(), ...json }, '{"destination":{},"schema":{"name":"s"}}'],
      400,
      '/body/destination/datasetId',
      '#/components/schemas/RequestedDestination/required',
      /required/,
    ],
    [
      'a body that is not JSON',
      ['POST', jobs, { ...credentials(), ...json }, '{'],
      400,
      '/body',
      '#/paths/~1export~1jobs/post/requestBody',
      /JSON/,
    ],
    [
      'no body',
      ['POST', jobs, { ...credentials(), ...json }],
      400,
      '/body',
      '#/paths/~1export~1jobs/post/requestBody',
      /JSON/,
    ],
    [
      'another content type',
      ['POST', jobs, { ...credentials(), 'Content-Type': 'text/plain' }, '{}'],
      400,
      '/headers/content-type',
      '#/paths/~1export~1jobs/post/requestBody',
      /json/,
    ],
    [
      'another charset',
      ['POST', jobs, { ...credentials(), 'Content-Type': 'application/json; charset=latin1' }, '{}'],
      415,
      '/headers/content-type',
      '#/components/responses/UnsupportedMediaType',
      /utf-8/,
    ],
    [
      'another encoding',
      ['POST', jobs, { ...credentials(), ...json, 'Content-Encoding': 'x' }, '{}'],
      415,
      '/headers/content-encoding',
      '#/components/responses/UnsupportedMediaType',
      /gzip/,
    ],
    ['a method that is not allowed', ['PUT', jobs], 405, '/method', '#/paths/~1export~1jobs', /GET/],
    ['a path that there is not', ['GET', `${BASE}/segment/jobs`], 404, '/path', '#/paths', /export/],
    [
      'no token, at a path that there is not',
      ['GET', `${BASE}/segment/jobs`, {}],
      403,
      '/headers/authorization',
      '#/components/securitySchemes/accessToken',
      /Bearer/,
    ],
  ])('%s', async (_what, [method, path, headers = credentials(), body], status, pointer, rule, allowed) => {
    mock.sandbox().clearJournal();
    const agent = request(mock.app) as unknown as Record<'get', (path: string) => request.Test>;
    const answer = await agent[method.toLowerCase() as 'get'](path).set(headers).send(body);
    expect(answer.status).toBe(status);
    const entry = newest(mock);
    expect(entry).toMatchObject({ request: { method, url: path }, answer: { status, body: answer.body } });
    expect(entry.violations.length).toBeGreaterThan(0);
    expect(entry.violations[0]).toMatchObject({
      of: 'request',
      pointer,
      rule: expect.stringMatching(new RegExp(`^${rule}(/|$)`)),
      allowed: expect.stringMatching(allowed),
    });
    for (const violation of entry.violations) expect(valueAt(contract, violation.rule)).toBeDefined();
    expect(answer.text).not.toContain('"rule"');
    expect(mock.sandbox().journalCount({ violations: true })).toBe(1);
  });

  test.each([
    ['an unknown key', '', 'x', '/headers/x-api-key', '#/components/securitySchemes/apiKey'],
    ['a key of others', '', 'key', '/headers/x-gw-ims-org-id', '#/components/securitySchemes/organisation'],
    ['a key of others, by address', '/as/o/s', 'key', '/url', '#/components/securitySchemes/organisation'],
  ])('with pinned credentials: %s', async (_what, address, key, pointer, rule) => {
    const file = join(temporaryDirectory(), 'credentials.json');
    writeFileSync(
      file,
      JSON.stringify({ credentials: [{ apiKey: 'key', clientSecret: 's', organizations: [] }] }),
    );
    const { mock: pinned } = await startMock({ credentials: file });
    await request(pinned.app)
      .get(`${address}${jobs}`)
      .set({ ...credentials(), 'x-api-key': key })
      .expect(403);
    const sandbox = address === '' ? {} : { org: 'o', name: 's' };
    const [entry] = pinned.sandbox(sandbox).journal();
    expect(entry?.violations).toEqual([
      { of: 'request', message: expect.any(String), pointer, rule, allowed: expect.any(String) },
    ]);
  });

  test('for each thing that is wrong', async () => {
    const { mock, post } = await startMock();
    const { body } = await post({ destination: {}, more: 1, schema: { name: 5 } });
    const told = (body.errors['400'] as object[]).map((entry) =>
      expect.objectContaining({ ...entry, code: undefined }),
    );
    expect(newest(mock).violations.map((violation) => ({ ...violation, code: undefined }))).toEqual(told);
    expect(told).toHaveLength(3);
  });

  test('an answer that was about to break the contract', async () => {
    const { mock, get } = await startMock({
      operations: { retrieveExportJob: () => () => ({ status: 200, body: { id: 'x' } as never }) },
    });
    await get('/export/jobs/100');
    const { answer, violations } = newest(mock);
    expect(answer?.status).toBe(500);
    expect(violations).toEqual([
      expect.objectContaining({ of: 'answer', rule: '#/components/schemas/ExportJob/discriminator' }),
    ]);
  });
});

test('the calls for a job are found by its id, whether they reached it or not', async () => {
  const { mock, get, delete: cancel } = await startMock();
  const agent = request(mock.app);
  await get('/export/jobs?offset=1_100');
  await get('/export/jobs/100');
  await get('/export/jobs/1001');
  await cancel('/export/jobs/100');
  await agent.get(`/as/${encodeURIComponent(ORG)}/prod${BASE}/export/jobs/100?x=1`).set(credentials());
  await agent.get(`${BASE}/export/jobs/100`).set('x-gw-ims-org-id', ORG);
  await agent.put(`${BASE}/export/jobs/100`).set(credentials());
  await get('/export/jobs/0100');
  const sandbox = mock.sandbox();
  expect(sandbox.journal({ job: 100 }).map(({ id }) => id)).toEqual([2, 4, 5, 6, 7]);
  expect(sandbox.journal({ job: 1001 }).map(({ id }) => id)).toEqual([3]);
  expect(sandbox.journalCount({ job: 100, status: 405 })).toBe(1);
  expect(sandbox.journalCount({ job: undefined })).toBe(8);
});

describe('a call that reaches no sandbox', () => {
  test('is recorded for the one that it names, and makes none', async () => {
    const opened: string[] = [];
    const mock = await createMockServer({
      clock: NOW,
      operations: {
        listExportJobs: (services) => {
          opened.push(services.org);
          throw new Error('enough');
        },
      },
    });
    const headers: Record<string, string> = { 'x-gw-ims-org-id': 'o', 'x-sandbox-name': 's' };
    await request(mock.app).get(`${BASE}/export/jobs`).set(headers).expect(403);
    await request(mock.app)
      .get(`${BASE}/elsewhere`)
      .set({ ...credentials(), ...headers })
      .expect(404);
    await request(mock.app).get(`${BASE}/export/jobs`).expect(403);
    await request(mock.app).get(`${BASE}/export/jobs`).set({ 'x-sandbox-name': 's' }).expect(403);
    expect(opened).toEqual([]);
    expect(mock.sandbox({ org: 'o', name: 's' }).journal()).toMatchObject([
      { id: 1, operation: 'listExportJobs', answer: { status: 403 }, time: new Date(NOW).toISOString() },
      { id: 2, operation: null, answer: { status: 404 } },
    ]);
    expect(mock.sandbox().journalCount()).toBe(1);
    expect(mock.sandbox({ name: 's' }).journalCount()).toBe(1);
    // Once there is the sandbox, its clock is what counts.
    mock.sandbox().clock.advance(1000);
    await request(mock.app).get(`${BASE}/export/jobs`).expect(403);
    expect(newest(mock)).toMatchObject({ id: 2, time: '2026-01-01T00:00:01.000Z' });
  });

  test('is recorded for the one that its address names, whatever its headers say', async () => {
    const { mock } = await startMock();
    await request(mock.app).get(`/as/o/s${BASE}/export/jobs`).set({ 'x-sandbox-name': 'other' }).expect(403);
    await request(mock.app).get(`/as/o/s${BASE}/elsewhere`).set(credentials()).expect(404);
    expect(mock.sandbox({ org: 'o', name: 's' }).journal()).toMatchObject([
      { request: { url: `/as/o/s${BASE}/export/jobs` }, operation: 'listExportJobs' },
      { request: { url: `/as/o/s${BASE}/elsewhere` }, operation: null },
    ]);
    expect(mock.sandbox().journalCount()).toBe(0);
  });

  test('is not recorded outside of the API, nor when it is for the control plane, or a preflight', async () => {
    const { mock } = await startMock();
    await request(mock.app).get('/').expect(404);
    await request(mock.app).get('/__admin/health').expect(200);
    await request(mock.app)
      .options(`${BASE}/export/jobs`)
      .set({ Origin: 'http://x', 'Access-Control-Request-Method': 'GET' })
      .expect(204);
    expect(mock.sandbox().journalCount()).toBe(0);
  });
});

test('a caller who has gone before the answer got none', async () => {
  const { mock, get } = await startMock();
  await mock.listen();
  const { port, hostname } = new URL(mock.url);
  const headers = Object.entries({ Host: 'x', ...credentials(), Prefer: 'delay=50' }).map((pair) =>
    pair.join(': '),
  );
  const socket = connect(Number(port), hostname, () => {
    socket.write([`GET ${BASE}/export/jobs/100 HTTP/1.1`, ...headers, '', ''].join('\r\n'));
    setTimeout(() => socket.destroy(), 10);
  });
  await get('/export/jobs/722', { Prefer: 'delay=80' });
  await mock.close();
  expect(mock.sandbox().journal()).toMatchObject([
    { request: { url: `${BASE}/export/jobs/100` }, answer: null, violations: [] },
    { request: { url: `${BASE}/export/jobs/722` }, answer: { status: 200 } },
  ]);
});

describe('of the last calls', () => {
  test('as many are kept as is asked for', async () => {
    const { mock, get } = await startMock({ journal: 2 });
    for (const id of [1, 2, 3]) await get(`/export/jobs/${id}`);
    expect(
      mock
        .sandbox()
        .journal()
        .map(({ id }) => id),
    ).toEqual([2, 3]);
  });

  test('none are kept with 0, nor what they exercised', async () => {
    const { mock, get, post } = await startMock({ journal: 0 });
    await get('/export/jobs');
    await post(example('create-request'));
    await get('/export/jobs?x=1');
    expect(mock.sandbox().journal()).toEqual([]);
    expect(mock.sandbox().coverage().exercised).toBe(0);
  });

  test.each([-1, 100_001, 1.5, '5'])('%p is no number of them', async (journal) => {
    await expect(createMockServer({ journal: journal as number })).rejects.toThrow(
      'expected an integer from 0 to 100000',
    );
  });
});
