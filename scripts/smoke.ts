/**
 * Packs the package as it would be published, installs it in a new project elsewhere, and uses it there as its users
 * do: from the command line, over HTTP and from TypeScript.
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckList } from './check-list.js';
import { Command, run } from './command.js';
import { COMPILER_OPTIONS, CONSUMER } from './smoke/consumer.js';
import { makeCalls } from './smoke/http-calls.js';
import { difference, packedFiles, publishedFiles } from './smoke/package-files.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = 'aep-export-jobs-mock';
const LISTENING = /Listening on (http:\S+)/;

const checks = new CheckList();
const { check } = checks;

/** Makes a new project that has the package installed, and nothing else. */
async function installPacked(folder: string): Promise<string> {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(
    join(project, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  await run('npm', ['pack', '--pack-destination', folder], ROOT);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm packed nothing');
  await run('npm', ['install', '--no-audit', '--no-fund', join(folder, tarball)], project);
  return project;
}

async function checkPackage(project: string): Promise<void> {
  await check('the package holds what it should, and nothing else', async () => {
    const installed = await packedFiles(join(project, 'node_modules', PACKAGE));
    const problems = difference(await publishedFiles(ROOT), installed);
    if (problems.length > 0) throw new Error(problems.join(', '));
  });
  await check('its contract can be found by name', async () => {
    const file = createRequire(join(project, 'package.json')).resolve(`${PACKAGE}/openapi.yaml`);
    await realpath(file);
  });
}

async function checkCommand(project: string): Promise<void> {
  await check('npx runs it: --version', async () => {
    const printed = await run('npx', [PACKAGE, '--version'], project);
    if (!/^aep-export-jobs-mock \d+\.\d+\.\d+ \(contract .+\)\s*$/.test(printed))
      throw new Error(`printed ${printed}`);
  });

  const command = new Command('npx', [PACKAGE, '--port', '0', '--memory'], project);
  try {
    const [, base = ''] = await command.printed(LISTENING);
    await makeCalls(base, check);
    await check('Ctrl-C stops it', async () => {
      command.signal('SIGINT');
      await command.ended();
      const isStillThere = await fetch(base).then(
        () => true,
        () => false,
      );
      if (isStillThere) throw new Error(`something still answers at ${base}`);
    });
  } finally {
    await command.kill();
  }
}

/** By its own file, as npx ends with a code of its own. */
async function checkExitCode(project: string): Promise<void> {
  const command = new Command(
    join(project, 'node_modules/.bin', PACKAGE),
    ['--port', '0', '--memory'],
    project,
  );
  try {
    await command.printed(LISTENING);
    await check('after Ctrl-C its exit code is 0', async () => {
      command.signal('SIGINT');
      const code = await command.ended();
      if (code !== 0) throw new Error(`the exit code is ${code ?? 'none'}`);
    });
  } finally {
    await command.kill();
  }
}

async function checkTypes(project: string): Promise<void> {
  await writeFile(join(project, 'consumer.ts'), CONSUMER);
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: ['consumer.ts'] }),
  );
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await check('TypeScript compiles code that uses it', () => run(process.execPath, [compiler], project));
  await check('its types need no other package', async () => {
    const files = (await run(process.execPath, [compiler, '--listFilesOnly'], project)).trim().split('\n');
    const allowed = [
      join(project, 'consumer.ts'),
      join(project, 'node_modules', PACKAGE),
      join(compiler, '../../lib'),
    ];
    const others = files.filter((file) => !allowed.some((place) => file.startsWith(place)));
    if (others.length > 0)
      throw new Error(`they reach ${others.length} files of others, such as ${others[0] ?? ''}`);
  });
  await check('the compiled code runs', () => run(process.execPath, ['consumer.js'], project));
}

const folder = await realpath(await mkdtemp(join(tmpdir(), `${PACKAGE}-smoke-`)));
// By then, what runs in it was told to end; what it still writes is removed at the next try.
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  const project = await installPacked(folder);
  await checkPackage(project);
  await checkCommand(project);
  await checkExitCode(project);
  await checkTypes(project);
} catch (error) {
  checks.fail((error as Error).message);
}
process.exitCode = checks.conclude();
