import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import type { JobFacts } from '../domain/export-job.js';
import { DirectoryLock, isLock } from './directory-lock.js';
import { diskFolder, folderName, jsonFile, type SandboxFile } from './disk-folder.js';
import type { KeptJobs } from './job-folder.js';
import {
  filesOfSandboxes,
  foreign,
  namesIn,
  readJson,
  readSandboxes,
  type CheckFacts,
} from './kept-sandboxes.js';
import { LowdbJobStore, type Refuse } from './lowdb-job-store.js';
import { StateError, StateUnavailableError } from './state-error.js';

/** The form in which this version keeps state. */
const FORMAT = 1;

const MARK = 'aep-export-jobs-mock.json';
const SANDBOXES = 'sandboxes';
/** Where state of an older format is set aside. */
const SET_ASIDE = /^sandboxes-format-\d+(-\d+)?$/;

interface Mark {
  /** A format of state, 0 or higher. */
  format: number;
}

export interface StateDirectoryParts {
  directory: string;
  /** Whether what is kept is given up. */
  fresh: boolean;
  check: CheckFacts;
  refuse: Refuse;
  /** Is told what was done to state that is of no use any more. */
  warn: (message: string) => void;
}

/** A directory that keeps the state of many sandboxes, for this process alone. */
export class StateDirectory {
  /** How many sandboxes were found. */
  readonly found: number;
  readonly #stores: LowdbJobStore[] = [];

  private constructor(
    private readonly parts: StateDirectoryParts,
    private readonly lock: DirectoryLock,
    private readonly kept: Map<string, KeptJobs>,
  ) {
    this.found = kept.size;
  }

  /**
   * Rejects with StateError when what is there is damaged or foreign, with StateUnavailableError when it can't be used.
   */
  static async open(parts: StateDirectoryParts): Promise<StateDirectory> {
    const { directory, check } = parts;
    await inDirectory(directory, () => mkdir(directory, { recursive: true }));
    await inDirectory(directory, () => checkOurs(directory));
    const lock = await DirectoryLock.take(directory);
    try {
      return await inDirectory(directory, async () => {
        await prepare(parts);
        return new StateDirectory(parts, lock, await readSandboxes(join(directory, SANDBOXES), check));
      });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** Opens the store of a sandbox, and says whether it was found here. Otherwise it begins with the seed. */
  openStore(
    sandbox: SandboxFile,
    seed: () => readonly JobFacts[],
  ): { jobs: LowdbJobStore; isFound: boolean } {
    const { directory, refuse } = this.parts;
    const name = folderName(sandbox);
    const kept = this.kept.get(name);
    this.kept.delete(name);
    const folder = diskFolder(join(directory, SANDBOXES), sandbox);
    const jobs = new LowdbJobStore(folder, kept, seed, refuse);
    this.#stores.push(jobs);
    return { jobs, isFound: kept !== undefined };
  }

  /** Lets other processes know where this one listens. */
  announce(url: string): void {
    this.lock.announce(url);
  }

  /** Stores what is still to be, and leaves the directory to others. */
  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.settled()));
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

/** Throws unless a directory is empty or one of ours: what is others' is never touched. */
async function checkOurs(directory: string): Promise<void> {
  const names = (await namesIn(directory)).filter((name) => !isLock(name));
  if (names.length > 0 && !names.includes(MARK)) {
    throw new StateError(
      `The directory ${directory} holds ${names[0] ?? ''}, and no state of this mock. Choose an empty one, or a new one.`,
    );
  }
  const other = names.find((name) => ![MARK, SANDBOXES].includes(name) && !SET_ASIDE.test(name));
  if (other !== undefined) throw foreign(join(directory, other));
}

/** Makes a directory one that holds state of today's format. */
async function prepare({ directory, fresh, warn }: StateDirectoryParts): Promise<void> {
  const sandboxes = join(directory, SANDBOXES);
  if (fresh) await giveUp(directory);
  const format = await formatOf(directory);
  if (format !== undefined && format > FORMAT) {
    throw new StateError(
      `The state in ${directory} is of format ${format}, which a later version of the mock has written; this one reads ` +
        `format ${FORMAT}. It was left as it is. Choose another directory with --db <dir>.`,
    );
  }
  if (format !== undefined && format < FORMAT) {
    const aside = await setAside(directory, format);
    warn(
      `The state in ${directory} was of format ${format}, and is set aside in ${aside}: this version begins anew.`,
    );
  }
  if (format !== FORMAT) await writeMark(directory);
  await mkdir(sandboxes, { recursive: true });
}

/** Removes all state. What was set aside is not state. */
async function giveUp(directory: string): Promise<void> {
  const removed = join(directory, `.${SANDBOXES}.removed`);
  await rm(removed, { recursive: true, force: true });
  if ((await namesIn(directory)).includes(SANDBOXES)) {
    // What is not ours is not given up.
    await filesOfSandboxes(join(directory, SANDBOXES));
    await rename(join(directory, SANDBOXES), removed);
  }
  await rm(removed, { recursive: true, force: true });
  // In place of one that may be damaged, and never without any: it tells that the directory is ours.
  await writeMark(directory);
}

async function writeMark(directory: string): Promise<void> {
  await new Low<Mark>(jsonFile(join(directory, MARK)), { format: FORMAT }).write();
}

async function formatOf(directory: string): Promise<number | undefined> {
  if (!(await namesIn(directory)).includes(MARK)) return undefined;
  const { format } = readJson(join(directory, MARK), wrongMark) as Mark;
  return format;
}

function wrongMark(content: unknown): string | undefined {
  const { format } = (content ?? {}) as Partial<Mark>;
  return Number.isSafeInteger(format) && Number(format) >= 0
    ? undefined
    : "'format' is not a format's number";
}

async function setAside(directory: string, format: number): Promise<string> {
  const names = await namesIn(directory);
  const name = `${SANDBOXES}-format-${format}`;
  let free = name;
  for (let count = 2; names.includes(free); count++) free = `${name}-${count}`;
  if (names.includes(SANDBOXES)) await rename(join(directory, SANDBOXES), join(directory, free));
  return free;
}
