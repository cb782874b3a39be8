import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MockServer } from '../../server/mock-server.js';
import { callText, openConnection } from '../support/connection.js';
import { BASE, ORG, startMock } from '../support/mock.js';

let mock: MockServer;
beforeEach(async () => {
  ({ mock } = await startMock({ recordRun: true }));
  await mock.listen();
});
afterEach(() => mock.close());

/** What the mock answers to a text, until it closes the connection. */
const answerTo = async (text: string) => (await openConnection(mock.url, text).closed).received;
const LIST = callText('GET', '/export/jobs', { headers: { 'x-sandbox-name': 'dev' } });
const withHeader = (line: string) => LIST.replace('\r\n', `\r\n${line}\r\n`);
const withTarget = (target: string) => LIST.replace(`${BASE}/export/jobs`, target);

describe('a message that is no HTTP is a call of no operation that broke the contract', () => {
  test.each<[what: string, text: string, status: number, url: string]>([
    ['a target of raw bytes', withTarget(`${BASE}/export/jobs?limit=é`), 400, `${BASE}/export/jobs?limit=é`],
    [
      'a target that is too long',
      withTarget(`${BASE}/export/jobs?x=${'a'.repeat(20_000)}`),
      431,
      expect.stringMatching(/^\/data.{180,200}…$/) as unknown as string,
    ],
    ['a method that there is not', LIST.replace('GET', 'BREW'), 400, `${BASE}/export/jobs`],
    [
      'a length and a transfer coding',
      withHeader('Content-Length: 3\r\nTransfer-Encoding: chunked'),
      400,
      `${BASE}/export/jobs`,
    ],
    [
      'a Host that is missing',
      withHeader('Connection: close').replace('Host: x\r\n', ''),
      400,
      `${BASE}/export/jobs`,
    ],
    ['a Host that is repeated', withHeader('Connection: close\r\nHost: y'), 400, `${BASE}/export/jobs`],
    [
      'an address of a sandbox',
      withTarget(`/as/${ORG}/dev${BASE}/export/jobs?é`),
      400,
      `/as/${ORG}/dev${BASE}/export/jobs?é`,
    ],
  ])('%s', async (_what, text, status, url) => {
    expect(await answerTo(text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const { calls, unexpected } = mock.run();
    expect([calls, unexpected.count]).toEqual([1, 1]);
    expect(unexpected.newest).toMatchObject([
      { operation: null, sandbox: { org: ORG, name: 'dev' }, url, status, violations: [{ rule: '#/paths' }] },
    ]);
    expect(mock.sandbox({ name: 'dev' }).journal()).toMatchObject([{ answer: { status }, expected: false }]);
  });

  test('headers that are too large, which may not have come whole', async () => {
    expect(await answerTo(withHeader(`A: ${'a'.repeat(20_000)}`))).toMatch(/^HTTP\/1.1 431 /);
    const { socket, closed } = openConnection(
      mock.url,
      `GET ${BASE}/export/jobs HTTP/1.1\r\nA: ${'a'.repeat(10_000)}`,
    );
    await once(socket, 'connect');
    while (mock.run().calls < 2 && !socket.destroyed) {
      await new Promise((resolve) => setImmediate(resolve));
      socket.write('a'.repeat(5000));
    }
    await closed;
    expect(mock.run().unexpected).toMatchObject({
      count: 2,
      newest: [{ method: 'GET' }, { method: '?', url: '?' }],
    });
  });

  test('nothing that looks like HTTP', async () => {
    await answerTo('\u0016\u0003\u0001\u0000\r\n\r\n');
    expect(mock.run().unexpected).toMatchObject({ count: 1, newest: [{ method: '?', url: '?' }] });
  });

  test('behind another, on the same connection', async () => {
    await answerTo(LIST + withTarget(`${BASE}/export/jobs?é`));
    expect(mock.run()).toMatchObject({
      calls: 2,
      unexpected: { count: 1, newest: [{ id: 2, url: `${BASE}/export/jobs?é` }] },
    });
  });

  test('a body that is cut up wrongly, once', async () => {
    const text = callText('POST', '/export/jobs', {
      headers: { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' },
    });
    await answerTo(`${text}zz\r\n`);
    while (mock.run().calls === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(mock.run()).toMatchObject({
      calls: 1,
      unexpected: { count: 1, newest: [{ operation: 'createExportJob' }] },
    });
  });

  test('which may be meant', async () => {
    await answerTo(withHeader('Prefer: violations=expected').replace('jobs ', 'jobs?é '));
    expect(mock.run()).toMatchObject({ calls: 1, unexpected: { count: 0 }, expected: { count: 1 } });
  });

  test('whose secrets are left out', async () => {
    await answerTo(
      LIST.replace('Bearer token', 'Bearer SECRET').replace('jobs ', 'jobs?client_secret=SECRET&é '),
    );
    const [entry] = mock.sandbox({ name: 'dev' }).journal();
    expect(entry?.request.url).toBe(`${BASE}/export/jobs?client_secret=…&é`);
    expect(JSON.stringify(entry)).not.toContain('SECRET');
  });
});

describe('no call is', () => {
  test.each([
    ['for what is not of the API', withTarget('/__admin/health?é')],
    ['for nothing that there is', withTarget('/elsewhere?é')],
  ])('a message %s', async (_what, text) => {
    expect(await answerTo(text)).toMatch(/^HTTP\/1.1 400 /);
    expect(mock.run().calls).toBe(0);
  });

  test.each([
    ['nothing', ''],
    ['a part of its headers', LIST.slice(0, 50)],
  ])('a connection that its client closes after %s', async (_what, text) => {
    const { socket, closed } = openConnection(mock.url, text);
    socket.once('connect', () => socket.end());
    await closed;
    expect(mock.run().calls).toBe(0);
  });

  test('one that is closed as the mock is', async () => {
    const { socket, closed } = openConnection(mock.url, LIST.slice(0, 50));
    await once(socket, 'connect');
    while ((await fetch(`${mock.url}/__admin/health`)).status !== 200);
    await mock.close();
    await closed;
    expect(mock.run().calls).toBe(0);
  });
});
