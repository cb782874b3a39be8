import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ControlClient } from '../../cli/control-client.js';
import { waitFor } from '../../cli/job-verbs.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function clientOf(listener: RequestListener): Promise<ControlClient> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return new ControlClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

describe('what is no answer of a mock is told in words', () => {
  test.each<[string, RequestListener, string]>([
    ['a page', (_req, res) => res.writeHead(404).end('<html>'), 'is no mock, or an older one: it says 404.'],
    [
      'another JSON',
      (_req, res) => res.writeHead(500).end('{}'),
      'is no mock, or an older one: it says 500.',
    ],
    ['null', (_req, res) => res.writeHead(400).end('null'), 'is no mock, or an older one: it says 400.'],
    ['a page as success', (_req, res) => res.end('<html>'), 'is no mock, or an older one: it says 200.'],
    ['nothing', (_req, res) => res.end(), 'is no mock, or an older one: it says 200.'],
    ['a detour', (_req, res) => res.writeHead(302, { location: '/' }).end(), 'it says 302.'],
    ['a reset', (req) => req.destroy(), 'can not be reached: '],
    [
      'half a body',
      (_req, res) => res.writeHead(200, { 'content-length': 9 }).write('{', () => res.destroy()),
      'can not be reached: ',
    ],
  ])('%s', async (_what, listener, message) => {
    const client = await clientOf(listener);
    await expect(client.call('get', '/clock')).rejects.toThrow(message);
  });

  test('nobody who listens', async () => {
    const client = await clientOf(() => undefined);
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    await expect(client.call('get', '/clock')).rejects.toThrow(
      /^The mock at http:\S+ can not be reached: ECONNREFUSED\.$/,
    );
  });
});

test('the sandbox and the token are sent, and what is not given is not', async () => {
  const seen: Record<string, unknown>[] = [];
  const client = await clientOf(({ headers, url, method }, res) => {
    seen.push({ ...headers, url, method });
    res.writeHead(204).end();
  });
  await client.call('delete', '/snapshots/{name}', { path: { name: 'a b/ü' } });
  expect(seen[0]).toMatchObject({ method: 'DELETE', url: '/__admin/snapshots/a%20b%2F%C3%BC' });
  for (const name of ['authorization', 'x-gw-ims-org-id', 'x-sandbox-name', 'content-type']) {
    expect(seen[0]).not.toHaveProperty(name);
  }
  const url = `http://127.0.0.1:${(servers[0]?.address() as AddressInfo).port}`;
  const whole = new ControlClient({ url, org: 'o', sandbox: 's', adminToken: 't' });
  await whole.call('delete', '/rules');
  expect(seen[1]).toMatchObject({ authorization: 'Bearer t', 'x-gw-ims-org-id': 'o', 'x-sandbox-name': 's' });
});

test('a long wait is asked for in pieces that Node does not give up on', async () => {
  const asked: (string | undefined)[] = [];
  const timedOut = { type: 'urn:x', errors: { 408: [{ code: '408', message: 'Not yet.' }] } };
  const client = await clientOf(({ url }, res) => {
    asked.push(url);
    if (asked.length < 3) res.writeHead(408).end(JSON.stringify(timedOut));
    else res.end('{"id":1}');
  });
  await expect(waitFor(client, 1, 'FAILED', 600_000)).resolves.toMatchObject({ body: { id: 1 } });
  expect(asked).toEqual(Array(3).fill('/__admin/jobs/1/wait?status=FAILED&timeout=60000'));
  asked.splice(0);
  await expect(waitFor(client, 1, 'FAILED', 10)).rejects.toThrow('Not yet.');
  expect(asked).toEqual(['/__admin/jobs/1/wait?status=FAILED&timeout=10']);
});
