/**
 * Makes the CommonJS build of what the package's entries export, beside the ES modules that tsc has written: what other
 * packages offer as ES modules alone is taken in, with its licence, and every other package is required.
 */
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { build, type Plugin } from 'esbuild';

const TO = 'dist/cjs';

const ENTRIES = ['server/mock-server.ts', 'generated/openapi.ts'];
/** Node 20 requires these, but Jest does not. */
const ES_MODULES_ALONE = ['env-paths', 'httpxy', 'jose', 'lowdb', 'steno'];

const clientStaysInFiles: Plugin = {
  name: 'client-stays-in-files',
  setup: (bundle) =>
    bundle.onResolve({ filter: /^\./ }, ({ path, importer }) =>
      importer.startsWith(join(process.cwd(), 'client')) ? { path, external: true } : undefined,
    ),
};

/** Writes the modules. Gives the sources that are entries, and the names of the packages that were taken in. */
async function writeModules(): Promise<{ entries: string[]; packages: string[] }> {
  const { dependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const { metafile } = await build({
    entryPoints: ENTRIES,
    outdir: TO,
    outbase: '.',
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: Object.keys(dependencies).filter((name) => !ES_MODULES_ALONE.includes(name)),
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: `const moduleUrl = require('node:url').pathToFileURL(__filename).href;` },
    plugins: [clientStaysInFiles],
    metafile: true,
    logLevel: 'warning',
  });
  const names = Object.keys(metafile.inputs).map(
    (file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1],
  );
  return {
    entries: Object.values(metafile.outputs).flatMap(({ entryPoint }) => entryPoint ?? []),
    packages: [...new Set(names.filter((name) => name !== undefined))].sort(),
  };
}

/** Copies the declarations of entries, and those that they lead to: below TO they are read as those of CommonJS. */
async function copyDeclarations(entries: string[]): Promise<void> {
  const files = new Set(entries.map((file) => file.replace(/\.ts$/, '.d.ts')));
  for (const file of files) {
    const text = await readFile(join('dist', file), 'utf8');
    for (const [, path = ''] of text.matchAll(/\b(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g)) {
      files.add(`${normalize(join(dirname(file), path))}.d.ts`);
    }
    await mkdir(dirname(join(TO, file)), { recursive: true });
    await copyFile(join('dist', file), join(TO, file));
  }
}

async function licenceOf(name: string): Promise<string> {
  const folder = join('node_modules', name);
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no file with its licence`);
  return `${name} ${version}\n\n${await readFile(join(folder, file), 'utf8')}`;
}

await rm(TO, { recursive: true, force: true });
const { entries, packages } = await writeModules();
await copyDeclarations(entries);
const licences = await Promise.all(packages.map(licenceOf));
await writeFile(join(TO, 'THIRD-PARTY-LICENSES'), licences.join(`\n${'-'.repeat(80)}\n\n`));
await writeFile(join(TO, 'package.json'), '{ "type": "commonjs" }\n');
