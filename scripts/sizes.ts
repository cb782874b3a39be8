/**
 * Measures what this package and others install, and prints the rows of the table in README.md. Packages are counted
 * without the one that was asked for; sizes are those of the files.
 */
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from './command.js';
import { pack, withFolder } from './smoke/project.js';

const OTHERS = ['@stoplight/prism-cli@5.14.2', '@mockoon/cli@9.9.0', 'json-server@0.17.4'];

await withFolder(async (root) => {
  for (const [index, specifier] of [await pack(root), ...OTHERS].entries()) {
    const folder = join(root, String(index));
    await mkdir(folder);
    await run(
      'npm',
      ['install', '--omit=dev', '--no-audit', '--no-fund', '--prefix', folder, specifier],
      folder,
    );
    const modules = join(folder, 'node_modules');
    const lock = JSON.parse(await readFile(join(modules, '.package-lock.json'), 'utf8')) as {
      packages: object;
    };
    const entries = await readdir(modules, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
    );
    const mebibytes = sizes.reduce((sum, bytes) => sum + bytes, 0) / 1024 ** 2;
    const name = index === 0 ? basename(specifier, '.tgz') : specifier;
    const title = name.replace(/[-@](?=[\d.]+$)/, ' ');
    console.log(`| ${title} | ${Object.keys(lock.packages).length - 1} | ${mebibytes.toFixed(1)} MiB |`);
  }
});
