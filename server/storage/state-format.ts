import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { isLock } from './directory-lock.js';
import { jsonFile } from './disk-folder.js';
import { filesOfSandboxes, foreign, namesIn } from './kept-sandboxes.js';
import { readJson } from './read-json.js';
import { StateError } from './state-error.js';

/** The form in which this version keeps state. */
const FORMAT = 2;
/** The oldest that this version goes on from as it is: it had neither settings nor what is pending. */
const OLDEST_FORMAT = 1;

const MARK = 'aep-export-jobs-mock.json';
/** The folder of all sandboxes in a directory. */
export const SANDBOXES = 'sandboxes';
/** Where state of an older format is set aside. */
const SET_ASIDE = /^sandboxes-format-\d+(-\d+)?$/;

interface Mark {
  /** A format of state, 0 or higher. */
  format: number;
}

/** Throws unless a directory is empty or one of ours: what is others' is never touched. */
export async function checkOurs(directory: string): Promise<void> {
  const names = (await namesIn(directory)).filter((name) => !isLock(name));
  if (names.length > 0 && !names.includes(MARK)) {
    throw new StateError(
      `The directory ${directory} holds ${names[0] ?? ''}, and no state of this mock. Choose an empty one, or a new one.`,
    );
  }
  const other = names.find((name) => ![MARK, SANDBOXES].includes(name) && !SET_ASIDE.test(name));
  if (other !== undefined) throw foreign(join(directory, other));
}

/**
 * Makes a directory one that holds state which this version reads.
 * @param fresh whether what is kept is given up.
 * @param warn is told what was done to state that is of no use any more.
 */
export async function prepareFormat(
  directory: string,
  fresh: boolean,
  warn: (message: string) => void,
): Promise<void> {
  if (fresh) await giveUp(directory);
  const format = await formatOf(directory);
  if (format !== undefined && format > FORMAT) {
    throw new StateError(
      `The state in ${directory} is of format ${format}, which a later version of the mock has written; this one reads ` +
        `format ${FORMAT} and older. It was left as it is. Choose another directory with --db <dir>.`,
    );
  }
  if (format !== undefined && format < OLDEST_FORMAT) {
    const aside = await setAside(directory, format);
    warn(
      `The state in ${directory} was of format ${format}, and is set aside in ${aside}: this version begins anew.`,
    );
  }
  if (format === undefined || format < OLDEST_FORMAT) await writeMark(directory);
  await mkdir(join(directory, SANDBOXES), { recursive: true });
}

/** Marks state, once it is known to be sound, as of the format that this version writes: no older one is to read it. */
export async function raiseFormat(directory: string): Promise<void> {
  if ((await formatOf(directory)) !== FORMAT) await writeMark(directory);
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
