import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadContract } from '../../contract/contract.js';
import { HttpServer } from '../../server/http/http-server.js';
import { createMockServer } from '../../server/mock-server.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { BASE, credentials } from '../support/mock.js';
import { createApi, createPipeline } from '../support/pipelines.js';

/** In place of 30 s. */
const REQUEST_TIMEOUT_MS = 60;

const CALL = `POST ${BASE}/export/jobs HTTP/1.1\r\nHost: x\r\n`;
const HEADERS = Object.entries({
  ...credentials(),
  'Content-Type': 'application/json',
  'Content-Length': '1000000',
})
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

let server: HttpServer;
let port: number;
let sockets: Socket[] = [];

beforeEach(async () => {
  const contract = await loadContract(CONTRACT_FILE);
  const { app } = await createMockServer({ seed: 'empty' });
  const { pipeline, routes } = createPipeline(createApi(contract));
  server = new HttpServer({ app, pipeline, routes, crossOrigin: false }, REQUEST_TIMEOUT_MS);
  port = Number(new URL(await server.listen(0, '127.0.0.1')).port);
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server.close();
});

/** Sends a first part, and then a byte each time that the event loop comes round. What comes back, and the end of it. */
function dribble(first: string, rest: () => string) {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  sockets.push(socket);
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', () => undefined);
  socket.once('connect', () => {
    socket.write(first);
    const more = () => {
      if (received !== '' || socket.destroyed) return;
      socket.write(rest());
      setImmediate(more);
    };
    more();
  });
  const ended = new Promise<string>((resolve) => socket.once('end', () => resolve(received)));
  return { socket, ended };
}

test.each([
  ['a header', `${CALL}A: `, () => 'a'],
  ['headers', CALL, () => 'a:\r\n'],
  ['a body', `${CALL}${HEADERS}\r\n{`, () => ' '],
  ['nothing at all', '', () => ''],
])(
  'a client that takes too long to send %s is told so, and the connection is ended',
  async (_what, first, rest) => {
    const { ended } = dribble(first, rest);
    expect(await ended).toMatch(/^HTTP\/1.1 408 [^]*request-timed-out/);
  },
);

test('a client that was refused, and keeps its side of the connection open, loses it in the same time', async () => {
  const { socket, ended } = dribble('nonsense\r\n\r\n', () => '');
  await ended;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const probe = () => {
    if (!socket.destroyed) socket.write('a', () => setImmediate(probe));
  };
  probe();
  await closed;
});
