import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { MockServer, SandboxHandle, ViolationFilter } from '../../server/mock-server.js';
import { controlOf } from '../support/control.js';
import { BASE, callerOf, credentials, startMock, type Caller } from '../support/mock.js';

const EXPECTED = { Prefer: 'violations=expected' };

let mock: MockServer;
/** Of a sandbox for each test. */
let name = 'test-0';
let caller: Caller;
let sandbox: SandboxHandle;
let tests = 0;

beforeAll(async () => {
  ({ mock } = await startMock());
});
afterAll(() => mock.close());
beforeEach(() => {
  name = `test-${++tests}`;
  caller = callerOf(mock, { name });
  sandbox = mock.sandbox({ name });
});

/** The ids of entries, and which are expected. */
const marks = () => sandbox.journal().map(({ id, expected }) => [id, expected]);

describe('a call that says that it is meant to break the contract is recorded so', () => {
  test.each([
    ['refused by the contract', () => caller.get('/export/jobs?limit=0', EXPECTED), 400],
    ['that breaks nothing', () => caller.get('/export/jobs', EXPECTED), 200],
    ['for no job', () => caller.get('/export/jobs/x', EXPECTED), 404],
    [
      'that asks for more',
      () => caller.get('/export/jobs', { Prefer: 'code=503, violations=expected' }),
      503,
    ],
    [
      'with another preference that is refused',
      () => caller.get('/export/jobs', { Prefer: 'violations=expected, delay=x' }),
      400,
    ],
    ['for a path that there is not', () => caller.get('/export/job', EXPECTED), 404],
    [
      'for a method that there is not',
      () =>
        request(mock.app)
          .put(`${BASE}/export/jobs`)
          .set({ ...credentials({ name }), ...EXPECTED }),
      405,
    ],
    ['refused by the gateway', () => caller.get('/export/jobs', { ...EXPECTED, 'x-api-key': '' }), 403],
    [
      'refused by the gateway, on a line after another preference',
      () =>
        caller
          .get('/export/jobs', { 'x-api-key': '' })
          .set('Prefer', ['respond-async', 'violations=expected'] as unknown as string),
      403,
    ],
    [
      'with a body that can not be read',
      () => caller.post('{', { ...EXPECTED, 'Content-Type': 'application/json' }),
      400,
    ],
  ])('%s', async (_what, call, status) => {
    expect((await call()).status).toBe(status);
    expect(sandbox.journal()).toMatchObject([{ answer: { status }, expected: true }]);
  });

  test('which is told it where it was carried out', async () => {
    const answer = await caller.get('/export/jobs/100', { Prefer: 'violations="expected", delay=0' });
    expect(answer.headers['preference-applied']).toBe('delay=0, violations=expected');
  });
});

describe('calls are marked afterwards', () => {
  beforeEach(async () => {
    await caller.get('/export/jobs?limit=0');
    await caller.get('/export/jobs?limit=0', EXPECTED);
    await caller.get('/export/jobs?limit=1');
    await caller.get('/export/jobs?limt=0&limit=0');
    await caller.post({});
    await caller.get('/export/jobs/4');
  });

  test.each<[ViolationFilter, number[]]>([
    [{}, [1, 4, 5]],
    [{ operation: 'listExportJobs' }, [1, 4]],
    [{ pointer: '/query/limt' }, [4]],
    [{ pointer: '/query/limit' }, [1, 4]],
    [{ status: 400, id: 5 }, [5]],
    [{ id: 3 }, []],
    [{ status: 404 }, []],
  ])('%j', (filter, marked) => {
    expect(sandbox.expectViolations(filter)).toBe(marked.length);
    expect(marks()).toEqual([1, 2, 3, 4, 5, 6].map((id) => [id, id === 2 || marked.includes(id)]));
    expect(sandbox.expectViolations(filter)).toBe(0);
  });

  test('over HTTP, and found by that', async () => {
    const control = controlOf(mock, { name });
    const { body } = await control.post('/journal/expect', { pointer: '/query/limit' });
    expect(body).toEqual({ marked: 2 });
    const ids = async (query: string) =>
      ((await control.get(`/journal?${query}`)).body.entries as { id: number }[]).map(({ id }) => id);
    expect(await ids('expected=true')).toEqual([1, 2, 4]);
    expect(await ids('expected=false&violations=true')).toEqual([5]);
    expect((await control.post('/journal/expect')).body).toEqual({ marked: 1 });
    expect((await control.get('/journal/count?expected=true')).body).toEqual({ count: 4 });
  });

  test('but not by a filter that there is not', async () => {
    const { status, body } = await controlOf(mock, { name }).post('/journal/expect', { opration: 'x' });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain("Did you mean 'operation'?");
  });
});
