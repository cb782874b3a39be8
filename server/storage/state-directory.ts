import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { DirectoryLock, isLock } from './directory-lock.js';
import { StateError, StateUnavailableError } from './state-errors.js';
import {
  createForeignFileError,
  listNames,
  listSandboxFiles,
  readSandboxes,
  readStateFile,
  type FoundSandbox,
  type StateChecks,
} from './read-state.js';
import type { CollectionDefinition } from './records.js';
import { createDiskFolder, createJsonFile, getFolderName, type SandboxFile } from './sandbox-files.js';
import { SandboxStore, type SandboxStoreParts, type ToStorageError } from './sandbox-store.js';

export interface StateDirectoryParts {
  directory: string;
  /** Whether what is kept there is discarded. */
  fresh: boolean;
  checks: StateChecks;
  toStorageError: ToStorageError;
  /** Called with what was done to state that is of no use any more. */
  warn: (message: string) => void;
}

/** The form in which this version keeps state. */
const FORMAT = 3;
/** The oldest that this version goes on from as it is. */
const MIN_FORMAT = 3;

const MARK = 'aep-export-jobs-mock.json';
const SANDBOXES = 'sandboxes';
/** Where state of an older format is set aside. */
const SET_ASIDE = /^sandboxes-format-\d+(-\d+)?$/;

interface Mark {
  /** A format of state, 0 or higher. */
  format: number;
}

/** A directory that keeps the state of many sandboxes, for this process alone. */
export class StateDirectory {
  /** How many sandboxes were found. */
  readonly foundCount: number;
  readonly #stores = new Set<SandboxStore>();

  private constructor(
    private readonly parts: StateDirectoryParts,
    private readonly lock: DirectoryLock,
    /** Those that were found and not opened yet, by the names of their folders. */
    private readonly found: Map<string, FoundSandbox>,
  ) {
    this.foundCount = found.size;
  }

  /** Rejects with StateError when what is there is damaged or foreign, with StateUnavailableError when it cannot be used. */
  static async open(parts: StateDirectoryParts): Promise<StateDirectory> {
    const { directory, fresh, checks, warn } = parts;
    await explainErrors(directory, () => mkdir(directory, { recursive: true }));
    await explainErrors(directory, () => checkOwnership(directory));
    const lock = await DirectoryLock.acquire(directory);
    try {
      return await explainErrors(directory, async () => {
        // The files of an older version have other names: they are set aside.
        if (fresh && !(await hasOlderFormat(directory))) await discardState(directory, checks.collections);
        await prepareFormat(directory, warn);
        const found = await readSandboxes(join(directory, SANDBOXES), checks);
        // Now that it is known to be sound: no older version is to read what this one writes.
        if ((await readFormat(directory)) !== FORMAT) await writeMark(directory);
        return new StateDirectory(parts, lock, found);
      });
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The sandboxes that were found and not opened yet. */
  listUnopened(): SandboxFile[] {
    return [...this.found.values()].map(({ sandbox }) => sandbox);
  }

  /** Opens what keeps a sandbox, once. What was not found here begins with the seed. */
  openStore(sandbox: SandboxFile, seed: SandboxStoreParts['seed']): SandboxStore {
    const { directory, toStorageError, checks } = this.parts;
    const name = getFolderName(sandbox);
    const found = this.found.get(name);
    this.found.delete(name);
    const store: SandboxStore = new SandboxStore({
      folder: createDiskFolder(join(directory, SANDBOXES), sandbox),
      collections: checks.collections,
      found,
      seed,
      toStorageError,
      onDeleted: () => this.#stores.delete(store),
    });
    this.#stores.add(store);
    return store;
  }

  /** Lets other processes know where this one listens. */
  announce(url: string): void {
    this.lock.announce(url);
  }

  /** Stores what is still to be, and leaves the directory to others. */
  async close(): Promise<void> {
    await Promise.all([...this.#stores].map((store) => store.whenIdle()));
    await this.lock.release();
  }
}

/** Tells what the system refuses with the directory's name, and what to do. */
async function explainErrors<T>(directory: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new StateUnavailableError(
      `State cannot be kept in ${directory}: ${(error as Error).message}. ` +
        'Choose another directory with --db <dir>, or keep state in memory with --memory.',
      { cause: error },
    );
  }
}

/** Throws unless a directory is empty or one of ours: what belongs to others is never touched. */
async function checkOwnership(directory: string): Promise<void> {
  const names = (await listNames(directory)).filter((name) => !isLock(name));
  if (names.length > 0 && !names.includes(MARK)) {
    throw new StateError(
      `The directory ${directory} holds ${names[0] ?? ''}, and no state of this mock. Choose an empty one, or a new one.`,
    );
  }
  const other = names.find((name) => ![MARK, SANDBOXES].includes(name) && !SET_ASIDE.test(name));
  if (other !== undefined) throw createForeignFileError(join(directory, other));
}

/** Removes all state, but not what was set aside. */
async function discardState(directory: string, collections: readonly CollectionDefinition[]): Promise<void> {
  const removed = join(directory, `.${SANDBOXES}.removed`);
  await rm(removed, { recursive: true, force: true });
  if ((await listNames(directory)).includes(SANDBOXES)) {
    // Throws for what is not ours.
    await listSandboxFiles(join(directory, SANDBOXES), collections);
    await rename(join(directory, SANDBOXES), removed);
  }
  await rm(removed, { recursive: true, force: true });
  // In place of one that may be damaged, and never without any: it shows that the directory is ours.
  await writeMark(directory);
}

/** Makes a directory one that holds state which this version reads. */
async function prepareFormat(directory: string, warn: StateDirectoryParts['warn']): Promise<void> {
  const format = await readFormat(directory);
  if (format !== undefined && format > FORMAT) {
    throw new StateError(
      `The state in ${directory} has format ${format}, written by a later version of the mock; this one reads ` +
        `format ${FORMAT}. It was left as it is. Choose another directory with --db <dir>.`,
    );
  }
  if (format !== undefined && format < MIN_FORMAT) {
    const aside = await setAside(directory, format);
    warn(
      `The state in ${directory} had format ${format} and was set aside in ${aside}: this version starts anew.`,
    );
  }
  if (format === undefined || format < MIN_FORMAT) await writeMark(directory);
  await mkdir(join(directory, SANDBOXES), { recursive: true });
}

async function writeMark(directory: string): Promise<void> {
  await new Low<Mark>(createJsonFile(join(directory, MARK)), { format: FORMAT }).write();
}

async function readFormat(directory: string): Promise<number | undefined> {
  if (!(await listNames(directory)).includes(MARK)) return undefined;
  const { format } = readStateFile(join(directory, MARK), findMarkProblem) as Mark;
  return format;
}

/** Not where the mark is damaged. */
async function hasOlderFormat(directory: string): Promise<boolean> {
  return readFormat(directory).then(
    (format = FORMAT) => format < MIN_FORMAT,
    () => false,
  );
}

function findMarkProblem(content: unknown): string | undefined {
  const { format } = (content ?? {}) as Partial<Mark>;
  return Number.isSafeInteger(format) && Number(format) >= 0
    ? undefined
    : "'format' is not the number of a format";
}

async function setAside(directory: string, format: number): Promise<string> {
  const names = await listNames(directory);
  const name = `${SANDBOXES}-format-${format}`;
  let free = name;
  for (let count = 2; names.includes(free); count++) free = `${name}-${count}`;
  if (names.includes(SANDBOXES)) await rename(join(directory, SANDBOXES), join(directory, free));
  return free;
}
