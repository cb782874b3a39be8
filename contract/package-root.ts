import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package, whether this file runs from its sources or from one of its builds. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The version of this package. */
export const packageVersion = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

function findRoot(folder: string): string {
  // A package.json is no sign of it: the CommonJS build has one of its own.
  return existsSync(join(folder, 'fixtures')) ? folder : findRoot(dirname(folder));
}
