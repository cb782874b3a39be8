import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../contract/package-root.js';

/** The value of a documented example, by the name of its file. */
export function example<T = Record<string, unknown>>(name: string): T {
  const file = join(packageRoot, 'fixtures/examples', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { value: T }).value;
}
