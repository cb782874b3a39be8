import { setTimeout as sleep } from 'node:timers/promises';
import {
  BASE_PATH,
  LIST,
  LIST_10,
  msOfMocksInCode,
  msToFirstList,
  startOurs,
  startRival,
  type Contender,
  type RivalName,
} from './contenders.js';
import { createsPerSecond } from './creates.js';
import { callFor } from './http-call.js';
import { requestsPerSecond } from './load.js';
import type { Measurement, Sample, Subject } from './measurements.js';
import type { Plan } from './plan.js';
import type { Bodies, Prepared } from './prepared.js';
import { checkState, type State } from './states.js';
import { spreadOf } from './statistics.js';

const RIVALS: RivalName[] = ['express', 'node-http', 'prism'];
/** More than one, so that no server that remembers its last answer is the faster for it. */
const JOBS_RETRIEVED = 50;

/** One contender's part of a round: it is started, measured and stopped. */
interface Turn {
  name: string;
  take: () => Promise<Sample[]>;
}

/** Measures all contenders, one at a time. Each round begins with another, so that none is always the first. */
export async function measureRound(round: number, plan: Plan, prepared: Prepared): Promise<Sample[]> {
  const turns = turnsOf(plan, prepared);
  const samples = new Map<Turn, Sample[]>();
  const first = round % turns.length;
  for (const turn of [...turns.slice(first), ...turns.slice(0, first)]) {
    console.log(`Round ${round + 1} of ${plan.rounds}: ${turn.name}`);
    samples.set(turn, await turn.take());
  }
  return withMemoryPerJob(turns.flatMap((turn) => samples.get(turn) ?? []));
}

function turnsOf(plan: Plan, prepared: Prepared): Turn[] {
  return [
    { name: 'this mock, empty', take: () => measureEmpty(prepared.empty, plan) },
    { name: 'this mock in code', take: () => measureInCode(plan) },
    // First, and so beside the one that it is compared with.
    {
      name: 'this mock without a record of calls',
      take: () => measureUnrecorded(prepared.states[0], prepared.createRequest, plan),
    },
    ...prepared.states.map((state) => ({
      name: `this mock with ${state.jobs} jobs`,
      take: () => measureState(state, prepared.createRequest, plan),
    })),
    {
      name: 'this mock with one sandbox',
      take: () => measureSandbox(prepared.seeded, 0, prepared.createRequest, plan),
    },
    {
      name: `this mock with ${plan.sandboxes} sandboxes`,
      take: () => measureSandbox(prepared.seeded, plan.sandboxes, prepared.createRequest, plan),
    },
    ...RIVALS.map((name) => ({ name, take: () => measureRival(name, prepared.bodies, plan) })),
  ];
}

async function measureEmpty({ flags }: State, plan: Plan): Promise<Sample[]> {
  const contender = await startOurs(flags);
  try {
    const healthy = contender.server.msToHealthy;
    const idleMemory = await settledMemory(contender, plan);
    return samplesOf({ contender: 'ours', jobs: 0 }, { healthy, idleMemory });
  } finally {
    await contender.server.stop();
  }
}

async function measureInCode({ inCode }: Plan): Promise<Sample[]> {
  const { median } = spreadOf(await msOfMocksInCode(inCode));
  return samplesOf({ contender: 'ours', jobs: 0 }, { inCode: median });
}

async function measureState(state: State, createRequest: string, plan: Plan): Promise<Sample[]> {
  const contender = await startOurs(state.flags);
  try {
    const healthy = contender.server.msToHealthy;
    const firstList = await msToFirstList(contender);
    const loadedMemory = await settledMemory(contender, plan);
    const reads = await measureReads(contender, state.jobs, plan);
    const creates = state.jobs < plan.jobs.most && {
      create: await createsPerSecond(contender.api, createRequest, plan),
    };
    await checkState(contender.api, state);
    const subject: Subject = { contender: 'ours', jobs: state.jobs };
    return samplesOf(subject, { healthy, firstList, loadedMemory, ...reads, ...creates });
  } finally {
    await contender.server.stop();
  }
}

async function measureUnrecorded(
  state: State | undefined,
  createRequest: string,
  plan: Plan,
): Promise<Sample[]> {
  if (!state) throw new Error('No state was prepared.');
  const contender = await startOurs([...state.flags, '--journal', '0']);
  try {
    const reads = await measureReads(contender, state.jobs, plan);
    const create = await createsPerSecond(contender.api, createRequest, plan);
    return samplesOf({ contender: 'ours', jobs: state.jobs, setting: 'unrecorded' }, { ...reads, create });
  } finally {
    await contender.server.stop();
  }
}

/** Measures the calls of one sandbox, with so many others beside it. */
async function measureSandbox(
  { jobs, flags }: State,
  others: number,
  createRequest: string,
  plan: Plan,
): Promise<Sample[]> {
  const contender = await startOurs(flags);
  try {
    for (let other = 1; other <= others; other++) {
      const address = `${contender.server.origin}/as/bench/${other}${BASE_PATH}`;
      await callFor(200, 'GET', address + LIST_10);
    }
    const reads = await measureReads(contender, jobs, plan);
    const create = await createsPerSecond(contender.api, createRequest, plan);
    const subject: Subject = { contender: 'ours', jobs, ...(others > 0 && { setting: 'crowded' }) };
    return samplesOf(subject, { ...reads, create });
  } finally {
    await contender.server.stop();
  }
}

async function measureRival(name: RivalName, bodies: Bodies, plan: Plan): Promise<Sample[]> {
  const contender = await startRival(name, bodies.file);
  try {
    const healthy = contender.server.msToHealthy;
    const idleMemory = await settledMemory(contender, plan);
    if (name !== 'prism') await checkBodies(contender, bodies);
    const reads = await measureReads(contender, JOBS_RETRIEVED, plan);
    return samplesOf({ contender: name }, { healthy, idleMemory, ...reads });
  } finally {
    await contender.server.stop();
  }
}

/** Retrieves jobs from all over the ids up to the highest, and lists. */
async function measureReads({ api }: Contender, highestId: number, plan: Plan) {
  const paths = Array.from({ length: JOBS_RETRIEVED }, (_, index) => {
    return `${LIST}/${Math.ceil(((index + 1) * highestId) / JOBS_RETRIEVED)}`;
  });
  const retrieve = await requestsPerSecond(api, paths, plan);
  const list = await requestsPerSecond(api, [LIST_10], plan);
  return { retrieve, list };
}

async function checkBodies({ api }: Contender, { job, list }: Bodies): Promise<void> {
  const isSame =
    (await callFor(200, 'GET', `${api}${LIST}/1`)) === job &&
    (await callFor(200, 'GET', api + LIST_10)) === list;
  if (!isSame) throw new Error('It does not answer the bytes that this mock does.');
}

async function settledMemory({ server }: Contender, plan: Plan): Promise<number> {
  await sleep(plan.settleInMs);
  return server.memory();
}

function samplesOf(subject: Subject, values: Partial<Record<Measurement, number>>): Sample[] {
  return Object.entries(values).map(([measurement, value]) => ({
    measurement: measurement as Measurement,
    ...subject,
    value,
  }));
}

/** The memory with the most jobs less that with the fewest, by the jobs between. */
function withMemoryPerJob(samples: Sample[]): Sample[] {
  const loaded = samples.filter(({ measurement }) => measurement === 'loadedMemory');
  const [fewest, most] = [loaded[0], loaded.at(-1)];
  if (fewest?.jobs === undefined || most?.jobs === undefined) throw new Error('No memory was measured.');
  const value = (most.value - fewest.value) / (most.jobs - fewest.jobs);
  return [...samples, { measurement: 'memoryPerJob', contender: 'ours', jobs: most.jobs, value }];
}
