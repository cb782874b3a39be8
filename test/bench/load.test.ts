import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { measureLoad } from '../../scripts/bench/contenders.js';
import { PLAN } from '../support/bench-results.js';

/** As short as autocannon can be made. */
const BRIEF = { ...PLAN, connections: 2, warmUp: 0.01, load: 0.01 };

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** Starts a server that answers calls with statuses in turn, or, instead of 0, breaks the connection. */
async function answering(...statuses: number[]): Promise<string> {
  let calls = 0;
  server = createServer((_request, response) => {
    const status = statuses[calls++ % statuses.length] ?? 0;
    if (status === 0) response.destroy();
    else response.writeHead(status).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
}

test('gets each path in turn, below the base path', async () => {
  const api = await answering(200);
  const paths = new Set<string | undefined>();
  server.on('request', ({ url }) => paths.add(url));
  expect((await measureLoad(api, ['/a', '/b?c=1'], BRIEF)).perSecond).toBeGreaterThan(0);
  expect([...paths]).toEqual(['/base/a', '/base/b?c=1']);
});

test.each([[404], [500], [204]])('counts nothing when there is an answer of %i', async (status) => {
  const api = await answering(200, status);
  await expect(measureLoad(api, ['/a'], BRIEF)).rejects.toThrow(`"${status}":`);
});

test('counts nothing when a connection breaks', async () => {
  const api = await answering(200, 0);
  await expect(measureLoad(api, ['/a'], BRIEF)).rejects.toThrow(/[1-9]\d* requests without a response/);
});
