/**
 * Tries the packed package on Windows, as Wine has it: the command with its state on disk, a command of the shell under
 * `exec`, the mock in code and the test kit's, with the Node for Windows of the registry. It needs `wine`, as Debian's
 * packages wine and wine64 install it. Nothing there can connect to a port, in Wine, so all calls come from outside; the
 * verbs, the client and `verify` are not tried.
 */
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckList } from './check-list.js';
import { Command, run } from './command.js';
import { MockClient, SMALLEST_REQUEST } from './mock-client.js';
import { createProject, installNode, pack, presentNode, withFolder } from './smoke/project.js';

const CLI = 'node_modules/aep-export-jobs-mock/dist/cli/main.js';
const STATE = 'node_modules/.cache/aep-export-jobs-mock';
/** It prints into a file, because Node cannot print into a pipe in Wine. */
const START = ': > "$0"; wine "$@" < /dev/null > "$0" 2>&1 & tail -n +1 -f --pid=$! "$0"; wait $!';
const PROGRAMS = {
  'in-code.cjs': `require('aep-export-jobs-mock').createMockServer().then((mock) => mock.listen()).then(console.log)`,
  'in-code.mjs': `import { createMockServer } from 'aep-export-jobs-mock';
    console.log(await (await createMockServer()).listen());`,
  'kit.cjs': `require('aep-export-jobs-mock/testing').startMockServer().then(({ url }) => {
    setInterval(() => {}, 1000);
    console.log(url);
  })`,
  'kit.mjs': `import { startMockServer } from 'aep-export-jobs-mock/testing';
    const { url } = await startMockServer();
    setInterval(() => {}, 1000);
    console.log(url);`,
};

const checks = new CheckList();
const { check } = checks;
let starts = 0;

/** @param start starts something with Node on Windows. */
async function checkAll(project: string, start: (...parameters: string[]) => Command): Promise<void> {
  const createClient = async (command: Command) => {
    const [, url = ''] = await command.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
    return new MockClient(url);
  };
  const runToEnd = async (...parameters: string[]) => {
    const command = start(...parameters);
    return { code: await command.ended(), output: command.output };
  };
  const countLocks = async () =>
    (await readdir(join(project, STATE))).filter((name) => name.endsWith('.sock')).length;

  let running = start(CLI, '--port', '0');
  try {
    let id = 0;
    await check('the command keeps its state on disk', async () => {
      const { status, body } = await (await createClient(running)).create(SMALLEST_REQUEST);
      assert.equal(status, 200);
      id = (body as { id: number }).id;
      assert.equal(await countLocks(), 1);
    });
    await check('a second one is rejected, and told who has the directory', async () => {
      const { code, output } = await runToEnd(CLI, '--port', '0');
      assert.match(output, /is in use by process \d+, which listens on http/);
      assert.equal(code, 1);
    });
    await running.kill();
    running = start(CLI, '--port', '0');
    await check('killed and started again, it has the job', async () => {
      assert.equal((await (await createClient(running)).retrieve(id)).status, 200);
      assert.equal(await countLocks(), 1);
    });
  } finally {
    await running.kill();
  }
  const script = '@echo off\r\necho tested %AEP_MOCK_BASE_URL% with %1\r\nexit /b 7\r\n';
  await writeFile(join(project, 'tests.cmd'), script);
  await check('exec runs a command of the shell, as npm is one, and ends with its exit code', async () => {
    const { code, output } = await runToEnd(CLI, 'exec', '--', 'tests', 'a&b');
    assert.match(output, /^tested http:\/\/127\.0\.0\.1:\d+\/data\/core\/ups with "a&b"/m);
    assert.equal(code, 7);
  });
  for (const [name, program] of Object.entries(PROGRAMS)) {
    await writeFile(join(project, name), program);
    const command = start(name);
    await check(`${name} starts a mock`, async () => {
      assert.equal((await (await createClient(command)).retrieve(11037)).status, 200);
    });
    await command.kill();
  }
}

await withFolder(async (folder) => {
  // Wine says that it is an older Windows.
  const wine = {
    DISPLAY: '',
    WINEDEBUG: '-all',
    WINEPREFIX: join(folder, 'wine'),
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  const env = { ...process.env, ...wine };
  await run('wine', ['--version'], folder, env).catch((error: unknown) => {
    throw new Error("There is no wine: install Debian's packages wine and wine64", { cause: error });
  });
  const project = await createProject(folder, await pack(folder), await presentNode());
  const node = join(await installNode('win-x64', '20', folder), 'node.exe');
  const start = (...parameters: string[]) =>
    new Command('sh', ['-c', START, `printed-${++starts}.txt`, node, ...parameters], project, env);
  await checkAll(project, start).finally(() => run('wineserver', ['-k'], folder, env).catch(() => undefined));
}).catch((error: unknown) => checks.fail((error as Error).message));
process.exitCode = checks.conclude();
