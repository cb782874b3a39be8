import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { verify } from '../../verify/verify.js';
import { alteredMock } from '../support/altered-mock.js';
import type { Alter, PassedCall } from '../support/altering-server.js';
import { BASE, credentials } from '../support/mock.js';
import { errorBody, verifying } from '../support/verifying.js';

const { mock, server, url } = await alteredMock();

const CLEAN_UP = 'What was created is cancelled';
const jobs = () =>
  mock
    .sandbox()
    .jobs.list()
    .map(({ id }) => id);
const seeded = jobs();
const left = () => jobs().filter((id) => !seeded.includes(id));
const callsOf = (method: string) => server.calls.filter((call) => call.method === method);
const isCreate = ({ method }: PassedCall) => method === 'POST';
const isOwnCancel = ({ method, path }: PassedCall) =>
  method === 'DELETE' && !path.endsWith('/9007199254740991');

/** Alters what creates were answered with 200. */
const created =
  (change: (...parameters: Parameters<Alter>) => unknown): Alter =>
  (answer, call, ...rest) =>
    isCreate(call) && answer.status === 200 ? change(answer, call, ...rest) : undefined;

/** Has an answer say that the server failed, though what was asked for is done. */
async function failing(status: number, retryAfter = '0'): Promise<(answer: Parameters<Alter>[0]) => void> {
  const body = await errorBody(mock.url, status);
  return (answer) => {
    Object.assign(answer, { status, body });
    Object.assign(answer.headers, { 'retry-after': retryAfter, 'content-type': 'application/json' });
  };
}

async function verified(...flags: string[]) {
  const { code, report } = await verifying([url, '--write', '--watch', '0s', '--json', ...flags]);
  return { code, ...report, cleanUp: report.checks.find(({ title }) => title === CLEAN_UP) };
}

test('what was there before is not cancelled, when a create is answered with it', async () => {
  const others = seeded[0];
  server.alter = created(({ body }) => (body.id = others));
  const { code, findings } = await verified();
  expect(code).toBe(1);
  expect(findings).toContainEqual(
    expect.objectContaining({ message: 'The id is that of another export job.', came: others }),
  );
  expect(callsOf('DELETE').filter(({ path }) => path.endsWith(`/${others}`))).toEqual([]);
  expect(jobs()).toContain(others);
});

describe('what was created is cancelled, however that was answered', () => {
  test.each<[string, Alter]>([
    ['201', (answer) => (answer.status = 201)],
    ['202', (answer) => (answer.status = 202)],
    ['an id that is a text', ({ body }) => (body.id = String(body.id))],
    ['a time that is a text', ({ body }) => (body.creationTime = '2026-01-01T00:00:00Z')],
    ['a job without an id', ({ body }) => delete body.id],
    [
      'a lost connection',
      (_answer, _call, _ask, response) => {
        response.socket?.destroy();
        return 'sent';
      },
    ],
  ])('by %s', async (_how, alter) => {
    server.alter = created(alter);
    const { code, cleanUp } = await verified();
    expect(callsOf('POST').length).toBeGreaterThan(4);
    expect(left()).toEqual([]);
    expect(cleanUp?.note).toMatch(/^export jobs \d+, \d+, \d+, \d+$/);
    expect(code).toBe(1);
  });

  test('by 503, after which no create is repeated, and no run passes', async () => {
    server.alter = created(await failing(503));
    const { code, verdict, cleanUp } = await verified();
    expect(new Set(callsOf('POST').map(({ body }) => body)).size).toBe(callsOf('POST').length);
    expect(left()).toEqual([]);
    expect(cleanUp).toMatchObject({
      result: 'passed',
      note: expect.stringMatching(/^export jobs( \d+,?){4}$/),
    });
    expect({ code, verdict }).toEqual({ code: 2, verdict: 'incomplete' });
  });

  test('by 500 to a request that the contract does not allow', async () => {
    const fail = await failing(500);
    const allowed = { destination: { datasetId: 'd' }, schema: { name: '_xdm.context.profile' } };
    server.alter = async (answer, call) => {
      if (!isCreate(call) || answer.status !== 400) return;
      const headers = { ...credentials(), ...call.headers, 'content-type': 'application/json' };
      for (const name of ['host', 'connection', 'content-length']) Reflect.deleteProperty(headers, name);
      const body = JSON.stringify(allowed);
      await fetch(`${mock.url}${BASE}/export/jobs`, { method: 'POST', headers: headers as any, body });
      fail(answer);
    };
    const { cleanUp } = await verified();
    expect(left()).toEqual([]);
    expect(cleanUp?.note).toMatch(/^export jobs \d+$/);
  });

  test('and what no list tells of may be left behind, which is told, and no pass', async () => {
    const fail = await failing(503);
    server.alter = (answer, call) => {
      if (isCreate(call)) fail(answer);
      if (answer.body?.records) answer.body.records = [];
    };
    const { code, verdict, cleanUp } = await verified();
    const ids = callsOf('POST').map(({ headers }) => headers['x-request-id']);
    expect(cleanUp).toMatchObject({
      result: 'not checked',
      note: expect.stringMatching(/^may be left behind: export jobs whose requestId is /),
    });
    for (const id of ids) expect(cleanUp?.note).toContain(id);
    expect(verdict).not.toBe('passed');
    expect(code).toBeGreaterThan(0);
  });

  test('but no job of others is, whose requestId is that of all calls', async () => {
    const fail = await failing(503);
    server.alter = created(fail);
    const { cleanUp } = await verified('--header', 'x-request-id: of-all');
    expect(cleanUp?.note).toBe('may be left behind: export jobs whose requestId is of-all');
    expect(callsOf('DELETE').filter(isOwnCancel)).toEqual([]);
  });
});

test('where nothing is created, nothing is said to be cancelled', async () => {
  const { code, cleanUp } = await verified('--budget', '1');
  expect(cleanUp).toMatchObject({ result: 'not checked', note: 'nothing was created' });
  expect(code).toBe(2);
});

describe('the calls that are kept for cancelling', () => {
  test.each([31, 32, 33, 34, 35, 36, 37, 38])(
    'of a budget of %i are not spent on repeating',
    async (budget) => {
      const fail = await failing(429);
      let tries = 0;
      const { alter } = server;
      server.alter = async (answer, call, ...rest) => {
        await alter(answer, call, ...rest);
        if (!isCreate(call) || tries++ % 2 > 0) return;
        const { body } = answer;
        fail(answer);
        if (body?.id) await cancelled(body.id);
      };
      await verified('--budget', String(budget));
      expect(left()).toEqual([]);
      expect(server.calls.length).toBeLessThanOrEqual(budget);
    },
  );

  async function cancelled(id: number): Promise<void> {
    await fetch(`${mock.url}${BASE}/export/jobs/${id}`, { method: 'DELETE', headers: credentials() });
  }
});

describe('what is left behind', () => {
  test('fails, and is told of with its ids', async () => {
    const fail = await failing(429);
    server.alter = (answer, call) => {
      if (isOwnCancel(call)) fail(answer);
    };
    const { code, verdict, leftBehind, cleanUp } = await verified();
    expect(leftBehind).toEqual(['11038', '11039', '11040', '11041']);
    expect(cleanUp).toMatchObject({ result: 'failed', note: `left behind: ${leftBehind.join(', ')}` });
    expect({ code, verdict }).toEqual({ code: 1, verdict: 'failed' });
    const { out } = await verifying([url, '--write', '--watch', '0s']);
    expect(out).toMatch(/^Failed: 4 export jobs may be left behind \((11\d+(, )?){4}\), 0 contradictions, /m);
  });

  test('is not what is gone, though the answer that said so was lost', async () => {
    const fail = await failing(503);
    const seen = new Set<string>();
    server.alter = (answer, call) => {
      if (!isOwnCancel(call) || seen.has(call.path)) return;
      seen.add(call.path);
      fail(answer);
    };
    const { code, findings, verdict } = await verified();
    expect({ code, findings, verdict }).toEqual({ code: 0, findings: [], verdict: 'passed' });
  });

  test.each([
    ['500', 500],
    ['nothing', undefined],
  ])('is not what is gone, though it was answered %s', async (_what, status) => {
    const fail = status === undefined ? undefined : await failing(status);
    const seen = new Set<string>();
    server.alter = (answer, call, _ask, response) => {
      if (!isOwnCancel(call) || seen.has(call.path)) return undefined;
      seen.add(call.path);
      fail?.(answer);
      if (!fail) response.socket?.destroy();
      return fail ? undefined : 'sent';
    };
    const { findings, leftBehind, cleanUp } = await verified();
    expect(leftBehind).toEqual([]);
    expect(cleanUp).toMatchObject({ result: 'passed', note: 'export jobs 11038, 11039, 11040, 11041' });
    expect(findings.map(({ message }) => message)).toEqual(fail ? [] : ['There is no whole answer.']);
  });

  test('is not said for sure of what may be gone', async () => {
    const fail = await failing(503);
    server.alter = (answer, call) => {
      if (isOwnCancel(call)) fail(answer);
    };
    const { code, cleanUp } = await verified();
    expect(cleanUp?.note).toBe('may be left behind: 11038, 11039, 11040, 11041');
    expect(code).toBe(1);
  });
});

describe('when it is stopped', () => {
  test('a cancel that is to be repeated later is waited for, and nothing else', async () => {
    const refusal = { kind: 'refuse', status: 429, retryAfterSeconds: 3 } as const;
    mock
      .sandbox()
      .fault({ name: 'busy', summary: 'busy', effect: refusal }, { operation: 'cancelExportJob', times: 1 });
    const stopped = new AbortController();
    const waits: [ms: number, isEndedByStop: boolean][] = [];
    server.alter = (_answer, call) => {
      if (isCreate(call)) stopped.abort();
    };
    const { verdict, checks, leftBehind } = await verify({
      ...{ baseUrl: url, budget: 100, strict: false, showBodies: false, badToken: false },
      headers: Object.fromEntries(
        Object.entries(credentials()).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      write: { polls: 5 },
      progress: () => undefined,
      pause: (ms, signal) => {
        waits.push([ms, signal !== undefined]);
        return Promise.resolve();
      },
      signal: stopped.signal,
    });
    expect(waits).toEqual([[3000, false]]);
    expect({ verdict, leftBehind, left: left() }).toEqual({
      verdict: 'interrupted',
      leftBehind: [],
      left: [],
    });
    expect(checks.at(-1)?.note).toBe('it was stopped');
  });

  test('nothing is asked any more but what cleans up', async () => {
    const signals = new EventEmitter();
    const fail = await failing(503);
    server.alter = (answer, call) => {
      if (!isCreate(call)) return;
      signals.emit('SIGTERM');
      fail(answer);
    };
    const { code } = await verifying([url, '--write'], {}, { signals });
    expect(code).toBe(130);
    const after = server.calls.slice(server.calls.findIndex(isCreate) + 1);
    expect(after.map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).toEqual([
      'GET jobs?limit=100',
      'DELETE 11038',
    ]);
  });
});
