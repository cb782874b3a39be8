import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { declarationsRead, exportedModules } from './declarations.js';

/**
 * The files that the package is to hold, by what the repository has: what is built of each source, and what is copied.
 * @param installed where the package is, for what its declarations in CommonJS lead to.
 */
export async function publishedFiles(root: string, installed: string): Promise<string[]> {
  const { include } = JSON.parse(await readFile(join(root, 'tsconfig.build.json'), 'utf8')) as {
    include: string[];
  };
  const sources = await relativeFiles(root, include);
  const contracts = (await relativeFiles(root, ['spec'])).map((file) => file.replace(/\.yaml$/, '.json'));
  return [
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'package.json',
    ...(await relativeFiles(root, ['docs', 'fixtures', 'spec'])),
    ...sources.flatMap((file) => ['.js', '.d.ts'].map((end) => `dist/${file.replace(/\.ts$/, end)}`)),
    ...contracts.map((file) => `dist/${file}`),
    ...(await commonJsFiles(installed, sources)),
  ];
}

/** What is exported to `require`: the client in files of its own, and everything else in one. */
async function commonJsFiles(installed: string, sources: string[]): Promise<string[]> {
  const exported = await exportedModules(installed, 'require');
  const client = sources.filter((file) => file.startsWith('client/'));
  const declarations = await declarationsRead(installed, 'require');
  return [
    'dist/cjs/package.json',
    'dist/cjs/THIRD-PARTY-LICENSES',
    ...new Set([
      ...exported.map((module) => join(module.default)),
      ...client.map((file) => `dist/cjs/${file.replace(/\.ts$/, '.js')}`),
      ...declarations.map((file) => relative(installed, file)).filter((file) => file.startsWith('dist/')),
    ]),
  ];
}

/** The files that an installed package holds. */
export async function packedFiles(folder: string): Promise<string[]> {
  return relativeFiles(folder, ['.']);
}

/** What is in one list and not in the other, in words. */
export function difference(expected: string[], found: string[]): string[] {
  return [
    ...expected.filter((file) => !found.includes(file)).map((file) => `${file} is missing`),
    ...found.filter((file) => !expected.includes(file)).map((file) => `${file} should not be there`),
  ];
}

async function relativeFiles(root: string, folders: string[]): Promise<string[]> {
  const inEach = folders.map((folder) =>
    readdir(join(root, folder), { withFileTypes: true, recursive: true }),
  );
  const files = (await Promise.all(inEach)).flat().filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}
