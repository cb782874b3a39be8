import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobFacts } from '../apis/segmentation/stored-job.js';
import type { SandboxStore } from '../apis/segmentation/job-store.js';
import { DirectoryLock } from './directory-lock.js';
import { diskFolder, folderName, type SandboxFile } from './disk-folder.js';
import { readSandboxes, type Checks, type FoundSandbox } from './kept-sandboxes.js';
import { LowdbJobStore } from './lowdb-job-store.js';
import { sandboxStore } from './sandbox-store.js';
import { StateUnavailableError } from './state-error.js';
import { checkOurs, prepareFormat, raiseFormat, SANDBOXES } from './state-format.js';
import type { Refuse } from './write-loop.js';

export interface StateDirectoryParts {
  directory: string;
  /** Whether what is kept is given up. */
  fresh: boolean;
  checks: Checks;
  refuse: Refuse;
  /** Is told what was done to state that is of no use any more. */
  warn: (message: string) => void;
}

/** A directory that keeps the state of many sandboxes, for this process alone. */
export class StateDirectory {
  /** How many sandboxes were found. */
  readonly found: number;
  readonly #stores = new Set<LowdbJobStore>();

  private constructor(
    private readonly parts: StateDirectoryParts,
    private readonly lock: DirectoryLock,
    /** Those that were found and not opened yet, by the names of their folders. */
    private readonly kept: Map<string, FoundSandbox>,
  ) {
    this.found = kept.size;
  }

  /**
   * Rejects with StateError when what is there is damaged or foreign, with StateUnavailableError when it can't be used.
   */
  static async open(parts: StateDirectoryParts): Promise<StateDirectory> {
    const { directory, fresh, checks, warn } = parts;
    await inDirectory(directory, () => mkdir(directory, { recursive: true }));
    await inDirectory(directory, () => checkOurs(directory));
    const lock = await DirectoryLock.take(directory);
    try {
      return await inDirectory(directory, async () => {
        await prepareFormat(directory, fresh, warn);
        const kept = await readSandboxes(join(directory, SANDBOXES), checks);
        await raiseFormat(directory);
        return new StateDirectory(parts, lock, kept);
      });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The sandboxes that were found and not opened yet. */
  unopened(): SandboxFile[] {
    return [...this.kept.values()].map(({ sandbox }) => sandbox);
  }

  /** Opens what keeps a sandbox, once. What was not found here begins with the seed. */
  openStore(sandbox: SandboxFile, seed: () => readonly JobFacts[]): SandboxStore {
    const { directory, refuse } = this.parts;
    const name = folderName(sandbox);
    const found = this.kept.get(name);
    this.kept.delete(name);
    const jobs = new LowdbJobStore(diskFolder(join(directory, SANDBOXES), sandbox), found, seed, refuse);
    this.#stores.add(jobs);
    return sandboxStore(jobs, found !== undefined, () => this.#stores.delete(jobs));
  }

  /** Lets other processes know where this one listens. */
  announce(url: string): void {
    this.lock.announce(url);
  }

  /** Stores what is still to be, and leaves the directory to others. */
  async close(): Promise<void> {
    await Promise.all([...this.#stores].map((store) => store.settled()));
    await this.lock.release();
  }
}

/** Does something in the directory; what the system refuses is told with the directory's name, and what to do. */
async function inDirectory<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new StateUnavailableError(
      `State can not be kept in ${directory}: ${(error as Error).message}. ` +
        'Choose another directory with --db <dir>, or keep state in memory with --memory.',
      { cause: error },
    );
  }
}
