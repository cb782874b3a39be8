/**
 * Completes dist/ beside the ES modules that tsc has written: each contract as one JSON document without references to
 * other files, which the mock reads a hundred times faster than the YAML; and the CommonJS build of what the package
 * exports. Some packages are bundled into it, with their licences; it requires every other.
 */
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { build, type Plugin } from 'esbuild';
import { listContracts } from './contracts.js';

const TO = 'dist/cjs';
const ENTRIES = ['server/mock-server.ts', 'generated/openapi.ts', 'client/**/*.ts'];
/** ES modules, which Node 20 can require and Jest cannot, and what exports its default differently when required. */
const BUNDLED = ['env-paths', 'httpxy', 'jose', 'lowdb', 'openapi-fetch', 'steno'];

const clientStaysInFiles: Plugin = {
  name: 'client-stays-in-files',
  setup: (bundle) =>
    bundle.onResolve({ filter: /^\./ }, ({ path, importer }) =>
      importer.startsWith(join(process.cwd(), 'client')) ? { path, external: true } : undefined,
    ),
};

/** In place, so that a module which does not use its address requires nothing of Node for it. */
const addressesAreCommonJs: Plugin = {
  name: 'addresses-are-commonjs',
  setup: (bundle) =>
    bundle.onLoad({ filter: /(cli|client|contract|server|verify)\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const address = `require('node:url').pathToFileURL(__filename).href`;
      return { contents: text.replaceAll('import.meta.url', address), loader: 'ts' };
    }),
};

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  exports: Record<string, string | { import: { types: string } }>;
}

const readManifest = async (folder: string) =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;

/** Writes the modules, and resolves to the names of the packages that were bundled. */
async function writeModules({ dependencies }: Manifest): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: ENTRIES,
    outdir: TO,
    outbase: '.',
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Jest has no import() in CommonJS.
    supported: { 'dynamic-import': false },
    external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
    plugins: [clientStaysInFiles, addressesAreCommonJs],
    metafile: true,
    logLevel: 'warning',
  });
  const files = Object.keys(metafile.inputs);
  const names = files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/** Copies the declarations of what is exported, and those that they import: below TO they are read as CommonJS's. */
async function copyDeclarations({ exports }: Manifest): Promise<void> {
  const entries = Object.values(exports).filter((entry) => typeof entry !== 'string');
  const files = new Set(entries.map((entry) => relative('dist', entry.import.types)));
  for (const file of files) {
    const text = await readFile(join('dist', file), 'utf8');
    for (const [, path = ''] of text.matchAll(/\b(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g))
      files.add(`${normalize(join(dirname(file), path))}.d.ts`);
    await mkdir(dirname(join(TO, file)), { recursive: true });
    await copyFile(join('dist', file), join(TO, file));
  }
}

async function readLicence(name: string): Promise<string> {
  const folder = join('node_modules', name);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file`);
  const { version } = await readManifest(folder);
  return `${name} ${version}\n\n${await readFile(join(folder, file), 'utf8')}`;
}

await mkdir('dist/spec', { recursive: true });
for (const { file } of await listContracts('.')) {
  const json = JSON.stringify(await $RefParser.bundle(file));
  await writeFile(join('dist/spec', `${basename(file, '.yaml')}.json`), json);
}
const manifest = await readManifest('.');
await rm(TO, { recursive: true, force: true });
const packages = await writeModules(manifest);
await copyDeclarations(manifest);
const licences = await Promise.all(packages.map(readLicence));
await writeFile(join(TO, 'THIRD-PARTY-LICENSES'), licences.join(`\n${'-'.repeat(80)}\n\n`));
await writeFile(join(TO, 'package.json'), '{ "type": "commonjs" }\n');
