import { rmdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultDirectory, possibleDirectories } from './default-directory.js';

/** What a running mock leaves in a file, for the verbs to find it by. */
export interface Announcement {
  /** Where it can be reached from this machine. */
  url: string;
  pid: number;
  /** What its health gives as `instance`. */
  instance: string;
}

const LONGEST_ANSWER_IN_MS = 5000;
const MOST_TRIES = 20;

/** `silent`: something is there and does not answer in time, so nobody knows whether it is the mock. */
type State = 'running' | 'gone' | 'silent';

/**
 * Lets the verbs in a working directory find a mock. A folder that can't be written is warned of, and that is all.
 * Gives what takes it back.
 */
export async function announce(
  workingDirectory: string,
  mock: Pick<Announcement, 'url' | 'instance'>,
  warn: (message: string) => void,
): Promise<() => void> {
  const folder = folderBeside(defaultDirectory(workingDirectory));
  const file = join(folder, `${mock.instance}.json`);
  const announcement: Announcement = { url: reachable(mock.url), pid: process.pid, instance: mock.instance };
  try {
    await leave(folder, file, JSON.stringify(announcement));
  } catch (error) {
    warn(`The verbs can not find this mock by themselves, and need --url: ${(error as Error).message}`);
  }
  return () => {
    try {
      rmSync(file, { force: true });
      rmdirSync(folder);
    } catch {
      // Other mocks are announced there, or it can not be removed: whoever finds it asks the mock first.
    }
  };
}

/** A mock that stops takes the folder with it if it is empty, even when it was just made for this one: then it is made anew. */
async function leave(folder: string, file: string, text: string, tries = MOST_TRIES): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await sweep(folder);
    // Renamed when it is whole, so that nobody reads a part of it.
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 1) throw error;
    await leave(folder, file, text, tries - 1);
  }
}

/**
 * The address of the mock that runs from a working directory. Rejects when there is none, or more than one. What was left
 * behind by a mock that is gone is removed.
 */
export async function findRunning(
  workingDirectory: string,
  longestAnswerInMs = LONGEST_ANSWER_IN_MS,
): Promise<string> {
  const folders = possibleDirectories(workingDirectory).map(folderBeside);
  const announced = (await Promise.all(folders.map(announcementsIn))).flat();
  const found = await Promise.all(
    announced.map(async ({ file, announcement }) => {
      const state = await stateOf(announcement, longestAnswerInMs);
      if (state === 'gone') await remove(file);
      return { url: announcement.url, state };
    }),
  );
  const urls = (state: State) => found.filter((each) => each.state === state).map(({ url }) => url);
  const [running, silent] = [urls('running'), urls('silent')];
  if (running.length > 1) {
    throw new Error(
      `More than one mock runs from this directory: ${running.sort().join(', ')}. Choose by --url <url>.`,
    );
  }
  if (running[0] !== undefined) return running[0];
  throw new Error(
    silent.length > 0
      ? `The mock at ${silent.sort().join(', ')} does not answer. Start it anew, or name another by --url <url>.`
      : 'No mock runs from this directory. Start one by aep-export-jobs-mock, or name one by --url <url>.',
  );
}

function folderBeside(directory: string): string {
  return `${directory}.running`;
}

/** An address of all interfaces can be listened on, but not called everywhere. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

interface Announced {
  file: string;
  announcement: Announcement;
}

async function announcementsIn(folder: string): Promise<Announced[]> {
  const names = await readdir(folder).catch(() => []);
  const read = names
    .filter((name) => name.endsWith('.json'))
    .map(async (name) => {
      const file = join(folder, name);
      const announcement = announcementOf(await readFile(file, 'utf8').catch(() => ''));
      return announcement ? [{ file, announcement }] : [];
    });
  return (await Promise.all(read)).flat();
}

/** `undefined` for what is no announcement, and is left as it is. */
function announcementOf(text: string): Announcement | undefined {
  try {
    const { url, pid, instance } = JSON.parse(text) as Record<keyof Announcement, unknown>;
    const isWhole = typeof url === 'string' && Number.isSafeInteger(pid) && typeof instance === 'string';
    return isWhole && URL.canParse(url) ? { url, pid: pid as number, instance } : undefined;
  } catch {
    return undefined;
  }
}

async function stateOf({ url, instance }: Announcement, longestAnswerInMs: number): Promise<State> {
  try {
    const signal = AbortSignal.timeout(longestAnswerInMs);
    const answer = await fetch(`${url}/__admin/health`, { signal, redirect: 'manual' });
    const health = (await answer.json()) as { instance?: unknown } | null;
    return health?.instance === instance ? 'running' : 'gone';
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'silent' : 'gone';
  }
}

/** Removes what killed processes have left, which nobody has looked for since. */
async function sweep(folder: string): Promise<void> {
  const announced = await announcementsIn(folder);
  const left = announced.filter(({ announcement }) => !isAlive(announcement.pid));
  await Promise.all(left.map(({ file }) => remove(file)));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}
