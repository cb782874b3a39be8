import { readFile } from 'node:fs/promises';
import { fileURLToPath, URL } from 'node:url';
import { transform } from 'esbuild';

/** Hooks for Node's own loader of modules: they have it import TypeScript, and the functions of Jest. */

const GLOBALS = new URL('globals.js', import.meta.url).href;
const TESTS = new URL('..', import.meta.url).href;
const TYPESCRIPT = /^file:(?!.*\/node_modules\/).*\.ts(?:\?|$)/;

export async function resolve(specifier, context, nextResolve) {
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  const parent = context.parentURL ?? '';
  if (!TYPESCRIPT.test(parent) || !specifier.startsWith('.')) return nextResolve(specifier, context);
  // Our own imports name the file that TypeScript would write.
  const resolved = await nextResolve(specifier.replace(/\.js$/, '.ts'), context);
  // What tests share may have hooks and state, so each test file gets it anew.
  return resolved.url.startsWith(TESTS)
    ? { ...resolved, url: resolved.url + new URL(parent).search }
    : resolved;
}

export async function load(url, context, nextLoad) {
  if (!TYPESCRIPT.test(url)) return nextLoad(url, context);
  const sourcefile = fileURLToPath(url);
  const options = { loader: 'ts', format: 'esm', target: 'node20', sourcemap: 'inline', sourcefile };
  const { code } = await transform(await readFile(sourcefile, 'utf8'), options);
  return { format: 'module', source: code, shortCircuit: true };
}
