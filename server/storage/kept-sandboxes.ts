import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JobFacts } from '../domain/export-job.js';
import {
  firstIdOfFile,
  folderName,
  isFolderName,
  LAST_ID_FILE,
  SANDBOX_FILE,
  type SandboxFile,
} from './disk-folder.js';
import { firstIdOf, type JobsFile, type KeptJobs, type LastIdFile } from './job-folder.js';
import { StateError } from './state-error.js';

const OWN_FILES = [SANDBOX_FILE, LAST_ID_FILE];

/** The ids of new jobs count on from the last one, and a JSON number is exact up to a bit more than this. */
const HIGHEST_LAST_ID = Number.MAX_SAFE_INTEGER - 2 ** 32;

/** Says what is wrong with the facts of a job that were kept: nothing when they are sound. */
export type CheckFacts = (facts: JobFacts) => string | undefined;

/** Reads what a directory keeps of every sandbox, by the names of their folders. Rejects with StateError. */
export async function readSandboxes(directory: string, check: CheckFacts): Promise<Map<string, KeptJobs>> {
  const sandboxes = new Map<string, KeptJobs>();
  for (const [name, files] of await filesOfSandboxes(directory)) {
    sandboxes.set(name, readSandbox(join(directory, name), files, check));
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

function readSandbox(folder: string, files: string[], check: CheckFacts): KeptJobs {
  const jobs: JobFacts[] = [];
  readJson(join(folder, SANDBOX_FILE), (content) => wrongSandbox(content, basename(folder)));
  const { lastId } = readJson(join(folder, LAST_ID_FILE), wrongLastId) as LastIdFile;
  for (const name of files) {
    const firstId = firstIdOfFile(name);
    if (firstId === undefined) continue;
    const content = readJson(join(folder, name), (found) => wrongJobs(found, firstId, check));
    jobs.push(...(content as JobsFile).jobs);
  }
  return { lastId, jobs };
}

/** Reads a file that must hold JSON, and more of which is judged by what is said of it. */
export function readJson(file: string, wrong: (content: unknown) => string | undefined): unknown {
  const content = parse(read(file), file);
  const what = wrong(content);
  if (what !== undefined) throw damaged(file, what);
  return content;
}

/**
 * Not by promises: nobody is served before all is read, and after hundreds of them V8 takes it that such objects live
 * long, and so keeps what later calls are made of until a full collection. That cost a list up to half of its speed.
 */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw damaged(file, 'it is missing', error);
    if (code === 'EISDIR') throw damaged(file, 'it is a folder', error);
    throw error;
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(file, (error as Error).message, error);
  }
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

function wrongJobs(content: unknown, firstId: number, check: CheckFacts): string | undefined {
  const { jobs } = (content ?? {}) as Partial<JobsFile>;
  if (!Array.isArray(jobs)) return "'jobs' is not an array";
  const ids = new Set<number>();
  for (const [index, job] of (jobs as unknown[]).entries()) {
    const { id } = (job ?? {}) as { id?: unknown };
    if (!Number.isSafeInteger(id) || firstIdOf(Number(id)) !== firstId || ids.has(Number(id))) {
      return `/jobs/${index}/id is not one that this file may hold, once each`;
    }
    ids.add(Number(id));
    const wrong = check(job as JobFacts);
    if (wrong !== undefined) return `/jobs/${index}: ${wrong}`;
  }
  return undefined;
}

function damaged(file: string, why: string, cause?: unknown): StateError {
  return new StateError(
    `The state file ${file} is damaged: ${why}. It was left as it is. ` +
      'Mend it, or give up all state of the directory with --fresh.',
    { cause },
  );
}

/** What is in the way in a directory of ours. */
export function foreign(file: string): StateError {
  return new StateError(`${file} is no file of this mock's state. It was left as it is. Move it elsewhere.`);
}
