import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createMockServer } from '../../server/mock-server.js';
import { BASE, credentials, SMALLEST_REQUEST, startMock, type Caller } from '../support/mock.js';

let caller: Caller;

beforeAll(async () => {
  caller = await startMock();
});

describe('Prefer: code=', () => {
  test.each([400, 401, 403, 429, 500, 503])('answers a declared %i from the catalogue', async (code) => {
    const answer = await caller.get('/export/jobs', { Prefer: `code=${code}` });
    expect(answer.status).toBe(code);
    expect(answer.headers['preference-applied']).toBe(`code=${code}`);
  });

  test.each([404, 413, 415])('answers %i where it is declared', async (code) => {
    const answer =
      code === 404
        ? await caller.get('/export/jobs/100', { Prefer: `code=${code}` })
        : await caller.post(SMALLEST_REQUEST, { Prefer: `code=${code}` });
    expect(answer.status).toBe(code);
  });

  test('of 404 answers as for a job that there is not', async () => {
    const missing = await caller.get('/export/jobs/4');
    const preferred = await caller.get('/export/jobs/4', { Prefer: 'code=404' });
    expect(preferred.body.errors).toEqual(missing.body.errors);
  });

  test('of an error runs nothing', async () => {
    const { get, post } = await startMock({ seed: 'empty' });
    expect((await post(SMALLEST_REQUEST, { Prefer: 'code=503' })).status).toBe(503);
    expect((await get('/export/jobs')).body.records).toEqual([]);
  });

  test('of success runs the operation and answers so', async () => {
    const { get, delete: cancel } = await startMock();
    const answer = await cancel('/export/jobs/100', { Prefer: 'code=200' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: true, message: 'Export job has been marked for cancelling' });
    expect((await get('/export/jobs/100')).status).toBe(404);
  });

  test('is not said to be applied when the operation failed', async () => {
    const answer = await caller.get('/export/jobs/4', { Prefer: 'code=200' });
    expect(answer.status).toBe(404);
    expect(answer.headers['preference-applied']).toBeUndefined();
  });
});

test('Prefer: example= touches no state', async () => {
  const { get, post } = await startMock({ seed: 'empty' });
  const answer = await post(SMALLEST_REQUEST, { Prefer: 'example=export-job-created' });
  expect(answer.headers['x-location']).toBe(`${BASE}/export/jobs/100`);
  expect((await get('/export/jobs')).body.records).toEqual([]);
});

describe('a bad value of a preference of ours is 400 and lists the good ones', () => {
  test.each([
    ['code=204', 'one of 200, 400, 401, 403, 429, 500, 503'],
    ['code=404', 'one of 200, 400, 401, 403, 429, 500, 503'],
    ['code=abc', 'one of 200, 400, 401, 403, 429, 500, 503'],
    ['code', 'one of 200, 400, 401, 403, 429, 500, 503'],
    ['code=0x190', 'one of 200, 400, 401, 403, 429, 500, 503'],
    ['example=nothing', expect.stringMatching(/^one of export-jobs, /)],
    ['example=create-request', expect.stringMatching(/^one of export-jobs, /)],
    ['code=401, example=export-jobs', 'one of oauth-token-not-valid'],
    ['code=503, example=export-jobs', 'none for this code'],
    ['delay=60001', 'milliseconds from 0 to 60000'],
    ['delay=-1', 'milliseconds from 0 to 60000'],
    ['delay=1.5', 'milliseconds from 0 to 60000'],
    ['delay=', 'milliseconds from 0 to 60000'],
    ['violations=ignored', 'one of expected'],
    ['violations', 'one of expected'],
  ])('%s', async (prefer, allowed) => {
    const answer = await caller.get('/export/jobs', { Prefer: prefer });
    expect(answer.status).toBe(400);
    expect(answer.body.errors['400']).toEqual([
      expect.objectContaining({ pointer: '/headers/prefer', allowed }),
    ]);
    expect(answer.headers['preference-applied']).toBeUndefined();
  });
});

describe('the header is read as RFC 7240 says', () => {
  test.each([
    ['respond-async, wait=10', 200, undefined],
    ['CODE=503', 503, 'code=503'],
    ['code="503"', 503, 'code=503'],
    ['code = 503', 503, 'code=503'],
    ['code=503; foo="a,b"', 503, 'code=503'],
    ['foo="a, code=400", code=503', 503, 'code=503'],
    ['foo="a\\", code=400", code=503', 503, 'code=503'],
    ['code=503, code=429', 503, 'code=503'],
    ['handling=lenient, code=429', 429, 'code=429'],
    [', ,', 200, undefined],
    ['code=403, example=api-key-invalid', 403, 'code=403, example=api-key-invalid'],
  ])('%s', async (prefer, status, applied) => {
    const answer = await caller.get('/export/jobs', { Prefer: prefer });
    expect(answer.status).toBe(status);
    expect(answer.headers['preference-applied']).toBe(applied);
  });
});

test('a call that breaks the contract is refused whatever it prefers', async () => {
  expect((await caller.get('/export/jobs?limit=0', { Prefer: 'code=503' })).status).toBe(400);
});

describe('Prefer: delay=', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test('holds the answer back for that long', async () => {
    const mock = await createMockServer();
    const url = await mock.listen();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    const headers = { ...credentials(), Prefer: 'delay=60000, code=503' };
    let answer: Response | undefined;
    const call = fetch(`${url}${BASE}/export/jobs`, { headers }).then((response) => (answer = response));
    await untilTimerOf(60_000);

    jest.advanceTimersByTime(59_999);
    await Promise.resolve();
    expect(answer).toBeUndefined();
    jest.advanceTimersByTime(1);
    expect((await call).status).toBe(503);
    expect(answer?.headers.get('preference-applied')).toBe('code=503, delay=60000');
    jest.useRealTimers();
    await mock.close();
  });
});

/** Lets the call reach the server, which then waits. */
async function untilTimerOf(milliseconds: number): Promise<void> {
  const spy = jest.spyOn(globalThis, 'setTimeout');
  while (!spy.mock.calls.some(([, delay]) => delay === milliseconds)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  spy.mockRestore();
}
