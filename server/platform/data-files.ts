import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Validator } from '../../contract/contract-schemas.js';
import type { Violation } from '../../contract/violation.js';

/** A data file can't be read or is not what it should be. The message names it, each place in it, and what is allowed. */
export class DataFileError extends Error {
  override readonly name: string = 'DataFileError';
}

interface DataFiles {
  /** The package's, which its tests hold to the schema: to compile that takes longer than all else at the start. */
  ownFolder?: string;
  /** What is in a later one stands in place of what an earlier one has of the same name. */
  folders: readonly string[];
  /** Holds what is in a file to its schema. */
  validate: Validator;
  /** What a file holds, in one word. */
  kind: string;
}

/** More violations than this are counted rather than told. */
const MAX_LISTED = 10;

/**
 * Loads every `<name>.json` of the folders, an object each, by its name; the object has the same `name`. Other files are
 * passed over. Rejects with DataFileError for the first that is broken.
 */
export async function loadDataFiles<T>({
  ownFolder,
  folders,
  validate,
  kind,
}: DataFiles): Promise<Map<string, T>> {
  const loaded = new Map<string, T>();
  for (const folder of [...(ownFolder === undefined ? [] : [ownFolder]), ...folders]) {
    for (const file of await filesOf(resolve(folder), kind)) {
      const content = parseDataFile(await read(file, kind), file, kind);
      const isOwn = folder === ownFolder;
      const violations = isOwn ? [] : violationsOf(content, basename(file, '.json'), validate);
      if (violations.length > 0) throw new DataFileError(describeInvalidFile(file, kind, violations));
      loaded.set(basename(file, '.json'), content as T);
    }
  }
  return new Map([...loaded].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function filesOf(folder: string, kind: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
    return names
      .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'ENOTDIR'
          ? 'is not a directory'
          : `cannot be read: ${message}`;
    throw new DataFileError(
      `The directory of ${kind}s ${folder} ${why}. Allowed: a directory with files <name>.json, a ${kind} each`,
      { cause: error },
    );
  }
}

async function read(file: string, kind: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DataFileError(`The ${kind} file ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** What a file holds as JSON. Throws an error of the given class when it holds none. */
export function parseDataFile(
  text: string,
  file: string,
  kind: string,
  holds = 'an object',
  Failure = DataFileError,
): unknown {
  const json = text.replace(/^\uFEFF/, '');
  if (json.trim() === '') throw new Failure(`The ${kind} file ${file} is empty. Allowed: ${holds}`);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Failure(`The ${kind} file ${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function violationsOf(content: unknown, name: string, validate: Validator): Violation[] {
  const violations = validate(content);
  const told = (content as { name?: unknown } | null)?.name;
  if (violations.length > 0 || told === name) return violations;
  const message = 'The name is not that of the file.';
  return [{ message, pointer: '/name', sent: told, allowed: `only ${JSON.stringify(name)}` }];
}

/** Says that a file is not of its kind, and what is wrong with it. */
export function describeInvalidFile(file: string, kind: string, violations: Violation[]): string {
  return listViolations(`The ${kind} file ${file} is not a ${kind}`, violations, 'the whole file');
}

/** A statement, and the violations that it is made for, a line each. `whole` names the place that has no pointer. */
export function listViolations(
  statement: string,
  violations: readonly Violation[],
  whole = 'all of it',
): string {
  return [`${statement}:`, ...violationLines(violations, whole)].join('\n  ');
}

/** What is wrong, a line each. */
export function violationLines(violations: readonly Violation[], whole = 'the whole file'): string[] {
  const lines = violations.slice(0, MAX_LISTED).map(({ pointer, message, sent, allowed }) => {
    const place = pointer === undefined || pointer === '' ? whole : pointer;
    const found =
      sent === undefined ? '' : ` Found: ${typeof sent === 'bigint' ? sent : JSON.stringify(sent)}.`;
    return `${place}: ${message}${found} Allowed: ${allowed}`;
  });
  const left = violations.length - lines.length;
  return left > 0 ? [...lines, `and ${left} more`] : lines;
}
