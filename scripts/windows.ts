/**
 * Tries the packed package on Windows, as Wine has it: the command with its state on disk, a command of the shell under
 * `exec`, the mock in code and the test kit's, with the Node for Windows of the registry. It needs `wine`, as Debian's
 * packages wine and wine64 install it. Nothing there can connect to a port, in Wine, so all calls come from outside; the
 * verbs, the client and `verify` are not tried.
 *
 *     npm run windows
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckList } from './check-list.js';
import { Command, run } from './command.js';
import { MockClient, SMALLEST_REQUEST } from './mock-client.js';
import { Project } from './smoke/consumers.js';
import { installNode, presentNode } from './smoke/nodes.js';
import { pack } from './smoke/package-checks.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLI = 'node_modules/aep-export-jobs-mock/dist/cli/main.js';
const STATE = 'node_modules/.cache/aep-export-jobs-mock';

const checks = new CheckList();
const { check } = checks;
const folder = await realpath(await mkdtemp(join(tmpdir(), 'aep-export-jobs-mock-windows-')));
const env = {
  ...process.env,
  DISPLAY: '',
  WINEDEBUG: '-all',
  WINEPREFIX: join(folder, 'wine'),
  // Wine says that it is an older Windows.
  NODE_SKIP_PLATFORM_CHECK: '1',
};

/** It prints into a file, for Node can't print into a pipe in Wine. */
const START = ': > "$0"; wine "$@" < /dev/null > "$0" 2>&1 & tail -n +1 -f --pid=$! "$0"; wait $!';
let starts = 0;
/** Once it is installed. */
let nodeExe = '';

/** Starts something with Node on Windows. */
function start(project: string, ...parameters: string[]): Command {
  const printed = `printed-${++starts}.txt`;
  return new Command('sh', ['-c', START, printed, nodeExe, ...parameters], project, env);
}

/** Runs it to its end. */
async function ended(
  project: string,
  ...parameters: string[]
): Promise<{ code: number | null; output: string }> {
  const command = start(project, ...parameters);
  return { code: await command.ended(), output: command.output };
}

/** What calls the mock that something there says it listens as. */
async function clientOf(command: Command): Promise<MockClient> {
  const [, url = ''] = await command.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
  return new MockClient(url);
}

async function locks(project: string): Promise<number> {
  return (await readdir(join(project, STATE))).filter((name) => name.endsWith('.sock')).length;
}

async function checkState(project: string): Promise<void> {
  let running = start(project, CLI, '--port', '0');
  let id = 0;
  try {
    await check('the command keeps its state on disk', async () => {
      const { status, body } = await (await clientOf(running)).create(SMALLEST_REQUEST);
      assert.equal(status, 200);
      id = (body as { id: number }).id;
      assert.equal(await locks(project), 1);
    });
    await check('a second one is refused, and told who has the directory', async () => {
      const { code, output } = await ended(project, CLI, '--port', '0');
      assert.match(output, /is in use by process \d+, which listens on http/);
      assert.equal(code, 1);
    });
    await running.kill();
    running = start(project, CLI, '--port', '0');
    await check('killed and started again, it has the job', async () => {
      assert.equal((await (await clientOf(running)).retrieve(id)).status, 200);
      assert.equal(await locks(project), 1);
    });
  } finally {
    await running.kill();
  }
}

async function checkExec(project: string): Promise<void> {
  await writeFile(
    join(project, 'tests.cmd'),
    '@echo off\r\necho tested %AEP_MOCK_BASE_URL% with %1\r\nexit /b 7\r\n',
  );
  await check('exec runs a command of the shell, as npm is one, and ends with its exit code', async () => {
    const { code, output } = await ended(project, CLI, 'exec', '--', 'tests', 'a&b');
    assert.match(output, /^tested http:\/\/127\.0\.0\.1:\d+\/data\/core\/ups with "a&b"/m);
    assert.equal(code, 7);
  });
}

async function checkInCode(project: string): Promise<void> {
  const programs = {
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
  for (const [name, program] of Object.entries(programs)) {
    await check(`${name} starts a mock`, async () => {
      await writeFile(join(project, name), program);
      const running = start(project, name);
      try {
        assert.equal((await (await clientOf(running)).retrieve(11037)).status, 200);
      } finally {
        await running.kill();
      }
    });
  }
}

try {
  await run('wine', ['--version'], folder, env).catch((error: unknown) => {
    throw new Error("There is no wine: install Debian's packages wine and wine64", { cause: error });
  });
  const bare = await Project.make(join(folder, 'bare'), await pack(ROOT, folder), await presentNode(ROOT));
  nodeExe = join(await installNode('win-x64', '20', folder), 'node.exe');
  await checkState(bare.folder);
  await checkExec(bare.folder);
  await checkInCode(bare.folder);
} catch (error) {
  checks.fail((error as Error).message);
} finally {
  await run('wineserver', ['-k'], folder, env).catch(() => undefined);
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
process.exitCode = checks.conclude();
