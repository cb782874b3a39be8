import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../server/mock-server.js';
import { packageRoot } from '../server/package-root.js';

let mock: MockServer;
beforeAll(async () => {
  mock = await createMockServer();
  await mock.listen();
});
afterAll(() => mock.close());

/** Runs a script of the documentation as it stands. It fails when something is not as it tells. */
const run = async (name: string) => {
  const env = { ...process.env, AEP_MOCK_URL: mock.url };
  return (await promisify(execFile)('sh', [join(packageRoot, 'docs', name)], { env })).stdout;
};

test('the script of the control plane does what it tells, with curl alone, and again', async () => {
  const shown = /NEW[^]*PROCESSING[^]*SUCCEEDED[^]*FAILED[^]*SUCCEEDED[^]*gone[^]*4 of \d+ statuses/;
  expect(await run('control-by-http.sh')).toMatch(shown);
  expect(await run('control-by-http.sh')).toMatch(shown);
  expect(mock.health().contractViolations).toBe(0);
});
