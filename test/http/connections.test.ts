import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { BASE, credentials, SMALLEST_REQUEST } from '../support/mock.js';

let mock: MockServer;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
  mock = await createMockServer({ seed: 'empty', recordRun: true });
  port = Number(new URL(await mock.listen()).port);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await mock.close();
});

/** A connection, what came on it, and its end. */
async function connection() {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(received)));
  const has = async (pattern: RegExp) => {
    while (!pattern.test(received)) await new Promise((resolve) => socket.once('data', resolve));
  };
  await new Promise((resolve) => socket.once('connect', resolve));
  return { socket, closed, has, soFar: () => received };
}

const HEADERS = Object.entries(credentials())
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');
const get = (more = '', path = '/export/jobs') =>
  `GET ${BASE}${path} HTTP/1.1\r\nHost: x\r\n${HEADERS}${more}\r\n`;
const json = JSON.stringify(SMALLEST_REQUEST);
const post = (length = json.length, more = '') =>
  `POST ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n${HEADERS}${more}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
const statuses = (received: string) =>
  [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

describe('calls sent in one go are answered in their order', () => {
  test.each([
    [
      'a call, and one with an expectation that is not known',
      get() + get('Expect: tea\r\nConnection: close\r\n'),
      [200, 417],
    ],
    ['a created job, and what is no call', `${post()}${json}nonsense\r\n\r\n`, [200, 400]],
    [
      'three calls, and headers that are too large',
      get() + get() + get() + get(`A: ${'a'.repeat(17_000)}\r\n`),
      [200, 200, 200, 431],
    ],
    ['a call, and CONNECT', `${get()}CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n`, [200, 405]],
  ])('%s', async (_case, bytes, expected) => {
    const { socket, closed } = await connection();
    socket.write(bytes);
    const received = await closed;
    expect(statuses(received)).toEqual(expected);
    expect(received).not.toMatch(/text\/html/);
    expect(mock.health().contractViolations).toBe(0);
  });
});

describe('a stop does not wait for a connection on which nothing is under way', () => {
  test.each([
    ['that sent nothing', ''],
    ['that sent half a request line', `GET ${BASE}`],
    ['that sent half of the headers', `GET ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n`],
  ])('%s', async (_case, bytes) => {
    const { socket, closed } = await connection();
    if (bytes !== '') await new Promise((resolve) => socket.write(bytes, resolve));
    // A call on another connection shows that the bytes before it have arrived.
    await (await fetch(`${mock.url}/__admin/health`)).text();
    await mock.close();
    expect(statuses(await closed)).toEqual([]);
  });

  test('that was answered and kept', async () => {
    const { socket, closed, has } = await connection();
    socket.write(get());
    await has(/"link"/);
    await mock.close();
    expect(statuses(await closed)).toEqual([200]);
  });
});

test('a stop waits for a call that is still arriving', async () => {
  const { socket, closed, has } = await connection();
  socket.write(post(json.length, 'Expect: 100-continue\r\n'));
  await has(/100 Continue/);
  const stopped = mock.close();
  socket.write(json);
  expect(statuses(await closed)).toEqual([100, 200]);
  await stopped;
});

describe('what is under way as it is broken off', () => {
  test.each([
    ['is a call that arrives', post(json.length, 'Expect: 100-continue\r\n'), [100]],
    ['is a call that waits', get('Prefer: delay=60000\r\n'), []],
    ['is one of them behind another', get() + get('Prefer: delay=60000\r\n'), [200]],
  ])('%s, which holds up no stop, and is none', async (_case, bytes, expected) => {
    const { socket, closed } = await connection();
    await new Promise((resolve) => socket.write(bytes, resolve));
    // Calls on other connections show that the bytes before them were read.
    for (let turn = 0; turn < 3; turn++) await (await fetch(`${mock.url}/__admin/health`)).text();
    const stopped = mock.close();
    mock.breakOff();
    await stopped;
    expect(statuses(await closed)).toEqual(expected);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(mock.run()).toMatchObject({
      calls: expected.filter((status) => status === 200).length,
      unexpected: { count: 0 },
    });
  });
});

test('a stop may be a hook by itself, whatever that is called with', async () => {
  // Jest waits for a hook that takes something until that is called.
  expect(mock.close).toHaveLength(0);
  const { socket, closed, has } = await connection();
  socket.write(post(json.length, 'Expect: 100-continue\r\n'));
  await has(/100 Continue/);
  const stopped = (mock.close as (signal: string) => Promise<void>)('SIGTERM');
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(json);
  expect(statuses(await closed)).toEqual([100, 200]);
  await stopped;
});

test('stopping again is the same stop', async () => {
  expect(mock.close()).toBe(mock.close());
  await mock.close();
});

test('a body that is announced as too large is refused before it comes', async () => {
  const { socket, has } = await connection();
  socket.write(post(5_000_000, 'Expect: 100-continue\r\n'));
  await has(/^HTTP\/1\.1 413 [^]*body-too-large/);
});

test('a call whose connection is closed behind the answer is answered when it has come whole', async () => {
  const { socket, closed, soFar } = await connection();
  const head = post(json.length, 'Content-Encoding: rot13\r\nConnection: close\r\n');
  await new Promise((resolve) => socket.write(head, resolve));
  // Calls on other connections show that the bytes before them were read.
  for (let turn = 0; turn < 3; turn++) await (await fetch(`${mock.url}/__admin/health`)).text();
  expect(soFar()).toBe('');
  socket.write(json);
  expect(statuses(await closed)).toEqual([415]);
});

describe('a call that was answered before it came whole has no second answer', () => {
  const early = `POST ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n`;
  test.each([
    ['when it breaks off', `${early}Content-Length: 100\r\n\r\n{`, ''],
    ['when its body is malformed', `${early}Transfer-Encoding: chunked\r\n\r\n`, 'nonsense\r\n'],
  ])('%s', async (_case, first, rest) => {
    const { socket, closed, has } = await connection();
    socket.write(first);
    await has(/403010/);
    socket.end(rest);
    expect(statuses(await closed)).toEqual([403]);
  });
});

test('CONNECT on a connection that is reset harms nobody else', async () => {
  const { socket, closed } = await connection();
  await new Promise((resolve) => socket.write('CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n', resolve));
  socket.resetAndDestroy();
  await closed;
  expect((await fetch(`${mock.url}/__admin/health`)).status).toBe(200);
});

describe('what is not HTTP as it should be is refused', () => {
  test.each([
    [
      'two Hosts',
      `GET ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n${HEADERS}\r\n`,
      400,
    ],
    [
      'another version',
      `GET ${BASE}/export/jobs HTTP/2.0\r\nHost: x\r\nConnection: close\r\n${HEADERS}\r\n`,
      400,
    ],
    [
      'another transfer coding',
      `POST ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n${HEADERS}Content-Type: application/json\r\n\r\n${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`,
      400,
    ],
    ['CONNECT', `CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n`, 405],
    [
      'an absolute target without a path',
      `GET http://x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      404,
    ],
    [
      'an absolute target with a query alone',
      `GET http://x?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      404,
    ],
    ['a fragment after an id', get('Connection: close\r\n', '/export/jobs/100#a'), 404],
    [
      'an absolute target of another scheme',
      `GET ftp://x${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${HEADERS}\r\n`,
      404,
    ],
    ['an absolute target that is no URL', `GET a://[/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 404],
    ['the asterisk', `OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 404],
  ])('%s', async (_case, bytes, status) => {
    const { socket, closed } = await connection();
    socket.write(bytes);
    const received = await closed;
    expect(statuses(received)).toEqual([status]);
    expect(received).toMatch(/^content-type: application\/json$/im);
    expect(received).toMatch(/^x-request-id: \S+$/im);
    expect(received).toMatch(/urn:aep-export-jobs-mock:error:/);
    expect(mock.health().contractViolations).toBe(0);
  });
});

test('what is refused before it is read can be read from any origin, unless CORS is off', async () => {
  const first = await connection();
  first.socket.write('nonsense\r\n\r\n');
  expect(await first.closed).toMatch(/^Access-Control-Allow-Origin: \*$/m);

  await mock.close();
  mock = await createMockServer({ cors: false });
  port = Number(new URL(await mock.listen()).port);
  const second = await connection();
  second.socket.write('nonsense\r\n\r\n');
  expect(await second.closed).not.toMatch(/Access-Control/);
});
