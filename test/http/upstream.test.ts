import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { openConnection } from '../support/connection.js';
import { BASE, credentials, ORG } from '../support/mock.js';

/** A call as the other server got it. */
interface Received {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

let other: Server;
let mock: MockServer;
let received: Received[] = [];
let answer: RequestListener;
const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  other = createServer((req, res) => {
    void text(req).then((body) => {
      received.push({ method: req.method, url: req.url, headers: req.headers, body });
      answer(req, res);
    });
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  mock = await createMockServer({ upstream: `${addressOf(other)}/below/` });
  await mock.listen();
});
beforeEach(() => {
  received = [];
  answer = (_req, res) => res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"other":true}');
});
afterAll(async () => {
  await mock.close();
  other.closeAllConnections();
  other.close();
});

describe('a call for what the mock does not serve', () => {
  test('comes to the other server as it is, and its answer back', async () => {
    answer = (_req, res) =>
      res
        .writeHead(418, { 'Content-Type': 'text/plain', 'X-Own': 'yes', 'Set-Cookie': ['a=1', 'b=2'] })
        .end('tea');
    const response = await fetch(`${mock.url}${BASE}/segment/jobs?limit=1&limit=2`, {
      method: 'POST',
      headers: { ...credentials(), 'Content-Type': 'text/plain', 'x-request-id': 'mine' },
      body: 'whatever',
    });
    expect([response.status, response.headers.get('x-own'), await response.text()]).toEqual([
      418,
      'yes',
      'tea',
    ]);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: `/below${BASE}/segment/jobs?limit=1&limit=2`,
        body: 'whatever',
        headers: { authorization: 'Bearer token', 'x-request-id': 'mine', host: addressOf(other).slice(7) },
      },
    ]);
  });

  test.each([
    ['', 'keep-alive'],
    ['Connection: close\r\n', 'close'],
  ])('gets no field of the other connection with its answer, having sent %j', async (line, connection) => {
    answer = (_req, res) => {
      res.writeHead(200, {
        Connection: 'X-Hop',
        'X-Hop': 'SECRET',
        'Keep-Alive': 'timeout=99',
        'Proxy-Connection': 'keep-alive',
        Trailer: 'X-Sum',
        Upgrade: 'h2c',
        'Transfer-Encoding': 'chunked',
        'X-Kept': 'yes',
      });
      res.write('tea');
      res.addTrailers({ 'X-Sum': 'SECRET' });
      res.end();
    };
    const {
      socket,
      has,
      received: got,
    } = openConnection(mock.url, `GET /elsewhere HTTP/1.1\r\nHost: x\r\n${line}\r\n`);
    await has(/tea\r\n0\r\n/);
    expect(got()).toMatch(/^x-kept: yes\r$/m);
    expect(got()).toMatch(new RegExp(`^connection: ${connection}\r$`, 'im'));
    expect(got()).not.toMatch(/hop|timeout=99|proxy-|trailer|sum|upgrade|SECRET/i);
    socket.destroy();
  });

  test('needs nothing that the gateway wants', async () => {
    const response = await fetch(`${mock.url}/elsewhere`);
    expect(await response.json()).toEqual({ other: true });
  });

  test('is for the sandbox of its address', async () => {
    await fetch(`${mock.url}/as/one%40Org/dev${BASE}/segment/jobs`);
    expect(received).toMatchObject([
      {
        url: `/below${BASE}/segment/jobs`,
        headers: { 'x-gw-ims-org-id': 'one@Org', 'x-sandbox-name': 'dev' },
      },
    ]);
  });

  test('is not recorded', async () => {
    const sandbox = mock.sandbox();
    const before = sandbox.journalCount();
    await fetch(`${mock.url}${BASE}/segment/jobs`, { headers: credentials() });
    expect(sandbox.journalCount()).toBe(before);
  });

  test('may come from a page of another origin, whatever the other server allows', async () => {
    const page = 'http://localhost:5173';
    answer = (_req, res) =>
      res.writeHead(200, { 'Access-Control-Allow-Origin': 'https://example.org' }).end();
    const preflight = await fetch(`${mock.url}/elsewhere`, {
      method: 'OPTIONS',
      headers: { Origin: page, 'Access-Control-Request-Method': 'PUT' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([
      204,
      'GET,HEAD,POST,PUT,PATCH,DELETE',
    ]);
    expect(received).toEqual([]);
    const response = await fetch(`${mock.url}/elsewhere`, { headers: { Origin: page } });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('what the mock serves', () => {
  test.each([`${BASE}/export/jobs`, `${BASE}/export/jobs/100`, `/as/${ORG}/prod${BASE}/export/jobs`])(
    '%s stays there',
    async (path) => {
      const response = await fetch(mock.url + path, { headers: credentials() });
      expect([response.status, received]).toEqual([200, []]);
    },
  );

  test('another method of it is refused', async () => {
    const response = await fetch(`${mock.url}${BASE}/export/jobs`, { method: 'PUT', headers: credentials() });
    expect([response.status, received]).toEqual([405, []]);
  });

  test('whatever is below the control plane stays there', async () => {
    const response = await fetch(`${mock.url}/__admin/elsewhere`);
    expect([response.status, received]).toEqual([404, []]);
  });
});

describe('the other server', () => {
  test('that cannot be reached is reported', async () => {
    const alone = await createMockServer({ upstream: 'http://127.0.0.1:1' });
    await alone.listen();
    const response = await fetch(`${alone.url}/elsewhere`);
    expect([response.status, await response.json()]).toMatchObject([
      502,
      {
        type: 'urn:aep-export-jobs-mock:error:upstream-not-reached',
        errors: { '502': [{ message: 'http://127.0.0.1:1 cannot be reached: ECONNREFUSED.' }] },
      },
    ]);
    await alone.close();
  });

  test('that breaks off its answer breaks off ours', async () => {
    answer = (_req, res) => {
      res.writeHead(200, { 'Content-Length': 100 });
      res.write('half', () => res.destroy());
    };
    await expect(fetch(`${mock.url}/elsewhere`).then((response) => response.text())).rejects.toThrow();
  });

  test.each<[string, RequestListener]>([
    [
      'goes on and on',
      (_req, res) => res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': on\n'),
    ],
    ['never begins', () => undefined],
  ])('whose answer %s does not hold up the mock when it is closed', async (_how, answerOf) => {
    const closing = await createMockServer({ upstream: addressOf(other) });
    await closing.listen();
    const called = new Promise<void>((resolve) => {
      answer = (req, res) => {
        answerOf(req, res);
        resolve();
      };
    });
    const answered = fetch(`${closing.url}/elsewhere`).then((response) => response.text());
    const ended = expect(answered).rejects.toThrow();
    await called;
    await closing.close();
    await ended;
  });

  test('that leads back to the mock is told of', async () => {
    const listening = createServer((req, res) => mock.app(req, res));
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const looped = await createMockServer({ upstream: addressOf(listening) });
    listening.removeAllListeners('request').on('request', looped.app);
    const response = await fetch(`${addressOf(listening)}/elsewhere`);
    expect([response.status, await response.json()]).toMatchObject([
      502,
      { type: 'urn:aep-export-jobs-mock:error:upstream-leads-back' },
    ]);
    listening.closeAllConnections();
    listening.close();
    await looped.close();
  });
});

test('without another server, a path that is not served is a 404 that names the flag', async () => {
  const alone = await createMockServer();
  await alone.listen();
  const response = await fetch(`${alone.url}/elsewhere`);
  const { errors } = (await response.json()) as { errors: Record<string, { allowed: string }[]> };
  expect(response.status).toBe(404);
  expect(errors['404']?.[0]?.allowed).toContain('--upstream <url> passes other paths on to another server');
  await alone.close();
});

test.each([
  'platform.adobe.io',
  'ftp://example.org',
  'http://user:secret@example.org',
  'http://example.org/?a=1',
  '',
])('%p is no address of another server', async (upstream) => {
  const refused = expect(createMockServer({ upstream })).rejects;
  await refused.toThrow(
    'expected an address such as https://platform.adobe.io, without credentials or query',
  );
  await refused.not.toThrow('secret');
});
