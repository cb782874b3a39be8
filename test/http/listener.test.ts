import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { BASE, credentials } from '../support/mock.js';

let mock: MockServer;
let port: number;

beforeAll(async () => {
  mock = await createMockServer();
  port = Number(new URL(await mock.listen()).port);
});
afterAll(() => mock.close());

/** Sends bytes as they are, and gives back all that comes until the connection is closed. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (received += chunk));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}

const HEADERS = Object.entries(credentials())
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

describe('what is no call that can be read is refused as JSON, with a request id', () => {
  test.each([
    ['a line that is no request line', 'nonsense\r\n\r\n', 400, 'message-malformed'],
    ['an unknown method', `BREW ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n\r\n`, 400, 'message-malformed'],
    [
      'a header that is none',
      `GET ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n`,
      400,
      'message-malformed',
    ],
    [
      'two lengths',
      `POST ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
      'message-malformed',
    ],
    [
      'headers of more than 16 KiB',
      `GET ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(17_000)}\r\n\r\n`,
      431,
      'headers-too-large',
    ],
    [
      'an expectation that is not known',
      `GET ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: tea\r\n\r\n`,
      417,
      'expectation-failed',
    ],
    [
      'no Host',
      `GET ${BASE}/export/jobs HTTP/1.1\r\nConnection: close\r\n${HEADERS}\r\n`,
      400,
      'message-malformed',
    ],
  ])('%s', async (_case, bytes, status, kind) => {
    const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/^content-type: application\/json$/im);
    const error = JSON.parse(body);
    expect(error.type).toBe(`urn:aep-export-jobs-mock:error:${kind}`);
    expect(head).toMatch(new RegExp(`^x-request-id: ${error.requestId}$`, 'im'));
  });
});

test('a body cut short ends the connection and harms nobody else', async () => {
  const head = `POST ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n${HEADERS}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(`${head}{"a":`));
    socket.on('close', () => resolve());
    socket.resume();
  });
  expect((await fetch(`${mock.url}${BASE}/export/jobs`, { headers: credentials() })).status).toBe(200);
});

describe('headers may have 16 KiB, their names, their values and the target together', () => {
  const fixed = '/__admin/health'.length + 'HostlocalhostConnectionclose'.length;
  const call = (more: string) =>
    exchange(`GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`);
  const left = 16 * 1024 - fixed;
  test.each([
    ['in one header', `A: ${'a'.repeat(left - 1)}\r\n`],
    ['in as many headers as that allows', 'a:\r\n'.repeat(left)],
  ])('%s', async (_case, headers) => {
    expect(await call(headers)).toMatch(/^HTTP\/1.1 200 /);
    expect(await call(`${headers}b:\r\n`)).toMatch(/^HTTP\/1.1 431 [^]*headers-too-large/);
  });
});

test('no header is lost behind however many others', async () => {
  const many = 'a:\r\n'.repeat(5000);
  expect(
    await exchange(
      `GET ${BASE}/export/jobs HTTP/1.1\r\n${many}Host: x\r\nConnection: close\r\n${HEADERS}\r\n`,
    ),
  ).toMatch(/^HTTP\/1.1 200 /);
  expect(
    await exchange(
      `GET ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n${many}Host: y\r\nConnection: close\r\n${HEADERS}\r\n`,
    ),
  ).toMatch(/^HTTP\/1.1 400 [^]*The Host header is repeated/);
});

test('a target may be absolute (RFC 9112, section 3.2.2)', async () => {
  const target = `http://example.com${BASE}/export/jobs/100`;
  const answer = await exchange(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${HEADERS}\r\n`);
  expect(answer).toMatch(/^HTTP\/1.1 200 [^]*"id":100,/);
});

test('HTTP/1.0 needs no Host', async () => {
  expect(await exchange(`GET ${BASE}/export/jobs HTTP/1.0\r\n${HEADERS}\r\n`)).toMatch(/^HTTP\/1.1 200 /);
});

test('the url has the real port, and there is none before listen', async () => {
  expect(mock.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  const silent = await createMockServer();
  expect(() => silent.url).toThrow('call listen() first');
  await silent.close();
});

test('a port in use rejects', async () => {
  const second = await createMockServer({ port });
  await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('close finishes what is under way, and takes no more', async () => {
  let answer: (() => void) | undefined;
  const waiting = await createMockServer({
    operations: {
      listExportJobs: () => async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        const page = { sortField: 'createdTime', sort: 'desc', pageOffset: '', pageSize: 0 } as const;
        return { status: 200, body: { records: [], page, link: { next: '' } } };
      },
    },
  });
  const url = await waiting.listen();
  const call = fetch(`${url}${BASE}/export/jobs`, { headers: credentials() });
  while (!answer) await new Promise((resolve) => setImmediate(resolve));
  const closed = waiting.close();
  await expect(fetch(`${url}${BASE}/export/jobs`, { headers: credentials() })).rejects.toThrow();
  answer();
  expect((await call).status).toBe(200);
  await closed;
});
