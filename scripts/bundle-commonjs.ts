/**
 * Makes the CommonJS build of what the package's entries export, beside the ES modules that tsc has written. Some packages
 * are taken in, with their licences, and every other one is required.
 */
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, normalize, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

const TO = 'dist/cjs';

const ENTRIES = ['server/mock-server.ts', 'generated/openapi.ts', 'client/**/*.ts'];
/**
 * Taken in: what Node 20 can require and Jest can not, as it is ES modules alone, and what has its default export elsewhere
 * when it is required.
 */
const TAKEN_IN = ['env-paths', 'httpxy', 'jose', 'lowdb', 'openapi-fetch', 'steno'];

const clientStaysInFiles: Plugin = {
  name: 'client-stays-in-files',
  setup: (bundle) =>
    bundle.onResolve({ filter: /^\./ }, ({ path, importer }) =>
      importer.startsWith(join(process.cwd(), 'client')) ? { path, external: true } : undefined,
    ),
};

/** In place, so that a module which does not ask for its address requires nothing of Node for it. */
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
  dependencies: Record<string, string>;
  exports: Record<string, string | { import: { types: string } }>;
}

/** Writes the modules. Gives the names of the packages that were taken in. */
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
    external: Object.keys(dependencies).filter((name) => !TAKEN_IN.includes(name)),
    plugins: [clientStaysInFiles, addressesAreCommonJs],
    metafile: true,
    logLevel: 'warning',
  });
  const names = Object.keys(metafile.inputs).map(
    (file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1],
  );
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Copies the declarations of what is exported, and those that they lead to: below TO they are read as CommonJS's. */
async function copyDeclarations({ exports }: Manifest): Promise<void> {
  const entries = Object.values(exports).filter((entry) => typeof entry !== 'string');
  const files = new Set(entries.map((entry) => relative('dist', entry.import.types)));
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

const manifest = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
await rm(TO, { recursive: true, force: true });
const packages = await writeModules(manifest);
await copyDeclarations(manifest);
const licences = await Promise.all(packages.map(licenceOf));
await writeFile(join(TO, 'THIRD-PARTY-LICENSES'), licences.join(`\n${'-'.repeat(80)}\n\n`));
await writeFile(join(TO, 'package.json'), '{ "type": "commonjs" }\n');
