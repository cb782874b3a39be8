import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIST, LIST_10, startOurs } from './contenders.js';
import { callFor } from './http-call.js';
import type { Plan } from './plan.js';
import { createRequest, prepareSeed, prepareState, type State } from './states.js';

/** What is there before the first round. */
export interface Prepared {
  /** The state without a job. */
  empty: State;
  /** Those with, from few jobs to the most. */
  states: State[];
  /** The one that each of many sandboxes begins with. */
  seeded: State;
  bodies: Bodies;
  createRequest: string;
}

/** What this mock answers, which the contenders without data of their own answer too. */
export interface Bodies {
  job: string;
  list: string;
  /** A file that holds both. */
  file: string;
}

export async function prepare(
  folder: string,
  { jobs: { fewest, few, many, most } }: Plan,
): Promise<Prepared> {
  const empty = await prepareState(folder, 0);
  const withFew = await prepareState(folder, few);
  return {
    empty,
    states: [withFew, await prepareState(folder, many), await prepareState(folder, most)],
    seeded: await prepareSeed(folder, fewest),
    bodies: await readBodies(folder, withFew),
    createRequest: await createRequest(),
  };
}

async function readBodies(folder: string, { jobs, flags }: State): Promise<Bodies> {
  const { server, api } = await startOurs(flags);
  try {
    const job = await callFor(200, 'GET', `${api}${LIST}/${jobs}`);
    const list = await callFor(200, 'GET', api + LIST_10);
    const file = join(folder, 'bodies.json');
    await writeFile(file, `{"job":${job},"list":${list}}`);
    return { job, list, file };
  } finally {
    await server.stop();
  }
}
