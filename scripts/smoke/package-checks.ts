/** What the packed package holds, and what its declarations need. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import type { CheckList } from '../check-list.js';
import { run } from '../command.js';
import { ROOT } from './project.js';

/** What the declarations may need besides themselves: what the client is made with. */
const ALLOWED_PACKAGES = ['openapi-fetch', 'openapi-typescript-helpers'];
const DOCUMENTS = ['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md'];

type Kind = 'import' | 'require';

/** The modules that a package exports, and all files that the compiler reads for them. */
async function readExports(
  folder: string,
  kind: Kind,
): Promise<{ modules: string[]; declarations: string[] }> {
  const { exports } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, string | Record<Kind, { types: string; default: string }>>;
  };
  const entries = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : entry[kind]));
  const files = entries.map(({ types }) => join(folder, types));
  const program = ts.createProgram(files, { module: ts.ModuleKind.NodeNext, noLib: true, types: [] });
  return {
    modules: entries.map((entry) => join(entry.default)),
    declarations: program.getSourceFiles().map(({ fileName }) => fileName),
  };
}

async function listFiles(root: string, folders: string[]): Promise<string[]> {
  const options = { withFileTypes: true, recursive: true } as const;
  const entries = (await Promise.all(folders.map((folder) => readdir(join(root, folder), options)))).flat();
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}

/** The files that the package must hold, by what the repository has: what is built of each source, and what is copied. */
async function expectedFiles(installed: string): Promise<string[]> {
  const { include } = JSON.parse(await readFile(join(ROOT, 'tsconfig.build.json'), 'utf8')) as {
    include: string[];
  };
  const sources = (await listFiles(ROOT, include)).map((file) => file.replace(/\.ts$/, ''));
  const contracts = await listFiles(ROOT, ['spec']);
  const { modules, declarations } = await readExports(installed, 'require');
  // Of CommonJS, the client is in files of its own, and everything else in one file an entry.
  const commonJs = [
    ...modules,
    ...sources.flatMap((file) => (file.startsWith('client/') ? `dist/cjs/${file}.js` : [])),
    ...declarations.map((file) => relative(installed, file)).filter((file) => file.startsWith('dist/')),
  ];
  return [
    ...[...DOCUMENTS, 'package.json', 'dist/cjs/package.json', 'dist/cjs/THIRD-PARTY-LICENSES'],
    ...(await listFiles(ROOT, ['docs', 'fixtures', 'spec'])),
    ...sources.flatMap((file) => ['.js', '.d.ts'].map((end) => `dist/${file}${end}`)),
    ...contracts.map((file) => `dist/${file.replace(/\.yaml$/, '.json')}`),
    ...new Set(commonJs),
  ];
}

export async function checkPackage(
  tarball: string,
  installed: string,
  check: CheckList['check'],
): Promise<void> {
  await check('the package holds what it should, and nothing else', async () => {
    const [expected, found] = [await expectedFiles(installed), await listFiles(installed, ['.'])];
    const problems = [
      ...expected.filter((file) => !found.includes(file)).map((file) => `${file} is missing`),
      ...found.filter((file) => !expected.includes(file)).map((file) => `${file} should not be there`),
    ];
    if (problems.length > 0) throw new Error(problems.join(', '));
  });
  await check('its types need no other package', async () => {
    const allowed = [installed, ...ALLOWED_PACKAGES.map((name) => join(installed, '..', name))];
    const read = [await readExports(installed, 'import'), await readExports(installed, 'require')];
    const files = read.flatMap(({ declarations }) => declarations);
    const others = files.filter((file) => !allowed.some((folder) => file.startsWith(`${folder}/`)));
    if (others.length > 0)
      throw new Error(`they reach ${others.length} files of others, such as ${others[0]}`);
  });
  await check('publint finds nothing in it', async () => {
    const { buffer } = new Uint8Array(await readFile(tarball));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    if (messages.length > 0) throw new Error(messages.map((each) => formatMessage(each, pkg)).join(', '));
  });
  // A contract in YAML is no module; node16 stands for Node's own resolution and for that of bundlers.
  const options = ['--profile', 'node16', '--exclude-entrypoints', './openapi.yaml'];
  const attw = fileURLToPath(
    new URL('dist/index.js', import.meta.resolve('@arethetypeswrong/cli/package.json')),
  );
  await check('attw finds its types right, however they are imported', () =>
    run(process.execPath, [attw, tarball, ...options], ROOT),
  );
}
