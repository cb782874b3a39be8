import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { JobFacts } from '../../server/apis/segmentation/stored-job.js';
import { memoryFolder } from '../../server/storage/job-folder.js';
import { LowdbJobStore } from '../../server/storage/lowdb-job-store.js';
import { StateDirectory, type StateDirectoryParts } from '../../server/storage/state-directory.js';

export function memoryJobStore(seed: readonly JobFacts[]): LowdbJobStore {
  return new LowdbJobStore(
    memoryFolder,
    undefined,
    () => seed,
    (cause) => cause,
  );
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

/** Opens a directory of state. What is warned of throws, unless a test says otherwise. */
export function openDirectory(
  directory: string,
  parts: Partial<StateDirectoryParts> = {},
): Promise<StateDirectory> {
  return StateDirectory.open({
    directory,
    fresh: false,
    checks: { facts: () => undefined, settings: () => undefined },
    refuse: (cause) => cause,
    warn: (message) => {
      throw new Error(message);
    },
    ...parts,
  });
}
