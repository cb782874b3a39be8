import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import express from 'express';
import { createMockServer, type Fault, type MockServer } from '../../server/mock-server.js';
import { BASE, callerOf, credentials, NOW, SMALLEST_REQUEST, startMock } from '../support/mock.js';
import { callText, createText, openConnection, type Connection } from '../support/connection.js';

let mock: MockServer;
let url: string;
const connections: Connection[] = [];

beforeEach(async () => {
  mock = await createMockServer({ clock: NOW, randomSeed: 1 });
  url = await mock.listen();
});
afterEach(async () => {
  for (const { socket } of connections.splice(0)) socket.destroy();
  await mock.close();
});

function send(text: string): Connection {
  const connection = openConnection(url, text);
  connections.push(connection);
  return connection;
}

/** An answer as it stands on the wire. */
interface Wire {
  status: number;
  headers: Record<string, string>;
  body: string;
}

function read(text: string): Wire {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => /^([^:]+): (.*)$/.exec(line)?.slice(1, 3) as [string, string]);
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join('\r\n\r\n'),
  };
}

const CLOSING = { Connection: 'close' };
const list = (headers: Record<string, string> = {}) => callText('GET', '/export/jobs', { headers });
const retrieve = (id: number, headers: Record<string, string> = {}) =>
  callText('GET', `/export/jobs/${id}`, { headers });

/** What a call is answered on a connection of its own, to its end. */
async function answered(text: string): Promise<Wire> {
  return read((await send(text).closed).received);
}

const status = async (text = list(CLOSING)) => (await answered(text)).status;

async function ids(): Promise<number[]> {
  const { body } = await answered(list(CLOSING));
  return (JSON.parse(body) as { records: { id: number }[] }).records.map(({ id }) => id);
}

afterEach(() => {
  expect(mock.health().contractViolations).toBe(0);
});

describe('a refusal', () => {
  test('unavailable: three calls are told so, and when to come again; the fourth goes on', async () => {
    mock.sandbox().fault('unavailable');
    for (let call = 1; call <= 3; call++) {
      const { status, headers, body } = await answered(list({ ...CLOSING, 'x-request-id': 'mine' }));
      expect(status).toBe(503);
      expect(headers).toMatchObject({
        'retry-after': '1',
        'x-request-id': 'mine',
        'access-control-allow-origin': '*',
      });
      expect(JSON.parse(body)).toMatchObject({ requestId: 'mine', status: 503 });
    }
    expect(await status()).toBe(200);
    expect(mock.sandbox().rules.list()).toMatchObject([{ applied: 3, ended: true }]);
  });

  test('outage: it lasts for a time', async () => {
    mock.sandbox().fault('outage', { forMs: 40 });
    const { status: first, headers } = await answered(list(CLOSING));
    expect([first, headers['retry-after']]).toEqual([503, '5']);
    await waited(50);
    expect(await status()).toBe(200);
  });

  test('is met by nothing that is carried out', async () => {
    const before = await ids();
    mock.sandbox().fault('unavailable', { times: 1 });
    expect(await status(createText(CLOSING))).toBe(503);
    expect(await ids()).toEqual(before);
  });

  test('rate-limited: the sixth call in the window is refused, and told to wait for as long as that is', async () => {
    mock.sandbox().fault('rate-limited');
    for (let call = 1; call <= 5; call++) expect(await status()).toBe(200);
    const { status: sixth, headers } = await answered(list(CLOSING));
    expect([sixth, headers['retry-after']]).toEqual([429, '10']);
    mock.sandbox().rules.clear();
    expect(await status()).toBe(200);
  });

  test('rate-limited-bare: the same, and when to come again is not told', async () => {
    mock.sandbox().fault('rate-limited-bare');
    for (let call = 1; call <= 5; call++) expect(await status()).toBe(200);
    const { status: sixth, headers } = await answered(list(CLOSING));
    expect(sixth).toBe(429);
    expect(headers).not.toHaveProperty('retry-after');
  });

  test('token-expired: as the gateway refuses a token', async () => {
    mock.sandbox().fault('token-expired', { times: 1 });
    const { status: refused, headers, body } = await answered(list(CLOSING));
    expect(refused).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    expect(JSON.parse(body)).toEqual({ error_code: '401013', message: 'Oauth token is not valid' });
    expect(await status()).toBe(200);
  });

  test.each([
    [403, { error_code: '403025', message: 'Profile is not valid' }],
    [500, expect.objectContaining({ status: 500 })],
  ] as const)('of one’s own: %i', async (code, error) => {
    const effect = { kind: 'refuse', status: code, retryAfterSeconds: 86_400 } as const;
    mock.sandbox().fault({ name: 'own', effect });
    const { status: refused, headers, body } = await answered(list(CLOSING));
    expect([refused, headers['retry-after']]).toEqual([code, '86400']);
    expect(JSON.parse(body)).toEqual(error);
  });
});

describe('an answer of one’s own', () => {
  const OF_NODE = ['connection', 'date'];

  test('bare-503: no body, and no header but what HTTP needs', async () => {
    mock.sandbox().fault('bare-503', { times: 1 });
    const { status: code, headers, body } = await answered(list(CLOSING));
    expect([code, body]).toEqual([503, '']);
    expect(Object.keys(headers).sort()).toEqual([...OF_NODE, 'content-length'].sort());
    expect(await status()).toBe(200);
  });

  test('html-502: the page of a proxy', async () => {
    mock.sandbox().fault('html-502', { times: 1 });
    const { status: code, headers, body } = await answered(list(CLOSING));
    expect([code, headers['content-type']]).toEqual([502, 'text/html']);
    expect(body).toMatch(/^<html>[^]*502 Bad Gateway[^]*<\/html>\n$/);
    expect(headers['content-length']).toBe(String(body.length));
    expect(Object.keys(headers).sort()).toEqual([...OF_NODE, 'content-length', 'content-type'].sort());
    expect(await status()).toBe(200);
  });

  test('leaves the connection as it should be for the next call', async () => {
    mock.sandbox().fault('html-502', { times: 1 });
    const { closed } = send(list() + list(CLOSING));
    const { received } = await closed;
    expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 502', 'HTTP/1.1 200']);
  });

  test.each<[string, Extract<Fault['effect'], { kind: 'raw' }>, Partial<Wire>]>([
    ['a success that the contract does not know', { kind: 'raw', status: 202, body: 'ok' }, { body: 'ok' }],
    ['no content', { kind: 'raw', status: 204 }, { body: '' }],
    [
      'an end that is told by the fault itself',
      { kind: 'raw', status: 200, headers: { 'content-length': '9' }, body: '123' },
      { body: '123', headers: expect.objectContaining({ 'content-length': '9' }) as never },
    ],
    [
      'chunks',
      { kind: 'raw', status: 200, headers: { 'Transfer-Encoding': 'chunked' }, body: '123' },
      { body: '3\r\n123\r\n0\r\n\r\n' },
    ],
  ])('may be %s', async (_case, effect, expected) => {
    mock.sandbox().fault({ name: 'own', effect });
    expect(await answered(list(CLOSING))).toMatchObject({ status: effect.status, ...expected });
  });

  test('to HEAD has its headers alone', async () => {
    mock.sandbox().fault('html-502');
    const {
      status: code,
      headers,
      body,
    } = await answered(callText('HEAD', '/export/jobs', { headers: CLOSING }));
    expect([code, body]).toEqual([502, '']);
    expect(Number(headers['content-length'])).toBeGreaterThan(100);
  });
});

describe('a delay', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  /** What timers were set for, in milliseconds, while calls were made. */
  async function waits(fault: string | Fault, calls: number, of = mock): Promise<number[]> {
    const real = setTimeout;
    const found: number[] = [];
    const spy = jest.spyOn(globalThis, 'setTimeout').mockImplementation((run: () => void, time = 0) => {
      found.push(time);
      return real(run, 0);
    });
    of.sandbox().fault(fault);
    for (let call = 0; call < calls; call++)
      expect((await callerOf(of).get('/export/jobs')).status).toBe(200);
    spy.mockRestore();
    return found.filter((time) => time >= 500 && time <= 2000);
  }

  test('slow: drawn anew for each call, and the same in each run', async () => {
    const drawn = await waits('slow', 20);
    expect(drawn).toHaveLength(20);
    expect(new Set(drawn).size).toBeGreaterThan(15);
    const again = await createMockServer({ clock: NOW, randomSeed: 1 });
    expect(await waits('slow', 20, again)).toEqual(drawn);
  });

  test('slow-fixed: a second', async () => {
    expect(await waits('slow-fixed', 2)).toEqual([1000, 1000]);
  });

  test('holds a call up for that long, and the call then goes on as usual', async () => {
    mock.sandbox().fault({ name: 'own', effect: { kind: 'delay', leastMs: 40, mostMs: 40 } });
    const before = performance.now();
    expect(await status()).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
  });

  test('ends when the client leaves, and the call is carried out', async () => {
    mock.sandbox().fault('slow-fixed', { operation: 'createExportJob' });
    const { socket } = send(createText());
    while (mock.sandbox().rules.list()[0]?.applied !== 1) await turned();
    socket.destroy();
    while (!(await ids()).includes(11038)) await turned();
  });
});

describe('connection-reset', () => {
  test('resets the connection before the call is carried out; the next goes on', async () => {
    const before = await ids();
    mock.sandbox().fault('connection-reset', { times: 1 });
    expect(await send(createText()).closed).toEqual({ received: '', error: 'ECONNRESET' });
    expect(await ids()).toEqual(before);
  });

  test('leaves the answers to earlier calls on the connection', async () => {
    mock.sandbox().fault('connection-reset', { operation: 'cancelExportJob' });
    const slow = retrieve(100, { Prefer: 'delay=20' });
    const { received } = await send(slow + callText('DELETE', '/export/jobs/100')).closed;
    expect(read(received).status).toBe(200);
    expect(await status(retrieve(100, CLOSING))).toBe(200);
  });
});

describe('answer-lost', () => {
  test('carries the call out, stores what it does, and resets the connection: one job, and one more for the retry', async () => {
    const before = await ids();
    mock.sandbox().fault('answer-lost', { operation: 'createExportJob', times: 1 });
    expect(await send(createText()).closed).toEqual({ received: '', error: 'ECONNRESET' });
    expect(await ids()).toEqual([11038, ...before]);
    expect(await status(createText(CLOSING))).toBe(200);
    expect(await ids()).toEqual([11039, 11038, ...before]);
  });
});

describe('empty-answer', () => {
  test('keeps status and headers, and has no body; the next call on the connection is as it should be', async () => {
    mock.sandbox().fault('empty-answer', { times: 1 });
    const { socket, has, closed } = send(createText());
    await has(/\r\n\r\n/);
    socket.write(list(CLOSING));
    const [first = '', second = ''] = (await closed).received.split(/(?=HTTP\/1\.1 )/);
    const { status: code, headers, body } = read(first);
    expect([code, body]).toEqual([200, '']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '0',
      'x-location': `${BASE}/export/jobs/11038`,
      'x-request-id': expect.any(String),
    });
    expect(JSON.parse(read(second).body).records[0].id).toBe(11038);
  });

  test('takes the body of an error, too', async () => {
    mock.sandbox().fault('empty-answer');
    expect(await answered(retrieve(4, CLOSING))).toMatchObject({ status: 404, body: '' });
  });

  test('has nothing to take from a 204, which goes out as it is', async () => {
    mock.sandbox().fault('empty-answer');
    const { status: code, headers } = await answered(
      callText('DELETE', '/export/jobs/100', { headers: CLOSING }),
    );
    expect(code).toBe(204);
    expect(headers).not.toHaveProperty('content-length');
    expect(mock.sandbox().rules.list()).toMatchObject([{ applied: 1 }]);
  });

  test('tells HEAD of no body', async () => {
    mock.sandbox().fault('empty-answer');
    const { headers } = await answered(callText('HEAD', '/export/jobs', { headers: CLOSING }));
    expect(headers['content-length']).toBe('0');
  });
});

describe('truncated-body', () => {
  test('announces the whole body, sends half of it, and closes the connection', async () => {
    const whole = await answered(retrieve(100, CLOSING));
    mock.sandbox().fault('truncated-body', { times: 1 });
    const { received, error } = await send(retrieve(100)).closed;
    const { status: code, headers, body } = read(received);
    expect(error).toBeUndefined();
    expect(code).toBe(200);
    expect(headers['content-length']).toBe(whole.headers['content-length']);
    expect(body).toBe(whole.body.slice(0, Math.floor(whole.body.length / 2)));
    expect(await answered(retrieve(100, CLOSING))).toMatchObject({ status: 200, body: whole.body });
  });

  test('carries the call out', async () => {
    mock.sandbox().fault('truncated-body', { operation: 'createExportJob' });
    await send(createText()).closed;
    expect((await ids())[0]).toBe(11038);
  });

  test('waits for a body that is passed over, so that what was sent is not lost', async () => {
    mock.sandbox().fault('truncated-body');
    const { socket, closed, received } = send(list({ 'Content-Length': '4' }));
    while (mock.sandbox().rules.list()[0]?.applied !== 1) await turned();
    expect(received()).toBe('');
    socket.write('1234');
    expect((await closed).received).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ['HEAD', '/export/jobs', 200],
    ['DELETE', '/export/jobs/100', 204],
  ])(
    'has no body to cut of %s: the headers go out, and the connection is closed',
    async (method, path, code) => {
      mock.sandbox().fault('truncated-body');
      const { received, error } = await send(callText(method, path)).closed;
      expect([read(received).status, read(received).body, error]).toEqual([code, '', undefined]);
    },
  );
});

describe('a fault is aimed', () => {
  test('at the third retrieve of a job: the next goes on', async () => {
    mock.sandbox().fault('unavailable', { operation: 'retrieveExportJob', job: 100, nth: 3 });
    const codes: number[] = [];
    for (let call = 1; call <= 4; call++) {
      codes.push(await status(retrieve(100, CLOSING)));
      expect(await status(retrieve(722, CLOSING))).toBe(200);
      expect(await status()).toBe(200);
    }
    expect(codes).toEqual([200, 200, 503, 200]);
  });

  test('at calls that the gateway and the contract let through', async () => {
    mock.sandbox().fault('unavailable', { times: 1 });
    expect(await status(callText('GET', '/export/jobs?limit=0', { headers: CLOSING }))).toBe(400);
    expect(await status(list({ ...CLOSING, Authorization: 'none' }))).toBe(401);
    expect(await status()).toBe(503);
  });

  test('at one sandbox, whose calls alone count', async () => {
    const other = list({ ...CLOSING, 'x-sandbox-name': 'other' });
    mock.sandbox().fault('unavailable', { nth: 2 });
    expect([await status(), await status(other), await status(other), await status()]).toEqual([
      200, 200, 200, 503,
    ]);
  });
});

test('with a fault to begin with, each sandbox has its own count of it', async () => {
  const started = await startMock({ fault: 'unavailable' });
  const codes = async (name: string) => {
    const { get } = callerOf(started.mock, { name });
    return [
      await get('/export/jobs'),
      await get('/export/jobs'),
      await get('/export/jobs'),
      await get('/export/jobs'),
    ];
  };
  for (const name of ['one', 'two']) {
    expect((await codes(name)).map(({ status }) => status)).toEqual([503, 503, 503, 200]);
  }
  await started.mock.sandbox({ name: 'one' }).reset();
  expect((await codes('one')).map(({ status }) => status)).toEqual([503, 503, 503, 200]);
});

test('a client that waits gets through while the clock of the sandbox stands still', async () => {
  expect(mock.sandbox().clock.frozen).toBe(true);
  mock.sandbox().fault('outage', { forMs: 30 });
  expect(await status()).toBe(503);
  await waited(40);
  expect(await status()).toBe(200);

  const effect = { kind: 'refuse', status: 429, retryAfterSeconds: 1 } as const;
  mock.sandbox().fault({ name: 'own', effect, limit: { calls: 1, inMs: 40 } });
  expect([await status(), await status()]).toEqual([200, 429]);
  await waited(50);
  expect(await status()).toBe(200);
});

describe('Prefer: fault=', () => {
  test.each([
    ['unavailable', 503],
    ['rate-limited', 429],
    ['token-expired', 401],
  ])(
    '%s is met by that one call, whatever its count and limit, and said to be applied',
    async (name, code) => {
      for (let call = 1; call <= 5; call++) {
        const { status: refused, headers } = await answered(list({ ...CLOSING, Prefer: `fault=${name}` }));
        expect([refused, headers['preference-applied']]).toEqual([code, `fault=${name}`]);
      }
      expect(await status()).toBe(200);
      expect(mock.sandbox().rules.list()).toEqual([]);
    },
  );

  test('of an answer that is emptied or cut is said to be applied', async () => {
    for (const name of ['empty-answer', 'truncated-body']) {
      const { headers } = await answered(retrieve(100, { ...CLOSING, Prefer: `fault=${name}` }));
      expect(headers['preference-applied']).toBe(`fault=${name}`);
    }
  });

  test('of what is none of our answers says nothing', async () => {
    const { status: code, headers } = await answered(list({ ...CLOSING, Prefer: 'fault=bare-503' }));
    expect([code, headers['preference-applied']]).toEqual([503, undefined]);
    expect(await send(list({ Prefer: 'fault=connection-reset' })).closed).toMatchObject({ received: '' });
  });

  test('goes together with the other preferences', async () => {
    const cut = await answered(
      retrieve(4, { ...CLOSING, Prefer: 'fault=truncated-body, example=export-job-retrieved' }),
    );
    expect(cut.status).toBe(200);
    expect(cut.headers['preference-applied']).toBe('example=export-job-retrieved, fault=truncated-body');
    expect(() => JSON.parse(cut.body) as unknown).toThrow();
    const refused = await answered(
      retrieve(4, { ...CLOSING, Prefer: 'fault=unavailable, example=export-job-retrieved, delay=1' }),
    );
    expect(refused.headers['preference-applied']).toBe('delay=1, fault=unavailable');
  });

  test('stands above the rules, which count the call all the same', async () => {
    mock.sandbox().fault('unavailable', { nth: 2 });
    expect(await status(list({ ...CLOSING, Prefer: 'fault=rate-limited' }))).toBe(429);
    expect(await status()).toBe(503);
  });

  test('and so does an answer that the call asks for; one of success is carried out and meets them', async () => {
    mock.sandbox().fault('unavailable');
    expect(await status(list({ ...CLOSING, Prefer: 'code=429' }))).toBe(429);
    expect(await status(list({ ...CLOSING, Prefer: 'example=export-jobs' }))).toBe(200);
    expect(await status(list({ ...CLOSING, Prefer: 'code=200' }))).toBe(503);
    expect(await status(list({ ...CLOSING, Prefer: 'delay=1' }))).toBe(503);
  });

  test.each(['fault=outge', 'fault=', 'fault=__proto__', 'fault="a b"'])(
    'with a name that is not known is 400 and lists those that are: %s',
    async (prefer) => {
      const { status: code, body } = await answered(list({ ...CLOSING, Prefer: prefer }));
      expect(code).toBe(400);
      expect(JSON.parse(body).errors['400']).toEqual([
        expect.objectContaining({
          pointer: '/headers/prefer',
          allowed: expect.stringMatching(/^one of answer-lost, bare-503, .*, unavailable$/),
        }),
      ]);
    },
  );
});

test('the journal has what was sent, marks what met a fault, and finds nothing of it broken', async () => {
  const faults = [
    'unavailable',
    'html-502',
    'empty-answer',
    'truncated-body',
    'answer-lost',
    'connection-reset',
  ];
  for (const fault of faults) await answered(retrieve(100, { ...CLOSING, Prefer: `fault=${fault}` }));
  await answered(retrieve(100, CLOSING));
  const entries = mock.sandbox().journal();
  expect(entries.map(({ fault, answer, violations }) => [fault, answer?.status, violations])).toEqual([
    ['unavailable', 503, []],
    ['html-502', 502, []],
    ['empty-answer', 200, []],
    ['truncated-body', 200, []],
    ['answer-lost', undefined, []],
    ['connection-reset', undefined, []],
    [undefined, 200, []],
  ]);
  const [, page, empty, cut] = entries.map(({ answer }) => answer);
  expect(page).toMatchObject({
    headers: { 'content-type': 'text/html' },
    body: expect.stringContaining('<html>'),
  });
  expect(empty).toMatchObject({ headers: { 'content-length': '0' } });
  expect(empty).not.toHaveProperty('body');
  expect(cut?.body).toMatch(/^\{"id":100,/);
});

describe('where the mock does not listen itself', () => {
  /** A server that the mock is a part of. */
  async function serve(app: RequestListener, ...where: [port: number, host: string] | [path: string]) {
    const server = createServer(app).listen(...(where as [string]));
    await once(server, 'listening');
    return server;
  }

  test.each<[string, () => RequestListener, string]>([
    ['handed to a server', () => mock.app, ''],
    ['mounted in another app', () => express().use('/somewhere', mock.app), '/somewhere'],
  ])('each breakage is as it should be: %s', async (_case, app, below) => {
    const server = await serve(app(), 0, '127.0.0.1');
    const { port } = server.address() as AddressInfo;
    const met = (fault: string) => {
      const text = list({ ...CLOSING, Prefer: `fault=${fault}` }).replace(BASE, below + BASE);
      const connection = openConnection(`http://127.0.0.1:${port}`, text);
      connections.push(connection);
      return connection.closed;
    };
    expect(await met('connection-reset')).toEqual({ received: '', error: 'ECONNRESET' });
    expect(await met('answer-lost')).toEqual({ received: '', error: 'ECONNRESET' });
    expect(read((await met('empty-answer')).received)).toMatchObject({ status: 200, body: '' });
    const { headers, body } = read((await met('truncated-body')).received);
    expect(body.length).toBe(Math.floor(Number(headers['content-length']) / 2));
    expect(read((await met('html-502')).received).status).toBe(502);
    server.close();
  });

  test('a connection that is no TCP, and so can not be reset, is closed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'faults-'));
    const path = join(folder, 'socket');
    const server = await serve(mock.app, path);
    const socket = connect(path, () => socket.write(list({ Prefer: 'fault=connection-reset' })));
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    await once(socket, 'close');
    expect(received).toBe('');
    server.close();
    await rm(folder, { recursive: true });
  });

  test('supertest sees them, too', async () => {
    const { get, post } = callerOf(mock);
    await expect(get('/export/jobs', { Prefer: 'fault=connection-reset' })).rejects.toThrow('ECONNRESET');
    await expect(post(SMALLEST_REQUEST, { Prefer: 'fault=answer-lost' })).rejects.toThrow('ECONNRESET');
    expect((await get('/export/jobs/11038')).status).toBe(200);
    await expect(get('/export/jobs', { Prefer: 'fault=truncated-body' })).rejects.toThrow('aborted');
    expect((await get('/export/jobs', { Prefer: 'fault=bare-503' })).status).toBe(503);
  });
});

test('fetch sees a body that is cut as one that fails, and the next call as it should be', async () => {
  mock.sandbox().fault('truncated-body', { times: 1 });
  const call = () => fetch(`${url}${BASE}/export/jobs`, { headers: credentials() });
  await expect(call().then((answer) => answer.json())).rejects.toThrow();
  expect((await call()).status).toBe(200);
});

const waited = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const turned = () => new Promise((resolve) => setImmediate(resolve));
