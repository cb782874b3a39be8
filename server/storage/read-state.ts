import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isObject } from '../../contract/format-value.js';
import {
  getFileName,
  getShard,
  parseFileName,
  type CollectionDefinition,
  type StoredRecord,
} from './records.js';
import { StateError } from './state-errors.js';
import {
  getFolderName,
  LAST_IDS_FILE,
  PENDING_FILE,
  SANDBOX_FILE,
  SETTINGS_FILE,
  type FoundState,
  type LastIdsFile,
  type PendingFile,
  type RecordsFile,
  type SandboxFile,
} from './sandbox-files.js';

/** What state that is read must fulfil. */
export interface StateChecks {
  collections: readonly CollectionDefinition[];
  /** Says what is wrong with the settings of a sandbox: nothing when they are sound. */
  findSettingsProblem: (settings: object) => string | undefined;
}

export interface FoundSandbox extends FoundState {
  sandbox: SandboxFile;
}

type FindProblem = (content: unknown) => string | undefined;

const OTHER_FILES = [SANDBOX_FILE, LAST_IDS_FILE, SETTINGS_FILE, PENDING_FILE];

/** The ids of new records count on from the last one, and a JSON number is exact up to a bit more than this. */
const MAX_LAST_ID = Number.MAX_SAFE_INTEGER - 2 ** 32;

/** Reads what a directory keeps of every sandbox, by the names of their folders. Rejects with StateError. */
export async function readSandboxes(
  directory: string,
  checks: StateChecks,
): Promise<Map<string, FoundSandbox>> {
  const sandboxes = new Map<string, FoundSandbox>();
  for (const [folder, files] of await listSandboxFiles(directory, checks.collections)) {
    sandboxes.set(folder, readSandbox(join(directory, folder), files, checks));
  }
  return sandboxes;
}

/** The files of each sandbox without their endings, by the names of their folders. Rejects for any other file. */
export async function listSandboxFiles(
  directory: string,
  collections: readonly CollectionDefinition[],
): Promise<Map<string, string[]>> {
  const known = new Set(collections.map(({ name }) => name));
  const isOwn = (file: string) =>
    OTHER_FILES.includes(file) || known.has(parseFileName(file)?.collection ?? '');
  const sandboxes = new Map<string, string[]>();
  for (const folder of await listNames(directory)) {
    if (!/^[0-9a-f]{32}$/.test(folder)) throw createForeignFileError(join(directory, folder));
    const names = await listNames(join(directory, folder));
    const other = names.find((name) => !name.endsWith('.json') || !isOwn(basename(name, '.json')));
    if (other !== undefined) throw createForeignFileError(join(directory, folder, other));
    sandboxes.set(
      folder,
      names.map((name) => basename(name, '.json')),
    );
  }
  return sandboxes;
}

/** The names in a directory. One that begins with a dot is temporary, or the system's, and counts for nothing. */
export async function listNames(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('.'));
}

export function createForeignFileError(file: string): StateError {
  return new StateError(
    `${file} does not belong to this mock's state. It was left as it is. Move it elsewhere.`,
  );
}

/** Reads a file of JSON. Throws StateError when it is missing, not JSON, or has a problem. */
export function readStateFile(file: string, findProblem: FindProblem): unknown {
  const content = parseJson(readText(file), file);
  const problem = findProblem(content);
  if (problem !== undefined) throw createDamagedFileError(file, problem);
  return content;
}

/**
 * Synchronously: nothing is served before all is read, and hundreds of promises here would have V8 take such objects for
 * long-lived ones, which made lists up to twice as slow (measured).
 */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw createDamagedFileError(file, 'it is missing', error);
    if (code === 'EISDIR') throw createDamagedFileError(file, 'it is a folder', error);
    throw error;
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw createDamagedFileError(file, (error as Error).message, error);
  }
}

function createDamagedFileError(file: string, problem: string, cause?: unknown): StateError {
  return new StateError(
    `The state file ${file} is damaged: ${problem.replace(/\.$/, '')}. It was left as it is. ` +
      'Repair it, or discard all state of the directory with --fresh.',
    { cause },
  );
}

function readSandbox(folder: string, files: string[], checks: StateChecks): FoundSandbox {
  const read = (name: string, findProblem: FindProblem) =>
    readStateFile(join(folder, `${name}.json`), findProblem);
  const readIfThere = (name: string, findProblem: FindProblem) =>
    files.includes(name) ? read(name, findProblem) : undefined;
  const { org, name } = read(SANDBOX_FILE, (content) =>
    findSandboxProblem(content, basename(folder)),
  ) as SandboxFile;
  const lastIds = read(LAST_IDS_FILE, findLastIdsProblem) as LastIdsFile;
  const settings = readIfThere(SETTINGS_FILE, (content) => findSettingsProblem(content, checks)) as
    object | undefined;
  const pending = readIfThere(PENDING_FILE, (content) => findPendingProblem(content, checks)) as
    PendingFile | undefined;
  const contents = new Map(pending?.files.map((file) => [file.name, file.records]));
  for (const file of files) {
    if (!parseFileName(file) || contents.has(file)) continue;
    const { records } = read(file, (content) => findRecordsProblem(content, file, checks)) as RecordsFile;
    contents.set(file, records);
  }
  return {
    sandbox: { org, name },
    collections: toCollections(contents, pending?.lastIds ?? lastIds, checks.collections),
    settings: pending?.settings ?? settings,
    pendingFiles: pending?.files.map((file) => file.name),
  };
}

function toCollections(
  contents: ReadonlyMap<string, StoredRecord[]>,
  lastIds: LastIdsFile,
  definitions: readonly CollectionDefinition[],
): FoundState['collections'] {
  const collections = definitions.map(({ name }) => {
    const files = [...contents].filter(([file]) => parseFileName(file)?.collection === name);
    return [name, { records: files.flatMap(([, records]) => records), lastId: lastIds[name] ?? 0 }] as const;
  });
  return Object.fromEntries(collections);
}

function findSandboxProblem(content: unknown, folder: string): string | undefined {
  const { org, name } = (content ?? {}) as Partial<SandboxFile>;
  return typeof org === 'string' && typeof name === 'string' && getFolderName({ org, name }) === folder
    ? undefined
    : 'it does not name the sandbox that its folder is named after';
}

function findLastIdsProblem(content: unknown): string | undefined {
  if (!isObject(content)) return 'it is not an object';
  const bad = Object.entries(content).find(([, lastId]) => !isLastId(lastId));
  return bad && `'${bad[0]}' is not an integer from 0 to ${MAX_LAST_ID}`;
}

function isLastId(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_LAST_ID;
}

function findSettingsProblem(content: unknown, checks: StateChecks): string | undefined {
  return isObject(content) ? checks.findSettingsProblem(content) : 'it is not an object';
}

function findPendingProblem(content: unknown, checks: StateChecks): string | undefined {
  const { files, settings, lastIds } = (content ?? {}) as Partial<PendingFile>;
  if (!Array.isArray(files)) return "'files' is not an array";
  const names = new Set<string>();
  for (const [index, file] of (files as unknown[]).entries()) {
    const { name } = (file ?? {}) as { name?: unknown };
    if (typeof name !== 'string' || !parseFileName(name) || names.has(name)) {
      return `/files/${index}/name is not the name of a file, or occurs twice`;
    }
    names.add(name);
    const problem = findRecordsProblem(file, name, checks);
    if (problem !== undefined) return `/files/${index}: ${problem}`;
  }
  const problem = settings === undefined ? undefined : findSettingsProblem(settings, checks);
  if (problem !== undefined) return `/settings: ${problem}`;
  const lastIdsProblem = findLastIdsProblem(lastIds);
  return lastIdsProblem && `/lastIds: ${lastIdsProblem}`;
}

function findRecordsProblem(
  content: unknown,
  file: string,
  { collections }: StateChecks,
): string | undefined {
  const { records } = (content ?? {}) as Partial<RecordsFile>;
  if (!Array.isArray(records)) return "'records' is not an array";
  const { collection } = parseFileName(file) ?? {};
  const definition = collections.find(({ name }) => name === collection);
  if (!definition) return `there is no collection ${collection}`;
  const ids = new Set<unknown>();
  for (const [index, record] of (records as unknown[]).entries()) {
    const { id } = (record ?? {}) as { id?: unknown };
    const isId = typeof id === 'string' || Number.isSafeInteger(id);
    if (!isId || getFileName(definition.name, getShard(id as StoredRecord['id'])) !== file || ids.has(id)) {
      return `/records/${index}/id is outside this file's range or duplicated`;
    }
    ids.add(id);
    const problem = definition.findProblem(record as StoredRecord);
    if (problem !== undefined) return `/records/${index}: ${problem}`;
  }
  return undefined;
}
