import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../server/mock-server.js';
import { BASE, credentials, NOW, ORG } from './support/mock.js';
import { example } from './support/examples.js';

/** The calls of the documentation page, over a real connection, with the host replaced and the placeholders filled. */
let mock: MockServer;

beforeAll(async () => {
  mock = await createMockServer({ clock: NOW, randomSeed: 1 });
  await mock.listen();
});
afterAll(() => mock.close());

interface Documented {
  method: string;
  path: string;
  body?: unknown;
}

const LIST: Documented = { method: 'GET', path: '/export/jobs?limit=2' };
const CREATE: Documented = { method: 'POST', path: '/export/jobs', body: example('create-request') };
const RETRIEVE: Documented = { method: 'GET', path: '/export/jobs/11037' };
const CANCEL: Documented = { method: 'DELETE', path: '/export/jobs/100' };

async function call(
  { method, path, body }: Documented,
  headers: Record<string, string> = {},
  sandbox = 'prod',
) {
  const response = await fetch(mock.url + BASE + path, {
    method,
    headers: {
      ...credentials({ name: sandbox }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

describe('each documented call answers the documented status', () => {
  test.each([
    ['GET /export/jobs', { method: 'GET', path: '/export/jobs' }, 200],
    ['GET /export/jobs?limit={LIMIT}', LIST, 200],
    [
      'GET /export/jobs?offset={OFFSET}',
      { method: 'GET', path: '/export/jobs?offset=1538573416687_722' },
      200,
    ],
    ['GET /export/jobs?status={STATUS}', { method: 'GET', path: '/export/jobs?status=SUCCEEDED' }, 200],
    ['POST /export/jobs', CREATE, 200],
    ['GET /export/jobs/{EXPORT_JOB_ID}', RETRIEVE, 200],
    ['DELETE /export/jobs/{EXPORT_JOB_ID}', CANCEL, 204],
  ])('%s', async (_name, documented, status) => {
    expect((await call(documented, {}, 'statuses')).status).toBe(status);
  });
});

describe('Prefer: example= answers each documented body as it stands', () => {
  test.each([
    [LIST, 'export-jobs', 200],
    [CREATE, 'export-job-created', 200],
    [CREATE, 'export-job-created-with-batches', 200],
    [RETRIEVE, 'export-job-retrieved', 200],
    [CANCEL, 'export-job-cancelled', 200],
    [LIST, 'missing-header', 400],
    [CREATE, 'content-type-missing', 400],
    [LIST, 'oauth-token-not-valid', 401],
    [LIST, 'oauth-token-missing', 403],
    [LIST, 'api-key-required', 403],
    [LIST, 'api-key-invalid', 403],
    [LIST, 'profile-not-valid', 403],
  ])('%j answers %s', async (documented, name, status) => {
    const answer = await call(documented, { Prefer: `example=${name}` }, 'examples');
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(example(name));
    expect(answer.headers.get('preference-applied')).toBe(`example=${name}`);
  });
});

describe('without Prefer, the records of the documented seed are equal to the documented ones', () => {
  const [job100, job722] = example<{ records: unknown[] }>('export-jobs').records;
  const job11037 = { ...example('export-job-retrieved'), imsOrgId: ORG };

  test.each([
    [100, job100],
    [722, job722],
    [11037, job11037],
  ])('retrieving %i', async (id, record) => {
    expect((await call({ method: 'GET', path: `/export/jobs/${id}` })).body).toEqual(record);
  });

  test('listing: job 11037 is the newest, and 100 comes before 722 as documented', async () => {
    const { body } = await call({ method: 'GET', path: '/export/jobs?limit=3' });
    expect(body.records).toEqual([job11037, job100, job722]);
    expect(body.link.next).toBe('/export/jobs/?limit=3&offset=1538573416687_722');
  });
});

test('creating with the documented body answers the documented job, but for what is the mock’s own', async () => {
  const { headers, body } = await call(CREATE, {}, 'creating');
  const documented = example('export-job-created');
  const request = example('create-request');
  expect(headers.get('x-location')).toBe(`${BASE}/export/jobs/${body.id}`);
  expect(body).toEqual({
    ...documented,
    id: 11038,
    imsOrgId: ORG,
    additionalFields: request['additionalFields'],
    destination: {
      ...(documented['destination'] as object),
      batchId: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
    metrics: { totalTime: { startTimeInMs: Date.parse(NOW) } },
    creationTime: Date.parse(NOW),
    updateTime: Date.parse(NOW),
    requestId: headers.get('x-request-id'),
  });
});

test('a created job is NEW, then PROCESSING, then SUCCEEDED as the clock turns, and is listed so', async () => {
  const { clock } = mock.sandbox({ name: 'living' });
  const { body: created } = await call(CREATE, {}, 'living');
  const statusNow = async () =>
    (await call({ method: 'GET', path: `/export/jobs/${created.id}` }, {}, 'living')).body.status;
  const isListedAs = async (status: string) => {
    const { body } = await call({ method: 'GET', path: `/export/jobs?status=${status}` }, {}, 'living');
    return body.records.some(({ id }: { id: number }) => id === created.id);
  };

  expect(created.status).toBe('NEW');
  expect(await isListedAs('NEW')).toBe(true);
  clock.advance(1999);
  expect(await statusNow()).toBe('NEW');
  clock.advance(1);
  expect(await statusNow()).toBe('PROCESSING');
  expect(await isListedAs('NEW')).toBe(false);
  clock.advance(4999);
  expect(await statusNow()).toBe('PROCESSING');
  expect(await isListedAs('SUCCEEDED')).toBe(false);
  clock.advance(1);
  expect(await statusNow()).toBe('SUCCEEDED');
  expect(await isListedAs('SUCCEEDED')).toBe(true);
});
