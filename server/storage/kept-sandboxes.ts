import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobFacts } from '../apis/segmentation/stored-job.js';
import {
  firstIdOfFile,
  folderName,
  isFolderName,
  LAST_ID_FILE,
  PENDING_FILE,
  SANDBOX_FILE,
  SETTINGS_FILE,
  type SandboxFile,
} from './disk-folder.js';
import type { FoundState } from './job-files.js';
import { firstIdOf, type JobsFile, type LastIdFile, type PendingFile } from './job-folder.js';
import { readJson } from './read-json.js';
import { StateError } from './state-error.js';

const OWN_FILES = [SANDBOX_FILE, LAST_ID_FILE, SETTINGS_FILE, PENDING_FILE];

/** The ids of new jobs count on from the last one, and a JSON number is exact up to a bit more than this. */
const HIGHEST_LAST_ID = Number.MAX_SAFE_INTEGER - 2 ** 32;

/** Says what is wrong with the facts of a job that were kept: nothing when they are sound. */
export type CheckFacts = (facts: JobFacts) => string | undefined;
/** Says what is wrong with the settings of a sandbox that were kept: nothing when they are sound. */
export type CheckSettings = (settings: object) => string | undefined;

export interface Checks {
  facts: CheckFacts;
  settings: CheckSettings;
}

/** What is kept of a sandbox. */
export interface FoundSandbox extends FoundState {
  sandbox: SandboxFile;
}

/** Reads what a directory keeps of every sandbox, by the names of their folders. Rejects with StateError. */
export async function readSandboxes(directory: string, checks: Checks): Promise<Map<string, FoundSandbox>> {
  const sandboxes = new Map<string, FoundSandbox>();
  for (const [name, files] of await filesOfSandboxes(directory)) {
    sandboxes.set(name, readSandbox(join(directory, name), files, checks));
  }
  return sandboxes;
}

/** The names of the files of each sandbox, by the names of their folders. Rejects with StateError for any other file. */
export async function filesOfSandboxes(directory: string): Promise<Map<string, string[]>> {
  const sandboxes = new Map<string, string[]>();
  for (const name of await namesIn(directory)) {
    if (!isFolderName(name)) throw foreign(join(directory, name));
    const files = await namesIn(join(directory, name));
    const other = files.find((file) => !OWN_FILES.includes(file) && firstIdOfFile(file) === undefined);
    if (other !== undefined) throw foreign(join(directory, name, other));
    sandboxes.set(name, files);
  }
  return sandboxes;
}

/** The names in a directory. One that begins with a dot is temporary, or the system's, and counts for nothing. */
export async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => !name.startsWith('.'));
}

function readSandbox(folder: string, files: string[], checks: Checks): FoundSandbox {
  const readIfThere = (name: string, wrong: (content: unknown) => string | undefined) =>
    files.includes(name) ? readJson(join(folder, name), wrong) : undefined;
  const named = (content: unknown) => wrongSandbox(content, basename(folder));
  const { org, name } = readJson(join(folder, SANDBOX_FILE), named) as SandboxFile;
  const { lastId } = readJson(join(folder, LAST_ID_FILE), wrongLastId) as LastIdFile;
  const settings = readIfThere(SETTINGS_FILE, (content) => wrongSettings(content, checks));
  const pending = readIfThere(PENDING_FILE, (content) => wrongPending(content, checks)) as
    PendingFile | undefined;
  const firstIdsPending = new Set(pending?.files.map(({ firstId }) => firstId));
  const jobs = pending?.files.flatMap((file) => file.jobs) ?? [];
  for (const file of files) {
    const firstId = firstIdOfFile(file);
    if (firstId === undefined || firstIdsPending.has(firstId)) continue;
    const found = readJson(join(folder, file), (content) => wrongJobs(content, firstId, checks));
    jobs.push(...(found as JobsFile).jobs);
  }
  return {
    sandbox: { org, name },
    jobs,
    lastId: pending?.lastId ?? lastId,
    settings: pending?.settings ?? (settings as object | undefined),
    pending: pending && [...firstIdsPending],
  };
}

function wrongSandbox(content: unknown, folder: string): string | undefined {
  const { org, name } = (content ?? {}) as Partial<SandboxFile>;
  return typeof org === 'string' && typeof name === 'string' && folderName({ org, name }) === folder
    ? undefined
    : "it does not name the sandbox whose folder's name this is";
}

function wrongLastId(content: unknown): string | undefined {
  const { lastId } = (content ?? {}) as Partial<LastIdFile>;
  const isId = Number.isSafeInteger(lastId) && Number(lastId) >= 0 && Number(lastId) <= HIGHEST_LAST_ID;
  return isId ? undefined : `'lastId' is not an integer from 0 to ${HIGHEST_LAST_ID}`;
}

function wrongSettings(content: unknown, { settings }: Checks): string | undefined {
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content);
  return isObject ? settings(content) : 'it is no object';
}

function wrongPending(content: unknown, checks: Checks): string | undefined {
  const { files, settings } = (content ?? {}) as Partial<PendingFile>;
  if (!Array.isArray(files)) return "'files' is not an array";
  const firstIds = new Set<number>();
  for (const [index, file] of (files as unknown[]).entries()) {
    const { firstId } = (file ?? {}) as { firstId?: unknown };
    if (!Number.isSafeInteger(firstId) || firstIdOf(Number(firstId)) !== firstId || firstIds.has(firstId)) {
      return `/files/${index}/firstId is not the first id of a file, once each`;
    }
    firstIds.add(firstId);
    const wrong = wrongJobs(file, firstId, checks);
    if (wrong !== undefined) return `/files/${index}: ${wrong}`;
  }
  const wrong = settings === undefined ? undefined : wrongSettings(settings, checks);
  return wrong === undefined ? wrongLastId(content) : `/settings: ${wrong}`;
}

function wrongJobs(content: unknown, firstId: number, { facts }: Checks): string | undefined {
  const { jobs } = (content ?? {}) as Partial<JobsFile>;
  if (!Array.isArray(jobs)) return "'jobs' is not an array";
  const ids = new Set<number>();
  for (const [index, job] of (jobs as unknown[]).entries()) {
    const { id } = (job ?? {}) as { id?: unknown };
    if (!Number.isSafeInteger(id) || firstIdOf(Number(id)) !== firstId || ids.has(Number(id))) {
      return `/jobs/${index}/id is not one that this file may hold, once each`;
    }
    ids.add(Number(id));
    const wrong = facts(job as JobFacts);
    if (wrong !== undefined) return `/jobs/${index}: ${wrong}`;
  }
  return undefined;
}

/** What is in the way in a directory of ours. */
export function foreign(file: string): StateError {
  return new StateError(`${file} is no file of this mock's state. It was left as it is. Move it elsewhere.`);
}
