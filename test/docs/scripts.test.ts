import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';
import { Project } from '../support/project.js';

let mock: MockServer;
beforeAll(async () => {
  mock = await createMockServer();
  await mock.listen();
});
afterAll(() => mock.close());

/** Runs a script of the documentation as it stands. It fails when something is not as it tells. */
const run = async (name: string, env: Record<string, string> = {}, cwd?: string) => {
  const options = { env: { PATH: process.env['PATH'], ...env }, cwd };
  return (await promisify(execFile)('sh', [join(packageRoot, 'docs', name)], options)).stdout;
};

test('the script of the control plane does what it tells, with curl alone, and again', async () => {
  for (let runs = 0; runs < 2; runs++) {
    const told = await run('control-by-http.sh', { AEP_MOCK_URL: mock.url });
    expect(told).toMatch(
      /NEW[^]*PROCESSING[^]*SUCCEEDED[^]*FAILED[^]*SUCCEEDED[^]*gone[^]*4 of \d+ statuses/,
    );
  }
  expect(mock.health().contractViolations).toBe(0);
});

test('the script of the verbs does what it tells, with the mock that runs from its directory', async () => {
  const project = await Project.make();
  try {
    await project.startHere();
    const told = await run('control-by-command.sh', {}, project.folder);
    expect(told).toMatch(
      /NEW[^]*PROCESSING[^]*SUCCEEDED[^]*FAILED[^]*SUCCEEDED[^]*gone[^]*, 7 are exercised/,
    );
  } finally {
    await project.remove();
  }
}, 60_000);

test.each(['control-by-http.sh', 'control-by-command.sh'])(
  '%s ends with an error when a job is not as it tells',
  async (name) => {
    const slow = await createMockServer({ newMs: 60_000 });
    const failed = run(name, { AEP_MOCK_URL: await slow.listen() });
    await expect(failed)
      .rejects.toMatchObject({ code: 1, stderr: '  and should be PROCESSING\n' })
      .finally(() => slow.close());
  },
);
