import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import type { CheckList } from '../check-list.js';
import { run } from '../command.js';
import { declarationsRead } from './declarations.js';
import { difference, packedFiles, publishedFiles } from './package-files.js';

/** What the declarations may need besides themselves: what the client is made with. */
const TYPES_OF_OTHERS = ['openapi-fetch', 'openapi-typescript-helpers'];

/** Packs the package that is in a folder, and gives the file. */
export async function pack(root: string, to: string): Promise<string> {
  await run('npm', ['pack', '--pack-destination', to], root);
  const tarball = (await readdir(to)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm packed nothing');
  return join(to, tarball);
}

/** Looks at the packed package, and at where it is installed. */
export async function checkPackage(
  tarball: string,
  installed: string,
  root: string,
  check: CheckList['check'],
): Promise<void> {
  await check('the package holds what it should, and nothing else', async () => {
    const problems = difference(await publishedFiles(root, installed), await packedFiles(installed));
    if (problems.length > 0) throw new Error(problems.join(', '));
  });
  await check('its types need no other package', async () => {
    const allowed = [installed, ...TYPES_OF_OTHERS.map((name) => join(installed, '..', name))];
    const read = await Promise.all([
      declarationsRead(installed, 'import'),
      declarationsRead(installed, 'require'),
    ]);
    const others = read.flat().filter((file) => !allowed.some((folder) => file.startsWith(`${folder}/`)));
    if (others.length > 0)
      throw new Error(`they reach ${others.length} files of others, such as ${others[0] ?? ''}`);
  });
  await check('publint finds nothing in it', async () => {
    const { buffer } = new Uint8Array(await readFile(tarball));
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    if (messages.length > 0)
      throw new Error(messages.map((message) => formatMessage(message, pkg)).join(', '));
  });
  // A contract in YAML is no module; node16 stands for Node's own resolution and for that of bundlers.
  const options = ['--profile', 'node16', '--exclude-entrypoints', './openapi.yaml'];
  const attw = fileURLToPath(
    new URL('dist/index.js', import.meta.resolve('@arethetypeswrong/cli/package.json')),
  );
  await check('attw finds its types right, however they are imported', () =>
    run(process.execPath, [attw, tarball, ...options], root),
  );
}
