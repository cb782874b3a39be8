import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { JOBS, type Jobs, type StoredJob } from '../../server/apis/segmentation/stored-job.js';
import type { CollectionDefinition, StoredRecord } from '../../server/storage/records.js';
import { MEMORY_FOLDER, type SandboxState } from '../../server/storage/sandbox-files.js';
import { SandboxStore } from '../../server/storage/sandbox-store.js';
import { StateDirectory, type StateDirectoryParts } from '../../server/storage/state-directory.js';

/** Export jobs, any of which is valid. */
export const JOBS_DEFINITION: CollectionDefinition<StoredJob> = {
  name: JOBS,
  getSortKey: ({ creationTime }) => creationTime,
  getMark: ({ cancelRequestedAt }) => cancelRequestedAt,
  findProblem: () => undefined,
};

/** A record of another kind than jobs, with an id that is text. */
export interface Note {
  readonly id: string;
  at: number;
  text: string;
}

export const NOTES = 'notes';

export const NOTES_DEFINITION: CollectionDefinition<Note> = {
  name: NOTES,
  getSortKey: ({ at }) => at,
  findProblem: ({ text }) => (typeof text === 'string' ? undefined : "'text' is not text"),
};

/** What a store has that knows jobs alone. */
export const jobsState = (
  records: readonly StoredJob[],
  lastId: number,
  settings?: object,
): SandboxState & { collections: { jobs: { records: readonly StoredJob[]; lastId: number } } } => ({
  collections: { jobs: { records, lastId } },
  ...(settings && { settings }),
});

export const jobsIn = (store: SandboxStore): Jobs => store.getCollection<StoredJob>(JOBS);

/** All jobs of a store, oldest first, and their last id. */
export const getJobs = (store: SandboxStore) =>
  store.getState().collections[JOBS] as { records: StoredJob[]; lastId: number };

/** All records of a store by the names of the collections, in the order of their ids. */
export function getRecords(store: Pick<SandboxStore, 'getState'>): Record<string, StoredRecord[]> {
  const collections = Object.entries(store.getState().collections);
  const sorted = collections.map(([name, { records }]) => [
    name,
    [...records].sort((a, b) => (a.id < b.id ? -1 : 1)),
  ]);
  return Object.fromEntries(sorted) as Record<string, StoredRecord[]>;
}

export function createMemoryStore(seed: () => readonly StoredJob[]): SandboxStore {
  return new SandboxStore({
    folder: MEMORY_FOLDER,
    collections: [JOBS_DEFINITION],
    seed: () => ({ [JOBS]: seed() }),
    toStorageError: (cause) => cause,
  });
}

const temporary: string[] = [];
afterAll(() => {
  for (const directory of temporary.splice(0)) rmSync(directory, { recursive: true });
});

/** A new, empty directory that is removed after all tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'state-'));
  temporary.push(directory);
  return directory;
}

export const NO_CHECKS: StateDirectoryParts['checks'] = {
  collections: [JOBS_DEFINITION],
  findSettingsProblem: () => undefined,
};

/** Opens a directory of state. What is warned of throws, unless a test says otherwise. */
export function openDirectory(
  directory: string,
  parts: Partial<StateDirectoryParts> = {},
): Promise<StateDirectory> {
  return StateDirectory.open({
    directory,
    fresh: false,
    checks: NO_CHECKS,
    toStorageError: (cause) => cause,
    warn: (message) => {
      throw new Error(message);
    },
    ...parts,
  });
}
