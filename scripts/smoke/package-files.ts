import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The files that the package is to hold, by what the repository has: what is built of each source, and what is copied. */
export async function publishedFiles(root: string): Promise<string[]> {
  const { include } = JSON.parse(await readFile(join(root, 'tsconfig.build.json'), 'utf8')) as {
    include: string[];
  };
  const sources = (await Promise.all(include.map((folder) => filesIn(join(root, folder))))).flat();
  const built = sources.flatMap((file) => {
    const name = relative(root, file).replace(/\.ts$/, '');
    return [`dist/${name}.js`, `dist/${name}.d.ts`];
  });
  const copied = (
    await Promise.all(['docs', 'fixtures', 'spec'].map((folder) => filesIn(join(root, folder))))
  ).flat();
  return [
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'package.json',
    ...built,
    ...copied.map((file) => relative(root, file)),
  ];
}

/** The files that an installed package holds. */
export async function packedFiles(folder: string): Promise<string[]> {
  return (await filesIn(folder)).map((file) => relative(folder, file));
}

/** What is in one list and not in the other, in words. */
export function difference(expected: string[], found: string[]): string[] {
  return [
    ...expected.filter((file) => !found.includes(file)).map((file) => `${file} is missing`),
    ...found.filter((file) => !expected.includes(file)).map((file) => `${file} should not be there`),
  ];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
