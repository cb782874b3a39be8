import { Memory, type Adapter } from 'lowdb';
import type { JobFacts } from '../domain/export-job.js';

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

/** What is kept of a sandbox's jobs. */
export interface KeptJobs extends JobsFile, LastIdFile {}

/** The first id of the file that a job is kept in. */
export function firstIdOf(id: number): number {
  return id - (id % IDS_A_FILE);
}

/** The files of one sandbox. */
export interface JobFolder {
  /** The file of the ids from this one on. */
  jobs(firstId: number): Adapter<JobsFile>;
  lastId(): Adapter<LastIdFile>;
  /** Removes the file of the ids from this one on. */
  removeJobs(firstId: number): Promise<void>;
  /** Makes an empty folder that is to become this one, once it is whole. */
  draft(): Promise<JobFolderDraft>;
  /** Removes all of it at once. */
  remove(): Promise<void>;
}

export interface JobFolderDraft extends Pick<JobFolder, 'jobs' | 'lastId'> {
  /** Makes it the folder, at once. */
  publish(): Promise<void>;
}

const nothing = () => Promise.resolve();
const files = { jobs: () => new Memory<JobsFile>(), lastId: () => new Memory<LastIdFile>() };

/** Keeps everything in memory: it is gone with the process. */
export const memoryFolder: JobFolder = {
  ...files,
  removeJobs: nothing,
  draft: () => Promise.resolve({ ...files, publish: nothing }),
  remove: nothing,
};
