import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageRoot } from './package-root.js';

/** Where the build writes each contract of this package as one document of JSON, without references to other files. */
const BUNDLES = join(packageRoot, 'dist/spec');

/** The file of a contract of this package. */
export function ownContract(name: 'openapi' | 'control' | 'ims'): string {
  return join(BUNDLES, `${name}.json`);
}

/** The document of a contract in one piece. */
export async function readDocument(file: string): Promise<unknown> {
  // Reading what is in one piece already takes a hundredth of the time.
  if (dirname(file) === BUNDLES) return JSON.parse(await readFile(file, 'utf8'));
  const { $RefParser } = await import('@apidevtools/json-schema-ref-parser');
  return $RefParser.bundle(file);
}
