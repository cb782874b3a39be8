import { Memory, type Adapter } from 'lowdb';
import type { JobFacts } from '../apis/segmentation/stored-job.js';

/** How many ids in a row share a file: what is written for a change does not grow with the number of jobs. */
export const IDS_A_FILE = 64;

/** The jobs of one file. */
export interface JobsFile {
  jobs: JobFacts[];
}

/** The last id that was given, where no job tells it any more. */
export interface LastIdFile {
  lastId: number;
}

/** What the other files are to hold, where it is something else. While it is there, it counts, and not they. */
export interface PendingFile extends LastIdFile {
  settings?: object | undefined;
  /** The files of jobs that differ, by their first ids. One without jobs is to be removed. */
  files: (JobsFile & { firstId: number })[];
}

/** The first id of the file that a job is kept in. */
export function firstIdOf(id: number): number {
  return id - (id % IDS_A_FILE);
}

/** The files of one sandbox. */
export interface JobFolder {
  /** The file of the ids from this one on. */
  jobs(firstId: number): Adapter<JobsFile>;
  lastId(): Adapter<LastIdFile>;
  settings(): Adapter<object>;
  pending(): Adapter<PendingFile>;
  /** Removes the file of the ids from this one on. */
  removeJobs(firstId: number): Promise<void>;
  removePending(): Promise<void>;
  /** Makes an empty folder that is to become this one, once it is whole. */
  draft(): Promise<JobFolderDraft>;
  /** Removes all of it at once. */
  remove(): Promise<void>;
}

export interface JobFolderDraft extends Pick<JobFolder, 'jobs' | 'lastId' | 'settings'> {
  /** Makes it the folder, at once. */
  publish(): Promise<void>;
}

const nothing = () => Promise.resolve();
const files = {
  jobs: () => new Memory<JobsFile>(),
  lastId: () => new Memory<LastIdFile>(),
  settings: () => new Memory<object>(),
};

/** Keeps everything in memory: it is gone with the process. */
export const memoryFolder: JobFolder = {
  ...files,
  pending: () => new Memory<PendingFile>(),
  removeJobs: nothing,
  removePending: nothing,
  draft: () => Promise.resolve({ ...files, publish: nothing }),
  remove: nothing,
};

const refused = () => Promise.reject(new Error('the sandbox was removed'));
const refusingFile = () => ({ read: () => Promise.resolve(null), write: refused });

/** In place of the folder of a sandbox that was removed: nothing is kept there any more. */
export const removedFolder: JobFolder = {
  jobs: refusingFile,
  lastId: refusingFile,
  settings: refusingFile,
  pending: refusingFile,
  removeJobs: refused,
  removePending: refused,
  draft: refused,
  remove: refused,
};
