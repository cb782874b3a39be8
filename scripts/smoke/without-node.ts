import { cp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import type { CheckList } from '../check-list.js';
import { run } from '../command.js';
import type { Node } from './nodes.js';

const SCRIPT = 'in-background.sh';
const TESTS = 'python3 test_export_jobs.py';
/** Makes a call that breaks the contract, and passes. */
const BROKEN_CALL = `sh -c 'curl -sS -o /dev/null "$AEP_MOCK_BASE_URL/export/jobs?limit=none"'`;

/** Runs tests in Python against a mock in the background, as docs/contract-tests.md has it. */
export async function checkWithoutNode(
  root: string,
  to: string,
  tarball: string,
  node: Node,
  check: CheckList['check'],
): Promise<void> {
  const folder = join(to, 'python');
  await cp(join(root, 'test/consumers/python'), folder, { recursive: true });
  const script = await readFile(join(folder, SCRIPT), 'utf8');
  const prefix = join(to, 'global');
  const path = [join(prefix, 'bin'), node.env['PATH']].join(delimiter);
  const env = { ...node.env, npm_config_prefix: prefix, PATH: path };

  const runWith = async (tests: string) => {
    const itsOwn = script
      .replace('npm install --global aep-export-jobs-mock', `npm install --global ${tarball}`)
      .replaceAll('4010', String(await freePort()))
      .replace(TESTS, tests);
    await writeFile(join(folder, SCRIPT), itsOwn);
    return run('sh', ['-e', SCRIPT], folder, env);
  };
  await check('tests in Python pass against a mock in the background', () => runWith(TESTS));
  await check('and fail when a call broke the contract', async () => {
    const failure = await runWith(BROKEN_CALL).catch((error: unknown) => error as Error);
    if (!(failure instanceof Error)) throw new Error('they pass');
    if (!failure.message.includes('1 call broke the contract unexpectedly')) throw failure;
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
