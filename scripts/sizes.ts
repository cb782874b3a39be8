/**
 * Measures what this package and others install, for the table in README.md: prints its rows. Packages are counted
 * without the one that was asked for; sizes are those of the files.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.js';
import { pack } from './smoke/package-checks.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OWN = 'aep-export-jobs-mock';
const OTHERS = ['@stoplight/prism-cli@5.14.2', '@mockoon/cli@9.9.0', 'json-server@0.17.4'];
const MIB = 2 ** 20;

async function measure(specifier: string, folder: string): Promise<string> {
  await mkdir(folder);
  const install = ['install', '--omit=dev', '--no-audit', '--no-fund', '--prefix', folder, specifier];
  await run('npm', install, folder);
  const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
    packages: Record<string, unknown>;
  };
  const dependencies = Object.keys(lock.packages).length - 1;
  const entries = await readdir(join(folder, 'node_modules'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0) / MIB;
  return `${dependencies} | ${size.toFixed(1)} MiB |`;
}

const folder = await mkdtemp(join(tmpdir(), `${OWN}-sizes-`));
try {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  console.log(`| ${OWN} ${version} | ${await measure(await pack(ROOT, folder), join(folder, 'own'))}`);
  for (const [index, other] of OTHERS.entries()) {
    const name = other.replace(/@(?=[^@]+$)/, ' ');
    console.log(`| ${name} | ${await measure(other, join(folder, `other-${index}`))}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
