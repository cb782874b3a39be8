import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Low, type Adapter } from 'lowdb';
import { DataFile } from 'lowdb/node';
import {
  firstIdOf,
  IDS_A_FILE,
  type JobFolder,
  type JobsFile,
  type LastIdFile,
  type PendingFile,
} from './job-folder.js';

/** Whose jobs a folder holds. */
export interface SandboxFile {
  org: string;
  name: string;
}

export const SANDBOX_FILE = 'sandbox.json';
export const LAST_ID_FILE = 'last-id.json';
export const SETTINGS_FILE = 'settings.json';
export const PENDING_FILE = 'pending.json';

const JOBS_FILE = /^jobs-(\d+)-\d+\.json$/;

/** The name of a sandbox's folder: a sandbox's name may hold what a folder's may not. */
export function folderName({ org, name }: SandboxFile): string {
  return createHash('sha256')
    .update(JSON.stringify([org, name]))
    .digest('hex')
    .slice(0, 32);
}

/** Whether a name may be one of a sandbox's folder. */
export function isFolderName(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/** The first id of the file that has this name; `undefined` when it is no name of a file of jobs. */
export function firstIdOfFile(name: string): number | undefined {
  const firstId = Number(JOBS_FILE.exec(name)?.[1]);
  return jobsFile(firstId) === name && firstIdOf(firstId) === firstId ? firstId : undefined;
}

function jobsFile(firstId: number): string {
  return `jobs-${firstId}-${firstId + IDS_A_FILE - 1}.json`;
}

/** One sandbox's files on disk. Each is written beside its place, then renamed; so is the folder, when it is new. */
export function diskFolder(directory: string, sandbox: SandboxFile): JobFolder {
  const name = folderName(sandbox);
  const folder = join(directory, name);
  const draft = join(directory, `.${name}.draft`);
  const removed = join(directory, `.${name}.removed`);
  return {
    ...filesIn(folder),
    pending: () => jsonFile<PendingFile>(join(folder, PENDING_FILE)),
    removeJobs: (firstId) => rm(join(folder, jobsFile(firstId)), { force: true }),
    removePending: () => rm(join(folder, PENDING_FILE), { force: true }),
    async draft() {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft);
      await new Low(jsonFile(join(draft, SANDBOX_FILE)), sandbox).write();
      return { ...filesIn(draft), publish: () => rename(draft, folder) };
    },
    async remove() {
      await rm(removed, { recursive: true, force: true });
      await rename(folder, removed);
      // What is left of it counts for nothing, and is gone with the next one.
      await rm(removed, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

function filesIn(folder: string): Pick<JobFolder, 'jobs' | 'lastId' | 'settings'> {
  return {
    jobs: (firstId) => jsonFile<JobsFile>(join(folder, jobsFile(firstId))),
    lastId: () => jsonFile<LastIdFile>(join(folder, LAST_ID_FILE)),
    settings: () => jsonFile<object>(join(folder, SETTINGS_FILE)),
  };
}

export function jsonFile<T>(file: string): Adapter<T> {
  return new DataFile<T>(file, { parse: (text) => JSON.parse(text) as T, stringify: JSON.stringify });
}
