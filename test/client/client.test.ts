import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import * as client from '../../client/client.js';
import { createExportJobsClient, ExportJobsError } from '../../client/client.js';
import type { ExportJobStatus } from '../../generated/openapi.js';
import { anExportJob } from '../../client/testing/builders.js';
import { packageRoot } from '../../contract/package-root.js';
import { API_KEY, clientOf, TOKEN, type ClientOptions } from '../support/client.js';
import { fakeFetch } from '../support/fake-fetch.js';
import { ORG, SMALLEST_REQUEST } from '../support/mock.js';

const ORIGIN = 'https://service.test';
const JOB = anExportJob({ id: 7 });
const page = (ids: number[], next = '') => ({
  records: ids.map((id) => anExportJob({ id })),
  page: { sortField: 'createdTime', sort: 'desc', pageOffset: '', pageSize: ids.length },
  link: { next },
});

type Replies = Parameters<typeof fakeFetch>;
function answered(replies: Replies, options: Partial<ClientOptions> = {}) {
  const { fetch, requests } = fakeFetch(...replies);
  return { ...clientOf(ORIGIN, { fetch, ...options }), requests };
}
async function errorOf(call: Promise<unknown>): Promise<ExportJobsError> {
  const error: unknown = await call.then(
    () => 'ok',
    (reason: unknown) => reason,
  );
  if (error instanceof ExportJobsError) return error;
  throw new Error(`It should have been an ExportJobsError: ${String(error)}`);
}
const retrieved = (...replies: Replies) =>
  errorOf(answered(replies, { attempts: 1 }).client.retrieveExportJob(7));

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('options', () => {
  const GOOD = { baseUrl: ORIGIN, accessToken: TOKEN, apiKey: API_KEY, orgId: ORG, sandboxName: 'prod' };
  test.each<[object, string]>([
    [
      { baseUrl: undefined },
      'baseUrl is missing; it is an absolute http or https URL, such as https://platform.adobe.io/data/core/ups.',
    ],
    [{ baseUrl: 'platform.adobe.io' }, 'baseUrl is to be an absolute http or https URL'],
    [{ baseUrl: 'ftp://platform.adobe.io' }, 'baseUrl is to be an absolute http or https URL'],
    [{ baseUrl: `${ORIGIN}?a=b` }, 'without query and fragment'],
    [{ baseUrl: `https://user:${TOKEN}@service.test` }, 'baseUrl is to be an absolute http or https URL'],
    [{ baseUrl: `https://user:secret@service.test` }, 'baseUrl may hold no user and no password.'],
    [
      { accessToken: undefined },
      'accessToken is to be a text; it is undefined; or a function that answers it.',
    ],
    [{ accessToken: `Bearer ${TOKEN}` }, 'accessToken is to be given without “Bearer” before it'],
    [{ accessToken: `${TOKEN}\n` }, 'accessToken is to be printable ASCII without spaces'],
    [{ apiKey: '' }, 'apiKey is missing'],
    [{ orgId: 'ä' }, 'orgId is not one; it is a text of printable ASCII'],
    [{ sandboxName: 1 }, 'sandboxName is not one'],
    [{ fetch: {} }, 'fetch is to be a function; it is object.'],
    [{ baseUrl: `${ORIGIN}/ups?` }, 'without query and fragment'],
    [{ baseUrl: `${ORIGIN}/ups#` }, 'without query and fragment'],
    [{ baseUrl: `${ORIGIN}/u ps` }, 'without spaces'],
    [{ baseUrl: 'http:service.test' }, 'baseUrl is to be an absolute http or https URL'],
    [{ attempts: 0 }, 'attempts is a number from 1; it is 0.'],
    [{ attempts: 1.5 }, 'attempts is a whole number from 1, or Infinity; it is 1.5.'],
    [{ attempts: null }, 'attempts is a number from 1; it is null.'],
    [{ timeoutMs: '5' }, 'timeoutMs is a number from 1; it is string.'],
    [{ retryForMs: Number.NaN }, 'retryForMs is a number from 0; it is NaN.'],
    [{ timeOutMs: 5 }, 'createExportJobsClient has no option timeOutMs; it has baseUrl,'],
  ])('%j is refused at once', (wrong, message) => {
    const create = () => createExportJobsClient({ ...GOOD, ...wrong });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
    expect(create).not.toThrow(TOKEN);
  });

  test('without any, it is said which there are', () => {
    // @ts-expect-error They are needed.
    expect(() => createExportJobsClient()).toThrow('takes an object of options: baseUrl, accessToken,');
  });

  test('the platform’s fetch is the one of the moment of the call', async () => {
    const { client } = clientOf(ORIGIN);
    const { fetch } = fakeFetch([200, JOB]);
    jest.spyOn(globalThis, 'fetch').mockImplementation(fetch as typeof globalThis.fetch);
    expect(await client.retrieveExportJob(7)).toEqual(JOB);
  });

  test('a fetch may answer without streams, or with those of Node', async () => {
    const text = () => Promise.resolve(JSON.stringify(JOB));
    for (const body of [undefined, { pipe: () => undefined }]) {
      const answer = { status: 200, headers: new Headers(), body, text };
      const { client } = clientOf(ORIGIN, { fetch: () => Promise.resolve(answer as unknown as Response) });
      expect(await client.createExportJob(SMALLEST_REQUEST)).toEqual(JOB);
    }
  });

  test.each([undefined, null, JOB, { status: 200, json: () => JOB }])(
    'a fetch that answers %j is told of, and not called again',
    async (answer) => {
      const fetch = jest.fn(() => Promise.resolve(answer as unknown as Response));
      const { client } = clientOf(ORIGIN, { fetch });
      await expect(client.retrieveExportJob(7)).rejects.toThrow(
        new TypeError('fetch is to answer a Response, as that of the platform does.'),
      );
      expect(fetch).toHaveBeenCalledTimes(1);
    },
  );

  test('a wait may be without end', async () => {
    const { client } = answered([[200, JOB]], {
      timeoutMs: Infinity,
      retryForMs: Infinity,
      attempts: Infinity,
    });
    expect(await client.retrieveExportJob(7)).toEqual(JOB);
  });
});

test('it may be required as well as imported', async () => {
  const required = createRequire(import.meta.url)(
    join(packageRoot, 'dist/cjs/client/client.js'),
  ) as typeof client;
  const { fetch } = fakeFetch([200, JOB], [404]);
  const options = {
    baseUrl: ORIGIN,
    accessToken: TOKEN,
    apiKey: API_KEY,
    orgId: ORG,
    sandboxName: 'prod',
    fetch,
  };
  const ofRequired = required.createExportJobsClient(options);
  expect(await ofRequired.retrieveExportJob(7)).toEqual(JOB);
  const refused = ofRequired.retrieveExportJob(7);
  await expect(refused).rejects.toBeInstanceOf(required.ExportJobsError);
  await expect(refused).rejects.toBeInstanceOf(ExportJobsError);
  expect(Object.keys(required).sort()).toEqual(Object.keys(client).sort());
});

test('its error is called by its name, can be told from others, and can be extended', () => {
  const error = new ExportJobsError({ kind: 'timeout', message: 'late' });
  expect([error.constructor.name, String(error)]).toEqual(['ExportJobsError', 'ExportJobsError: late']);
  for (const other of [new Error('late'), { kind: 'timeout' }, null, 'late']) {
    expect(other instanceof ExportJobsError).toBe(false);
  }
  class Mine extends (ExportJobsError as unknown as new (details: object) => Error) {}
  expect([new Mine({}) instanceof Mine, error instanceof Mine]).toEqual([true, false]);
  expect(new Mine({}) instanceof ExportJobsError).toBe(true);
});

test('what is sent is what the contract wants', async () => {
  const { client, requests } = answered(
    [
      [200, JOB],
      [200, page([])],
      [200, JOB],
    ],
    { baseUrl: `${ORIGIN}/base//` },
  );
  await client.createExportJob(SMALLEST_REQUEST, {
    headers: { 'X-Profile-Instance-Id': 'ups', 'X-API-KEY': 'other' },
  });
  await client.listExportJobs({ limit: 2, offset: '1_2', status: 'NEW' });
  await client.retrieveExportJob(7, { headers: { 'X-Request-Id': 'mine' } });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `POST ${ORIGIN}/base/export/jobs`,
    `GET ${ORIGIN}/base/export/jobs?limit=2&offset=1_2&status=NEW`,
    `GET ${ORIGIN}/base/export/jobs/7`,
  ]);
  expect(Object.fromEntries(requests[0]?.headers ?? [])).toEqual({
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
    'x-api-key': API_KEY,
    'x-gw-ims-org-id': ORG,
    'x-sandbox-name': 'prod',
    'x-profile-instance-id': 'ups',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(await requests[0]?.json()).toEqual(SMALLEST_REQUEST);
  expect(requests[2]?.headers.get('x-request-id')).toBe('mine');
});

test('headers may be given as Headers too', async () => {
  const { client, requests } = answered([[200, page([])]]);
  await client.listExportJobs({}, { headers: new Headers({ 'X-Request-Id': 'mine' }) });
  expect(requests[0]?.headers.get('x-request-id')).toBe('mine');
});

test.each<[unknown, string]>([
  [{ headrs: {} }, 'listExportJobs has no option headrs; it has signal, headers.'],
  [null, 'listExportJobs takes an object of options: signal, headers.'],
  [{ signal: 5 }, 'signal is to be an AbortSignal; it is number.'],
  [{ signal: null }, 'signal is to be an AbortSignal; it is null.'],
])('%j are no options of a call, and nothing is sent', async (options, problem) => {
  const { client, requests } = answered([[200, page([])]]);
  await expect(client.listExportJobs({}, options as object)).rejects.toThrow(problem);
  expect(requests).toEqual([]);
});

test.each([1.5, -1, Number.NaN, '7', undefined, 7n])('%p is no id, and nothing is sent', async (id) => {
  const { client, requests } = answered([[200, JOB]]);
  await expect(client.retrieveExportJob(id as number)).rejects.toThrow('is an integer from 0, such as 722');
  await expect(client.cancelExportJob(id as number)).rejects.toThrow(TypeError);
  expect(requests).toEqual([]);
});

describe('an error tells what came back', () => {
  const SERVICE = {
    requestId: 'r',
    type: 'urn:x',
    title: 'No such job',
    status: 404,
    errors: { 404: [{ code: 404, message: 'Not here' }] },
  };

  test.each<[string, Replies[0], object]>([
    [
      'the gateway’s form',
      [403, { error_code: '403010', message: 'Oauth token is missing.' }],
      {
        kind: 'gateway',
        status: 403,
        code: '403010',
        message: 'retrieveExportJob was answered 403: Oauth token is missing.',
      },
    ],
    [
      'a code that is a number',
      [403, { error_code: 403010 }],
      { kind: 'gateway', code: '403010', message: 'retrieveExportJob was answered 403' },
    ],
    [
      'the service’s form',
      [404, SERVICE],
      {
        kind: 'service',
        status: 404,
        code: 'urn:x',
        body: SERVICE,
        message: 'retrieveExportJob was answered 404: No such job; Not here',
      },
    ],
    [
      'the form for a content type',
      [400, { type: '/t', title: 'Bad', status: 400, detail: 'A type' }],
      { kind: 'service', code: '/t', message: expect.stringContaining('400: Bad; A type') },
    ],
    [
      'errors that are none',
      [400, { type: '/t', title: 'Bad', errors: { a: [null, 1], b: 'x' } }],
      { kind: 'service', code: '/t' },
    ],
    [
      'HTML',
      [502, '<html>Bad</html>', { 'Content-Type': 'text/html' }],
      { kind: 'foreign', status: 502, code: undefined, body: '<html>Bad</html>' },
    ],
    [
      'nothing',
      [500],
      { kind: 'foreign', status: 500, body: undefined, message: 'retrieveExportJob was answered 500' },
    ],
    [
      'JSON of no form',
      [418, { message: 'short' }],
      { kind: 'foreign', body: { message: 'short' }, message: expect.stringContaining('418: short') },
    ],
    ['null', [400, 'null'], { kind: 'foreign', body: null }],
    [
      'a redirect',
      [302, '', { Location: ORIGIN }],
      { kind: 'foreign', status: 302, message: expect.stringContaining('redirects are not followed') },
    ],
    [
      'HTML as a success',
      [200, '<html>'],
      {
        kind: 'malformed',
        status: 200,
        body: '<html>',
        message: 'retrieveExportJob was answered 200, but not as the contract says: the body is no JSON',
      },
    ],
    [
      'a success of nothing',
      [200, ''],
      { kind: 'malformed', body: undefined, message: expect.stringContaining('it has no body') },
    ],
    [
      'a job without an id',
      [200, { status: 'NEW' }],
      { kind: 'malformed', message: expect.stringContaining('/id is to be an integer') },
    ],
    [
      'a job without a status',
      [200, { id: 7 }],
      { kind: 'malformed', message: expect.stringContaining('/status is to be a text') },
    ],
    [
      'a list of jobs',
      [200, '[]'],
      { kind: 'malformed', message: expect.stringContaining('the body is to be an export job') },
    ],
    ['a body that is cut short', [200, '{"id":7,'], { kind: 'malformed' }],
    [
      'no answer',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' }),
      }),
      {
        kind: 'connection',
        status: undefined,
        body: undefined,
        message: expect.stringMatching(/lost its connection .*\(ECONNREFUSED: connect refused\)$/),
      },
    ],
  ])('%s', async (_what, reply, told) => {
    const error = await retrieved(reply);
    expect(error).toMatchObject({ name: 'ExportJobsError', ...told });
    expect(error.outcome).toBeUndefined();
  });

  test.each<[object, string]>([
    [{ link: { next: '' }, page: {} }, '/records is to be an array'],
    [{ records: [JOB, 1], link: { next: '' }, page: {} }, '/records/1 is to be an export job'],
    [{ records: [], link: {}, page: {} }, '/link/next is to be a text'],
    [{ records: [], link: { next: '' } }, '/page is to be an object'],
  ])('a list that is none: %j', async (body, problem) => {
    const { client } = answered([[200, body]]);
    expect(await errorOf(client.listExportJobs())).toMatchObject({
      kind: 'malformed',
      message: expect.stringContaining(problem),
    });
  });

  test('the id of the call is that of the answer, or that which was sent', async () => {
    expect((await retrieved([404, SERVICE, { 'x-request-id': 'answered' }])).requestId).toBe('answered');
    expect((await retrieved([200, '', { 'x-request-id': 'answered' }])).requestId).toBe('answered');
    const { client, requests } = answered([new Error('lost')], { attempts: 1 });
    const { requestId } = await errorOf(client.retrieveExportJob(7));
    expect(requestId).toBe(requests[0]?.headers.get('x-request-id'));
  });

  test('a large body is cut', async () => {
    const { body, message } = await retrieved([500, 'x'.repeat(1_000_000)]);
    expect(String(body)).toHaveLength(65_536);
    expect(message.length).toBeLessThan(600);
  });

  test('a secret that is a part of a number, of a name or of what is escaped leaves the rest as it is', async () => {
    const { client } = answered(
      [[404, '{"type":"t","title":"n\\n\\u0031234","status":404,"id":12345,"1234":[1]}']],
      {
        apiKey: '1234',
      },
    );
    expect(await errorOf(client.createExportJob(SMALLEST_REQUEST))).toMatchObject({
      kind: 'service',
      body: { title: 'n\n[redacted]', status: 404, id: '[redacted]5', '[redacted]': [1] },
    });
    const deep = `${'['.repeat(100_000)}"${API_KEY}"${']'.repeat(100_000)}`;
    expect(await retrieved([500, deep])).toMatchObject({ kind: 'foreign', status: 500 });
  });

  test('no secret is in it, in whatever form it came back', async () => {
    const encoded = encodeURIComponent(TOKEN);
    const echo = `${TOKEN} ${encoded} ${encoded.toLowerCase()} ${API_KEY} ${JSON.stringify(TOKEN)}`;
    const escaped = (text: string) => `"${'x'.repeat(70_000)}${text.replace('/', '\\u002f')}"`;
    const replies: Replies = [
      [500, escaped(TOKEN)],
      [500, escaped(TOKEN).replace(/x+/, '')],
      [500, echo],
      [200, echo],
      [400, JSON.stringify({ message: TOKEN, [TOKEN]: [API_KEY] }).replaceAll('/', '\\/')],
      [400, { error_code: '400', message: echo, [API_KEY]: [echo] }, { 'x-request-id': echo }],
      new Error(echo, { cause: Object.assign(new Error(echo), { headers: echo }) }),
    ];
    for (const reply of replies) {
      const error = await retrieved(reply);
      const shown = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
      expect(shown).not.toContain(TOKEN);
      expect(shown).not.toContain(encoded);
      expect(shown).not.toContain(encoded.toLowerCase());
      expect(shown).not.toContain(escaped(TOKEN).slice(-10, -1));
      expect(shown).not.toContain(API_KEY);
    }
  });
});

describe('what an answer asks to wait is kept', () => {
  const GONE_BY = 'Tue, 24 Nov 2026 10:00:00 GMT';
  const wait = async (headers: Record<string, string>) => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5);
    const { client, waits } = answered([
      [503, '', headers],
      [200, JOB],
    ]);
    await client.retrieveExportJob(7);
    return waits;
  };

  test.each([
    ['7', 7000],
    ['Tue, 24 Nov 2026 10:00:07 GMT', 7000],
    ['Tuesday, 24-Nov-26 10:00:07 GMT', 7000],
    ['Tue Nov 24 10:00:07 2026', 7000],
  ])('%s', async (value, ms) => {
    expect(await wait({ 'Retry-After': value, Date: GONE_BY })).toEqual([ms]);
  });

  test.each(['', 'soon', '-1', '1.5', '2026-11-24', 'Tue, 99 Nov 2026 10:00:07 GMT', 'Sun, 1 GMT'])(
    '“%s” says nothing: it is waited for as chance has it',
    async (value) => expect(await wait({ 'Retry-After': value, Date: GONE_BY })).toEqual([250]),
  );

  test.each(['0', 'Tue, 24 Nov 2026 09:00:00 GMT'])(
    '“%s” asks for no time, and is given some',
    async (value) => expect(await wait({ 'Retry-After': value, Date: GONE_BY })).toEqual([250]),
  );

  test('a date is told by our clock when the answer has no date', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse(GONE_BY));
    expect(await wait({ 'Retry-After': 'Tue, 24 Nov 2026 10:00:07 GMT' })).toEqual([7000]);
  });

  test.each(['121', '99999999999999999999999'])('but %s seconds are too long', async (seconds) => {
    const { client, waits } = answered([[429, '', { 'Retry-After': seconds }]]);
    const { retryAfterMs } = await errorOf(client.retrieveExportJob(7));
    expect(retryAfterMs).toBeGreaterThan(120_000);
    expect(waits).toEqual([]);
  });

  test('without it, waits grow, and end', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const { client, waits } = answered([[503]], { attempts: 9 });
    await errorOf(client.retrieveExportJob(7));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    const short = answered([[503]], { retryForMs: 4000 });
    await errorOf(short.client.retrieveExportJob(7));
    expect(short.waits).toEqual([500, 1000, 2000]);
  });
});

describe('what is sent again', () => {
  test.each([400, 403, 404, 408, 500, 501, 505])('not on %d', async (status) => {
    const { client, requests } = answered([[status]]);
    await errorOf(client.retrieveExportJob(7));
    expect(requests).toHaveLength(1);
  });

  test.each<[Replies[0], 'unknown' | undefined, number]>([
    [[429], undefined, 5],
    [[400], undefined, 1],
    [[500], 'unknown', 1],
    [[502], 'unknown', 1],
    [[504], 'unknown', 1],
    [[200, '{'], 'unknown', 1],
    [new Error('lost'), 'unknown', 1],
  ])('a create that ends in %j', async (reply, outcome, calls) => {
    const { client, requests } = answered([reply]);
    expect((await errorOf(client.createExportJob(SMALLEST_REQUEST))).outcome).toBe(outcome);
    expect(requests).toHaveLength(calls);
    const bodies = await Promise.all(requests.map((request) => request.json()));
    expect(bodies).toEqual(requests.map(() => SMALLEST_REQUEST));
  });

  test('a page of a proxy does not say that a job is gone', async () => {
    const { client } = answered([new Error('lost'), [404, '<html>']]);
    expect(await errorOf(client.cancelExportJob(7))).toMatchObject({ kind: 'foreign', status: 404 });
  });

  test('an answer that does not come in time', async () => {
    const never = () => new Promise<never>(() => undefined);
    const { client, requests } = answered([never, [200, JOB]], { timeoutMs: 20 });
    expect(await client.retrieveExportJob(7)).toEqual(JOB);
    expect(requests).toHaveLength(2);
    expect(requests[0]?.signal.aborted).toBe(true);
  });
});

describe('a signal ends a call with its reason', () => {
  const reason = new Error('enough');
  const never = () => new Promise<never>(() => undefined);

  test('before it is sent', async () => {
    const { client, requests } = answered([[200, JOB]]);
    await expect(client.retrieveExportJob(7, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(client.waitForJob(7, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests).toEqual([]);
  });

  test('while it is under way, waits, or asks for its token', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      answered([never]).client.createExportJob(SMALLEST_REQUEST, { signal }),
      answered([[503]], { sleep: never }).client.retrieveExportJob(7, { signal }),
      answered([[200, JOB]], { accessToken: never }).client.cancelExportJob(7, { signal }),
      answered([[200, { ...JOB, status: 'NEW' }]], { sleep: never }).client.waitForJob(7, { signal }),
    ];
    const ends = Promise.allSettled(calls);
    await new Promise((resolve) => setTimeout(resolve, 10));
    controller.abort(reason);
    expect(await ends).toEqual(calls.map(() => ({ status: 'rejected', reason })));
  });
});

test.each([null, 0, '', false, 'enough'])('the reason may be %j', async (reason) => {
  const signal = AbortSignal.abort(reason);
  const { client } = answered([[200, JOB]]);
  const calls = [
    client.retrieveExportJob(7, { signal }),
    client.listExportJobs({}, { signal }),
    client.createExportJob(SMALLEST_REQUEST, { signal }),
    client.cancelExportJob(7, { signal }),
    client.waitForJob(7, { signal }),
  ];
  expect(await Promise.allSettled(calls)).toEqual(calls.map(() => ({ status: 'rejected', reason })));
});

describe('a source of tokens', () => {
  test('is given the time of an attempt, and told when it is over', async () => {
    let told: AbortSignal | undefined;
    const accessToken = ({ signal }: { signal?: AbortSignal | undefined }) => {
      told = signal;
      return new Promise<never>(() => undefined);
    };
    const { client, requests, waits } = answered([[200, JOB]], { accessToken, timeoutMs: 20 });
    expect(await errorOf(client.createExportJob(SMALLEST_REQUEST))).toMatchObject({
      kind: 'token',
      status: undefined,
      outcome: undefined,
      message: 'createExportJob was given no access token in 20 ms',
    });
    expect(told?.aborted).toBe(true);
    expect([requests, waits]).toEqual([[], []]);
    jest.useFakeTimers();
    const patient = answered([[200, JOB]], { accessToken });
    const end = patient.client.waitForJob(7, { deadline: 40 });
    await jest.advanceTimersByTimeAsync(1000);
    expect(await end).toMatchObject({ outcome: 'timeout', job: undefined, error: { kind: 'token' } });
  });

  test('that fails ends the call as it failed', async () => {
    const problem = new Error('no token');
    const { client, requests } = answered([[200, JOB]], { accessToken: () => Promise.reject(problem) });
    await expect(client.retrieveExportJob(7)).rejects.toBe(problem);
    expect(requests).toEqual([]);
  });

  test('that answers none is told so', async () => {
    const { client } = answered([[200, JOB]], { accessToken: () => `${TOKEN} \n` });
    await expect(client.retrieveExportJob(7)).rejects.toThrow(
      'What accessToken() answers is to be printable ASCII',
    );
  });

  test('is not asked again for a text', async () => {
    const { client, requests } = answered([[401], [200, JOB]]);
    expect((await errorOf(client.retrieveExportJob(7))).status).toBe(401);
    expect(requests).toHaveLength(1);
  });
});

describe('all pages', () => {
  const all = async (replies: Replies, query?: object) => {
    const { client, requests } = answered(replies);
    const ids: number[] = [];
    const end = await (async () => {
      for await (const { id } of client.listAll(query)) ids.push(id);
      return 'ok';
    })().catch((error: unknown) => (error as Error).message);
    return { ids, end, searches: requests.map(({ url }) => new URL(url).search) };
  };

  test('are read by their cursors, wherever the link leads', async () => {
    const replies: Replies = [
      [200, page([3, 2], '/export/jobs/?limit=2&offset=5_2')],
      [200, page([1], 'https://elsewhere.test/?offset=5_1')],
      [200, page([])],
    ];
    expect(await all(replies, { status: 'FAILED' })).toEqual({
      ids: [3, 2, 1],
      end: 'ok',
      searches: [
        '?limit=100&status=FAILED',
        '?limit=100&status=FAILED&offset=5_2',
        '?limit=100&status=FAILED&offset=5_1',
      ],
    });
  });

  test.each<[string, string[], string]>([
    ['that leads back to itself', ['?offset=a', '?offset=a'], 'a leads back to a page that was read before'],
    [
      'that leads round',
      ['?offset=a', '?offset=b', '?offset=a'],
      'a leads back to a page that was read before',
    ],
    ['without a cursor', ['/export/jobs/?limit=2'], '/link/next is to hold an offset'],
  ])('a link %s ends in an error', async (_what, links, problem) => {
    const { end, ids } = await all(links.map((next, at): Replies[0] => [200, page([at], next)]));
    expect(end).toContain(problem);
    expect(ids).toHaveLength(links.length);
  });
});

describe('waiting', () => {
  const jobOf = (status: string): [number, object] => [200, { ...JOB, status }];

  test.each<[string, Replies, object]>([
    ['unknown-status', [jobOf('NEW'), jobOf('CANCELLING')], { job: { id: 7 }, status: 'CANCELLING' }],
    ['gone', [jobOf('NEW'), [404]], { job: { id: 7, status: 'NEW' }, error: { status: 404 } }],
    [
      'timeout',
      [jobOf('NEW'), [429, '', { 'Retry-After': '7200' }]],
      { job: { status: 'NEW' }, error: { status: 429 } },
    ],
    ['timeout', [[429, '', { 'Retry-After': '99999999' }]], { job: undefined, error: { status: 429 } }],
    ['timeout', [jobOf('NEW'), new Error('lost')], { job: { status: 'NEW' }, error: { kind: 'connection' } }],
  ])('ends as %s', async (outcome, replies, more) => {
    expect(await answered(replies).client.waitForJob(7)).toMatchObject({ outcome, ...more });
  });

  test.each<[string, Replies]>([
    ['what does not pass', [jobOf('NEW'), [403]]],
    ['a service that was never there', [new Error('lost')]],
    ['a page of a proxy', [[404, '<html>']]],
    ['an answer that is none', [jobOf('NEW'), [200, '{}']]],
  ])('rejects on %s', async (_what, replies) => {
    expect(await errorOf(answered(replies).client.waitForJob(7))).toBeInstanceOf(ExportJobsError);
  });

  test('asks ever more slowly, and never at the same pace', async () => {
    const { client, waits } = answered([jobOf('PROCESSING')]);
    await client.waitForJob(7, { deadline: 600_000 });
    waits.forEach((ms, at) => {
      const full = Math.min(30_000, 1000 * 1.5 ** at);
      if (at < waits.length - 1) expect(ms).toBeGreaterThanOrEqual(full / 2);
      expect(ms).toBeLessThanOrEqual(Math.ceil(full));
    });
    expect(new Set(waits).size).toBeGreaterThan(waits.length / 2);
    const asked = waits.reduce((sum, ms) => sum + ms);
    expect(asked).toBeGreaterThan(595_000);
    expect(asked).toBeLessThanOrEqual(600_000);
  });

  test('ends at its deadline by the real time too, whatever holds the answer up', async () => {
    const never = () => new Promise<never>(() => undefined);
    jest.useFakeTimers();
    const { client } = answered([jobOf('NEW'), never]);
    const options = [{ deadline: 4000 }, { deadline: new Date(Date.now() + 4000) }];
    for (const option of options) {
      const end = client.waitForJob(7, { ...option, sleep: () => Promise.resolve() });
      await jest.advanceTimersByTimeAsync(5500);
      expect(await end).toMatchObject({ outcome: 'timeout', error: { kind: 'timeout' } });
    }
  });

  test.each([0, 1, new Date(0)])(
    'asks once, and has a second for it, with the deadline %s',
    async (deadline) => {
      jest.useFakeTimers();
      const afterMs = (ms: number) => async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return jobOf('SUCCEEDED');
      };
      for (const [ms, outcome] of [
        [900, 'succeeded'],
        [1100, 'timeout'],
      ] as const) {
        const { client, requests } = answered([afterMs(ms)]);
        const end = client.waitForJob(7, { deadline });
        await jest.advanceTimersByTimeAsync(1200);
        expect(await end).toMatchObject({ outcome });
        expect(requests).toHaveLength(1);
      }
      expect(await answered([jobOf('NEW')]).client.waitForJob(7, { deadline })).toMatchObject({
        outcome: 'timeout',
        job: { status: 'NEW' },
      });
    },
  );

  test('asks once more before the deadline where nobody says how long to wait', async () => {
    for (const deadline of [1500, 4000, 20_000]) {
      for (let chance = 0; chance < 1; chance += 0.1) {
        jest.spyOn(Math, 'random').mockReturnValue(chance);
        const { client } = answered([jobOf('NEW'), [429], jobOf('SUCCEEDED')]);
        expect(await client.waitForJob(7, { deadline })).toMatchObject({ outcome: 'succeeded' });
      }
    }
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const { client, waits, requests } = answered([jobOf('NEW'), [503]]);
    expect(await client.waitForJob(7, { deadline: 20_000 })).toMatchObject({ error: { status: 503 } });
    expect(waits.reduce((sum, ms) => sum + ms)).toBe(18_000);
    expect(requests.length).toBeLessThan(10);
  });

  test('asks for another token at the next attempt, when none was to be had for one that was refused', async () => {
    const refusals: (string | undefined)[] = [];
    let isOut = false;
    const accessToken = ({ refused }: { refused: string | undefined }) => {
      refusals.push(refused);
      if (refused === undefined) return TOKEN;
      isOut = !isOut;
      if (isOut) throw new ExportJobsError({ kind: 'token', message: 'none', status: 503 });
      return 'another-token';
    };
    const replies: Replies = [jobOf('NEW'), [401], jobOf('SUCCEEDED')];
    const { client, requests } = answered(replies, { accessToken });
    expect(await client.waitForJob(7)).toMatchObject({ outcome: 'succeeded' });
    expect(refusals).toEqual([undefined, undefined, TOKEN, TOKEN]);
    expect(requests.map(({ headers }) => headers.get('Authorization'))).toEqual(
      [TOKEN, TOKEN, 'another-token'].map((token) => `Bearer ${token}`),
    );
  });

  test('tells of the job each time, and uses the sleep that it is given', async () => {
    const { client, waits } = answered([jobOf('NEW'), jobOf('PROCESSING'), jobOf('SUCCEEDED')]);
    const seen: ExportJobStatus[] = [];
    let slept = 0;
    const sleep = (ms: number) => {
      slept += ms;
      return Promise.resolve();
    };
    await client.waitForJob(7, { sleep, onProgress: ({ job }) => seen.push(job.status) });
    expect(seen).toEqual(['NEW', 'PROCESSING', 'SUCCEEDED']);
    expect(slept).toBeGreaterThan(0);
    expect(waits).toEqual([]);
  });

  test('never without a pause, whatever is asked for', async () => {
    const replies: Replies = [jobOf('NEW'), [503, '', { 'Retry-After': '0' }]];
    const { client, requests } = answered(replies);
    await client.waitForJob(7, { deadline: 600_000 });
    expect(requests.length).toBeLessThan(100);
  });

  test('goes on while no token is to be had', async () => {
    let asked = 0;
    const accessToken = () => {
      if (++asked === 1 || asked > 20) return TOKEN;
      throw new ExportJobsError({ kind: 'token', message: 'none', status: 503 });
    };
    const { client } = answered([jobOf('NEW'), jobOf('SUCCEEDED')], { accessToken });
    expect(await client.waitForJob(7, { deadline: 600_000 })).toMatchObject({ outcome: 'succeeded' });
    asked = 1;
    expect(await client.waitForJob(7, { deadline: 60_000 }).catch((error: unknown) => error)).toMatchObject({
      kind: 'token',
    });
    const refused = () => {
      throw new ExportJobsError({ kind: 'token', message: 'none', status: 400 });
    };
    const { client: other, waits } = answered([jobOf('NEW')], { accessToken: refused });
    expect(await errorOf(other.waitForJob(7))).toMatchObject({ kind: 'token', status: 400 });
    expect(waits).toEqual([]);
  });

  test('waits for what it tells, and fails as that does', async () => {
    const problem = new Error('not told');
    const { client } = answered([jobOf('NEW')]);
    const onProgress = () => Promise.reject(problem);
    await expect(client.waitForJob(7, { onProgress })).rejects.toBe(problem);
    const controller = new AbortController();
    const never = () => {
      controller.abort(problem);
      return new Promise(() => undefined);
    };
    await expect(client.waitForJob(7, { onProgress: never, signal: controller.signal })).rejects.toBe(
      problem,
    );
  });

  test.each<[object, string]>([
    [{ signal: {} }, 'signal is to be an AbortSignal; it is object.'],
    [{ deadline: 1_795_000_000_000 }, 'an instant is given as a Date'],
    [{ deadline: -1 }, 'deadline is milliseconds from now, from 0, or a Date; it is -1.'],
    [{ deadline: new Date(Number.NaN) }, 'deadline is milliseconds'],
    [{ dedline: 1 }, 'waitForJob has no option dedline; it has deadline, signal'],
    [{ onProgress: 1 }, 'onProgress is to be a function'],
  ])('refuses %j', async (options, problem) => {
    await expect(answered([jobOf('NEW')]).client.waitForJob(7, options)).rejects.toThrow(problem);
  });
});
