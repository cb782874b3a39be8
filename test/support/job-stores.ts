import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobFacts } from '../../server/domain/export-job.js';
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

/** A new, empty directory that is removed with the process. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'state-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
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
    check: () => undefined,
    refuse: (cause) => cause,
    warn: (message) => {
      throw new Error(message);
    },
    ...parts,
  });
}
