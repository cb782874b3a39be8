/**
 * Packs the package as it would be published, installs it in new projects elsewhere, and uses it there as its users do:
 * from each test runner, from TypeScript, from plain JavaScript, from Python and from the command line.
 *
 *     npm run smoke                       on this Node
 *     npm run smoke -- --node 20,22,24    on the newest of each of these
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CheckList } from './check-list.js';
import { Command, run } from './command.js';
import { HEADERS, SMALLEST_REQUEST } from './mock-client.js';
import { checkPackage } from './smoke/package-checks.js';
import {
  createProject,
  pack,
  PACKAGE,
  presentNode,
  registryNode,
  ROOT,
  withFolder,
  type Node,
} from './smoke/project.js';

const CONSUMERS = join(ROOT, 'test/consumers');
const START = ['--port', '0', '--memory'];
const LISTENING = /Listening on (http:\S+)/;

/** Uses the command of a project that has the package installed. */
async function checkCommand(
  project: string,
  { version, env }: Node,
  check: CheckList['check'],
): Promise<void> {
  const checkHere: typeof check = (what, test) => check(`the command on ${version}: ${what}`, test);
  await checkHere('npx runs it: --version', async () => {
    assert.match(
      await run('npx', [PACKAGE, '--version'], project, env),
      /^\S+ \d+\.\d+\.\d+ \(contract .+\)\s*$/,
    );
  });
  const command = new Command('npx', [PACKAGE, ...START], project, env);
  try {
    const [, base = ''] = await command.printed(LISTENING);
    await checkRequests(base, checkHere);
    await checkHere('Ctrl-C stops it', async () => {
      command.signal('SIGINT');
      await command.ended();
      await assert.rejects(fetch(base), `something still listens at ${base}`);
    });
  } finally {
    await command.kill();
  }
  // By its own file, as npx ends with a code of its own.
  const program = new Command(join(project, 'node_modules/.bin', PACKAGE), START, project, env);
  try {
    await program.printed(LISTENING);
    await checkHere('after Ctrl-C its exit code is 0', async () => {
      program.signal('SIGINT');
      assert.equal(await program.ended(), 0);
    });
  } finally {
    await program.kill();
  }
}

/** Sends the requests that everyone begins with, to the address of the API, base path included. */
async function checkRequests(base: string, check: CheckList['check']): Promise<void> {
  const send = async (expected: number, method: string, path: string, body?: object) => {
    const init = { method, headers: HEADERS, ...(body && { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(path, `${base}/`), init);
    const text = await response.text();
    assert.equal(response.status, expected, text);
    return {
      headers: response.headers,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  await check('it is healthy', async () => {
    assert.equal((await send(200, 'GET', '/__admin/health')).body['status'], 'ok');
  });
  await check('it lists the documented jobs', async () => {
    const { body } = await send(200, 'GET', 'export/jobs?limit=2');
    assert.deepEqual(
      (body['records'] as { id: number }[]).map(({ id }) => id),
      [11037, 100],
    );
  });
  let job = '';
  await check('it creates a job', async () => {
    const { headers } = await send(200, 'POST', 'export/jobs', SMALLEST_REQUEST);
    job = headers.get('x-location') ?? '';
  });
  await check('it shows the job, where it said that it is', () => send(200, 'GET', job));
  await check('it cancels the job', () => send(204, 'DELETE', job));
  await check('it rejects a request that the contract does not allow', () =>
    send(400, 'GET', 'export/jobs?limt=2'),
  );
}

const TESTS = 'python3 test_export_jobs.py';
/** Sends a request that breaks the contract, and passes. */
const BROKEN_REQUEST = `sh -c 'curl -sS -o /dev/null "$AEP_MOCK_BASE_URL/export/jobs?limit=none"'`;

/** Runs tests in Python against a mock in the background, as docs/contract-tests.md has it. */
async function checkPython(
  to: string,
  tarball: string,
  node: Node,
  check: CheckList['check'],
): Promise<void> {
  const folder = join(to, 'python');
  await cp(join(CONSUMERS, 'python'), folder, { recursive: true });
  const script = await readFile(join(folder, 'in-background.sh'), 'utf8');
  const prefix = join(to, 'global');
  const path = [join(prefix, 'bin'), node.env['PATH']].join(delimiter);
  const runWith = async (tests: string) => {
    const text = script
      .replace(`npm install --global ${PACKAGE}`, `npm install --global ${tarball}`)
      .replaceAll('4010', String(await findFreePort()))
      .replace(TESTS, tests);
    await writeFile(join(folder, 'in-background.sh'), text);
    const env = { ...node.env, npm_config_prefix: prefix, PATH: path };
    return run('sh', ['-e', 'in-background.sh'], folder, env);
  };
  await check('tests in Python pass against a mock in the background', () => runWith(TESTS));
  await check('and fail when a call broke the contract', () =>
    assert.rejects(runWith(BROKEN_REQUEST), /1 call broke the contract unexpectedly/),
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const { values } = parseArgs({ options: { node: { type: 'string' } } });
const checks = new CheckList();
const { check } = checks;
await withFolder(async (folder) => {
  const tarball = await pack(folder);
  const present = await presentNode();
  const versions = values.node?.split(',').map((version) => registryNode(version, folder, present));
  const nodes = versions ? await Promise.all(versions) : [present];
  const bare = await createProject(folder, tarball, present);
  await checkPackage(tarball, join(bare, 'node_modules', PACKAGE), check);
  for (const node of nodes) await checkCommand(bare, node, check);
  for (const name of (await readdir(CONSUMERS)).sort()) {
    const manifest = join(CONSUMERS, name, 'package.json');
    if (!existsSync(manifest) || !readFileSync(manifest, 'utf8').includes('"test":')) continue;
    const project = await createProject(folder, tarball, present, join(CONSUMERS, name));
    for (const node of nodes)
      await check(`${name} on ${node.version}`, () => run('npm', ['test'], project, node.env));
  }
  await checkPython(folder, tarball, present, check);
}).catch((error: unknown) => checks.fail((error as Error).message));
process.exitCode = checks.conclude();
