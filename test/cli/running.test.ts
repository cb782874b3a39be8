import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { announce, findRunning } from '../../cli/running.js';

const DEAD_PID = 2 ** 30;

let project: string;
let running: string;
const servers: Server[] = [];
const warnings: string[] = [];

beforeEach(async () => {
  project = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
  running = join(project, 'node_modules/.cache/aep-export-jobs-mock.running');
  await mkdir(running, { recursive: true });
  warnings.length = 0;
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  await rm(project, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server whose health is that of a start. */
const serveMock = (instance: string) =>
  serve((req, res) => res.end(req.url === '/__admin/health' ? JSON.stringify({ instance }) : '{}'));

const announceIn = (folder: string, url: string, instance: string) =>
  announce(folder, { url, instance }, (message) => warnings.push(message));

/** An address at which nothing listens any more. */
async function freeUrl(): Promise<string> {
  const url = await serveMock('x');
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return url;
}

const left = (instance: string, url: string, pid = process.pid) =>
  writeFile(join(running, `${instance}.json`), JSON.stringify({ url, pid, instance }));

test('an announced mock is found until its announcement is taken back', async () => {
  const url = await serveMock('one');
  const takeBack = await announceIn(project, url, 'one');
  expect(await findRunning(project)).toBe(url);
  expect(await readdir(running)).toEqual(['one.json']);
  takeBack();
  takeBack();
  await expect(readdir(running)).rejects.toThrow('ENOENT');
  await expect(findRunning(project)).rejects.toThrow('No mock runs from this directory');
});

test('mocks that start and stop at a time do not take the folder from each other', async () => {
  const startAndStop = async (name: string) => {
    for (let round = 0; round < 50; round++) {
      const takeBack = await announceIn(project, 'http://127.0.0.1:1', `${name}-${round}`);
      takeBack();
    }
  };
  await Promise.all(['one', 'two', 'three'].map(startAndStop));
  expect(warnings).toEqual([]);
});

test('without any, it is said how to start one', async () => {
  await expect(findRunning(project)).rejects.toThrow(
    'No mock runs from this directory. Start one by aep-export-jobs-mock, or name one by --url <url>.',
  );
});

test('a mock that was announced before node_modules came is found', async () => {
  const fresh = join(project, 'fresh');
  await mkdir(fresh);
  const url = await serveMock('early');
  const takeBack = await announceIn(fresh, url, 'early');
  await mkdir(join(fresh, 'node_modules'));
  try {
    expect(await findRunning(fresh)).toBe(url);
  } finally {
    takeBack();
  }
});

test.each([
  ['http://0.0.0.0:', 'http://127.0.0.1:'],
  ['http://[::]:', 'http://[::1]:'],
])('%s is announced as %s', async (listened, reached) => {
  await announceIn(project, `${listened}4010`, 'all');
  const announced = JSON.parse(await readFile(join(running, 'all.json'), 'utf8')) as unknown;
  expect(announced).toEqual({ url: `${reached}4010`, pid: process.pid, instance: 'all' });
});

test('of two mocks, none is taken', async () => {
  const urls = [await serveMock('one'), await serveMock('two')];
  await announceIn(project, urls[0] ?? '', 'one');
  await announceIn(project, urls[1] ?? '', 'two');
  await expect(findRunning(project)).rejects.toThrow(
    `More than one mock runs from this directory: ${urls.sort().join(', ')}. Choose by --url <url>.`,
  );
});

describe('what is left of a mock that is gone does not mislead', () => {
  test('when nothing listens at its address', async () => {
    await left('dead', await freeUrl());
    const url = await serveMock('alive');
    await announceIn(project, url, 'alive');
    expect(await findRunning(project)).toBe(url);
    expect(await readdir(running)).toEqual(['alive.json']);
  });

  test('when another start of the mock listens there', async () => {
    await left('before', await serveMock('after'));
    await expect(findRunning(project)).rejects.toThrow('No mock runs');
    expect(await readdir(running)).toEqual([]);
  });

  test.each<[string, RequestListener]>([
    ['answers a page', (_req, res) => res.end('<html>')],
    ['answers null', (_req, res) => res.end('null')],
    ['breaks the connection', (req) => req.destroy()],
    ['answers 404', (_req, res) => res.writeHead(404).end('{}')],
  ])('when a program that %s listens there', async (_what, listener) => {
    await left('before', await serve(listener));
    await expect(findRunning(project)).rejects.toThrow('No mock runs');
    expect(await readdir(running)).toEqual([]);
  });

  test('when what listens there does not answer, which is kept, as it may be the mock', async () => {
    const silent = await serve(() => undefined);
    await left('silent', silent);
    await expect(findRunning(project, 20)).rejects.toThrow(`The mock at ${silent} does not answer.`);
    const url = await serveMock('alive');
    await announceIn(project, url, 'alive');
    expect(await findRunning(project, 500)).toBe(url);
    expect(await readdir(running)).toHaveLength(2);
  });

  test('and is removed by the next start if its process is dead', async () => {
    await left('dead', await freeUrl(), DEAD_PID);
    await left('other', await freeUrl());
    await announceIn(project, await serveMock('alive'), 'alive');
    expect((await readdir(running)).sort()).toEqual(['alive.json', 'other.json']);
  });
});

test('files of others in the folder are passed over, and left', async () => {
  const files = {
    'a.json': 'no JSON',
    'b.json': '{}',
    'c.json': '{"url":"x","pid":1,"instance":"c"}',
    d: 'x',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(running, name), text);
  const url = await serveMock('one');
  await announceIn(project, url, 'one');
  expect(await findRunning(project)).toBe(url);
  expect(await readdir(running)).toHaveLength(5);
});

test('a folder that can not be written is warned of, and that is all', async () => {
  await rm(running, { recursive: true });
  await writeFile(running, '');
  const takeBack = await announceIn(project, 'http://127.0.0.1:1', 'one');
  takeBack();
  expect(warnings).toEqual([expect.stringContaining('need --url')]);
});
