import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST, ROOT, startOurs } from './contenders.js';
import { callFor } from './http-call.js';

const EXAMPLES = join(ROOT, 'fixtures/examples');
const FIRST_CREATION_TIME = 1_538_615_973_895;
const MS_BETWEEN_CREATIONS = 60_000;

/** A state that this mock can be started with, any number of times. */
export interface State {
  jobs: number;
  flags: string[];
}

interface DocumentedJob {
  id: number;
  creationTime: number;
  updateTime: number;
}

/** Prepares a state of that many jobs, with ids from 1 on, in a directory of its own below a folder. */
export async function prepareState(folder: string, jobs: number): Promise<State> {
  const directory = join(folder, `${jobs}-jobs`);
  if (jobs === 0) return { jobs, flags: ['--db', directory, '--seed', 'empty'] };
  const seed = `${directory}.json`;
  await writeSeed(seed, jobs);
  await haveStateWritten(['--db', directory, '--seed', seed]);
  await rm(seed);
  return { jobs, flags: ['--db', directory] };
}

/** Prepares a state of that many jobs in memory, which every sandbox begins with. */
export async function prepareSeed(folder: string, jobs: number): Promise<State> {
  const seed = join(folder, `${jobs}-jobs.json`);
  await writeSeed(seed, jobs);
  return { jobs, flags: ['--memory', '--seed', seed] };
}

/** A sandbox is written at its first change. This one leaves it with the same jobs. */
async function haveStateWritten(flags: string[]): Promise<void> {
  const { server, api } = await startOurs(flags);
  try {
    const created = await callFor(200, 'POST', api + LIST, { body: await createRequest() });
    const { id } = JSON.parse(created) as { id: number };
    await callFor(204, 'DELETE', `${api}${LIST}/${id}`);
  } finally {
    await server.stop();
  }
}

/** Rejects unless a state is as it was prepared. */
export async function checkState(api: string, { jobs }: State): Promise<void> {
  const { records } = JSON.parse(await callFor(200, 'GET', `${api}${LIST}?limit=1`)) as {
    records: DocumentedJob[];
  };
  const newest = records[0]?.id ?? 0;
  if (newest !== jobs) throw new Error(`The newest job is ${newest}, not ${jobs}.`);
}

/** The documented request that creates a job. */
export async function createRequest(): Promise<string> {
  return JSON.stringify(await example('create-request'));
}

async function example(name: string): Promise<unknown> {
  const { value } = JSON.parse(await readFile(join(EXAMPLES, `${name}.json`), 'utf8')) as { value: unknown };
  return value;
}

/** Writes the documented job many times, each a minute newer than the one before. */
async function writeSeed(file: string, jobs: number): Promise<void> {
  const documented = (await example('export-job-retrieved')) as DocumentedJob;
  const texts = Array.from({ length: jobs }, (_, index) => {
    const time = FIRST_CREATION_TIME + index * MS_BETWEEN_CREATIONS;
    return JSON.stringify({ ...documented, id: index + 1, creationTime: time, updateTime: time });
  });
  await writeFile(file, `{"jobs":[${texts.join(',\n')}]}`);
}
