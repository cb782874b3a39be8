/**
 * Measures the built mock beside others: starts each contender itself, one at a time, in rounds; prints the figures, and
 * writes them to bench/results.json and docs/performance.md. Fails when a target is missed.
 */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, cpus, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { format, resolveConfig } from 'prettier';
import {
  BASE_PATH,
  CONTENDERS,
  createJobs,
  createsPerSecond,
  LIST,
  LIST_10,
  measureLoad,
  readManifest,
  send,
  ROOT,
  Server,
} from './bench/contenders.js';
import {
  createResults,
  findSample,
  median,
  readPlan,
  report,
  type Measurement,
  type Plan,
  type Results,
  type Sample,
  type Subject,
} from './bench/report.js';
import { performanceFile } from './generate.js';

const RESULTS = 'bench/results.json';
/** More than one, so that no server gains by remembering its last response. */
const RETRIEVED_JOBS = 50;
const FIRST_CREATION_TIME = 1_538_615_973_895;
const MS_BETWEEN_CREATIONS = 60_000;

/** One contender's part of a round: it is started, measured and stopped. */
interface Turn extends Subject {
  name: string;
  measure: () => Promise<Partial<Record<Measurement, number>>>;
}

/** Jobs with the ids from 1 on, and the flags with which our mock has them. */
interface State {
  jobs: number;
  flags: string[];
}

const readExample = async (name: string) => {
  const file = join(ROOT, 'fixtures/examples', `${name}.json`);
  return (JSON.parse(await readFile(file, 'utf8')) as { value: object }).value;
};
const createBody = JSON.stringify(await readExample('create-request'));

async function withServer<T>(starting: Promise<Server>, use: (server: Server) => Promise<T>): Promise<T> {
  const server = await starting;
  return use(server).finally(() => server.stop());
}

/** Writes the documented job many times, each a minute newer than the one before. */
async function writeSeed(file: string, jobs: number): Promise<string> {
  const documented = await readExample('export-job-retrieved');
  const texts = Array.from({ length: jobs }, (_, index) => {
    const time = FIRST_CREATION_TIME + index * MS_BETWEEN_CREATIONS;
    return JSON.stringify({ ...documented, id: index + 1, creationTime: time, updateTime: time });
  });
  await writeFile(file, `{"jobs":[${texts.join(',\n')}]}`);
  return file;
}

/** Stores jobs in a directory: those of a seed, or, as users have them, created over HTTP. */
async function prepareState(
  directory: string,
  jobs: number,
  { connections }: Plan,
  isCreated = false,
): Promise<State> {
  if (jobs === 0) return { jobs, flags: ['--db', directory, '--seed', 'empty'] };
  const seed = isCreated ? 'empty' : await writeSeed(`${directory}.json`, jobs);
  await withServer(Server.startOurs(['--db', directory, '--seed', seed]), async ({ api }) => {
    if (isCreated) return createJobs(api, createBody, jobs, connections);
    // A sandbox is written at its first change. This one leaves it with the same jobs.
    const [id] = await createJobs(api, createBody, 1, 1);
    return send(`${api}${LIST}/${id}`, { method: 'DELETE', status: 204 });
  });
  if (!isCreated) await rm(seed);
  return { jobs, flags: ['--db', directory] };
}

/** Gets jobs from all over the ids up to the highest, lists, and creates. */
async function measureLoads(server: Server, highestId: number, plan: Plan, isCreating = true) {
  const paths = Array.from({ length: RETRIEVED_JOBS }, (_, index) => {
    return `${LIST}/${Math.ceil(((index + 1) * highestId) / RETRIEVED_JOBS)}`;
  });
  const readCpuMs = () => server.cpuMs();
  const retrieve = await measureLoad(server.api, paths, plan, readCpuMs);
  const list = await measureLoad(server.api, [LIST_10], plan, readCpuMs);
  return {
    ...{ retrieve: retrieve.perSecond, retrieveCpu: retrieve.cpuUsPerRequest },
    ...{ list: list.perSecond, listCpu: list.cpuUsPerRequest },
    ...(isCreating && { create: await createsPerSecond(server.api, createBody, plan) }),
  };
}

async function measureIdle(server: Server, plan: Plan) {
  await sleep(plan.settleInMs);
  return { healthy: server.msToHealthy, idleMemory: server.memoryBytes() };
}

async function measureState(server: Server, { jobs }: State, plan: Plan) {
  const firstList = await server.msToResponse(server.api + LIST_10);
  await sleep(plan.settleInMs);
  const start = { healthy: server.msToHealthy, firstList, loadedMemory: server.memoryBytes() };
  const loads = await measureLoads(server, jobs, plan, jobs < plan.jobs.most);
  const { records } = JSON.parse(await send(`${server.api}${LIST}?limit=1`)) as { records: { id: number }[] };
  if (records[0]?.id !== jobs) throw new Error(`The newest job is ${records[0]?.id}, not ${jobs}.`);
  return { ...start, ...loads };
}

/** Milliseconds from the creation of a mock to its first response, in a process that has created others. */
async function measureInCode({ inCode: { warmUps, mocks } }: Plan) {
  const program = [join(CONTENDERS, 'mocks-in-code.js'), join(ROOT, 'dist/server/mock-server.js')];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...program,
    String(warmUps),
    String(mocks),
  ]);
  return { inCode: median(JSON.parse(stdout) as number[]) };
}

async function prepareTurns(folder: string, plan: Plan): Promise<Turn[]> {
  const { fewest, few, many, most } = plan.jobs;
  const prepare = (jobs: number) => prepareState(join(folder, `${jobs}-jobs`), jobs, plan);
  const [empty, withFew] = [await prepare(0), await prepare(few)];
  const states = [withFew, await prepare(many), await prepare(most)];
  const created = await prepareState(join(folder, 'created-jobs'), many, plan, true);
  const seeded = {
    jobs: fewest,
    flags: ['--memory', '--seed', await writeSeed(join(folder, 'seed.json'), fewest)],
  };
  const bodies = await withServer(Server.startOurs(withFew.flags), async ({ api }) => {
    return { job: await send(`${api}${LIST}/${few}`), list: await send(api + LIST_10) };
  });
  const bodiesFile = join(folder, 'bodies.json');
  await writeFile(bodiesFile, `{"job":${bodies.job},"list":${bodies.list}}`);

  const ours = (
    { jobs, flags }: State,
    measure: (server: Server) => ReturnType<Turn['measure']>,
    setting?: NonNullable<Subject['setting']>,
  ): Turn => ({
    name: `this mock with ${jobs} jobs${setting ? `, ${setting}` : ''}`,
    ...{ contender: 'ours', jobs, ...(setting && { setting }) },
    measure: () => withServer(Server.startOurs(flags), measure),
  });
  const rival = (contender: 'express' | 'node-http' | 'prism'): Turn => ({
    name: contender,
    contender,
    measure: () =>
      withServer(Server.startRival(contender, bodiesFile), async (server) => {
        const idle = await measureIdle(server, plan);
        if (contender !== 'prism') {
          const job = await send(`${server.api}${LIST}/1`);
          if (job !== bodies.job || (await send(server.api + LIST_10)) !== bodies.list)
            throw new Error(`${contender} does not send the bytes that this mock sends.`);
        }
        return { ...idle, ...(await measureLoads(server, RETRIEVED_JOBS, plan, false)) };
      }),
  });
  const unrecorded = { ...withFew, flags: [...withFew.flags, '--journal', '0'] };
  return [
    ours(empty, (server) => measureIdle(server, plan)),
    { name: 'this mock in code', contender: 'ours', jobs: 0, measure: () => measureInCode(plan) },
    // Just before the default that it is compared with.
    ours(unrecorded, (server) => measureLoads(server, unrecorded.jobs, plan), 'unrecorded'),
    ...states.map((state) => ours(state, (server) => measureState(server, state, plan))),
    ours(created, (server) => measureState(server, created, plan), 'created'),
    ours(seeded, (server) => measureLoads(server, fewest, plan)),
    ours(
      seeded,
      async (server) => {
        for (let other = 1; other <= plan.sandboxes; other++)
          await send(`${new URL(server.api).origin}/as/bench/${other}${BASE_PATH}${LIST_10}`);
        return measureLoads(server, fewest, plan);
      },
      'crowded',
    ),
    ...(['express', 'node-http', 'prism'] as const).map(rival),
  ];
}

/** Measures all contenders, one at a time. Each round begins with another, so that none is always the first. */
async function measureRound(round: number, turns: Turn[], plan: Plan): Promise<Sample[]> {
  const byTurn: Sample[][] = [];
  for (const offset of turns.keys()) {
    const index = (round + offset) % turns.length;
    const { name, measure, ...subject } = turns[index] as Turn;
    console.log(`Round ${round + 1} of ${plan.rounds}: ${name}`);
    const values = Object.entries(await measure()) as [Measurement, number][];
    byTurn[index] = values.map(([measurement, value]) => ({ measurement, ...subject, value }));
  }
  const samples = byTurn.flat();
  const { few, most } = plan.jobs;
  const [less = NaN, more = NaN] = [few, most].map(
    (jobs) => findSample(samples, 'loadedMemory', { contender: 'ours', jobs })?.value,
  );
  const value = (more - less) / (most - few);
  return [...samples, { measurement: 'memoryPerJob', contender: 'ours', jobs: most, value }];
}

async function describeMachine(): Promise<Results['machine']> {
  const [processor, ...others] = cpus();
  const distribution = /^PRETTY_NAME="(.*)"$/m.exec(
    await readFile('/etc/os-release', 'utf8').catch(() => ''),
  );
  return {
    cpu: processor?.model.trim() ?? 'unknown',
    cores: others.length + 1,
    memoryInGiB: Math.round(totalmem() / 1024 ** 3),
    system: [distribution?.[1] ?? [], `${type()} ${release()} ${arch()}`].flat().join(', '),
  };
}

function readVersions(): Record<string, string> {
  const packages = ['@stoplight/prism-cli', 'express', 'autocannon'];
  const readVersion = (folder: string) => (readManifest(folder) as { version: string }).version;
  return {
    'aep-export-jobs-mock': readVersion('.'),
    node: process.versions.node,
    ...Object.fromEntries(packages.map((name) => [name, readVersion(`node_modules/${name}`)])),
  };
}

async function publish(results: Results): Promise<void> {
  const file = join(ROOT, RESULTS);
  await writeFile(
    file,
    await format(JSON.stringify(results), { ...(await resolveConfig(file)), parser: 'json' }),
  );
  const [document, text] = await performanceFile(ROOT);
  await writeFile(join(ROOT, document), text);
  console.log(`Written: ${RESULTS}, ${document}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  const { plan, isRough } = readPlan(process.argv.slice(2));
  const folder = await mkdtemp(join(tmpdir(), 'aep-export-jobs-mock-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  console.log(`Preparing states of up to ${plan.jobs.most} jobs`);
  const turns = await prepareTurns(folder, plan);
  const rounds: Sample[][] = [];
  for (let round = 0; round < plan.rounds; round++) rounds.push(await measureRound(round, turns, plan));

  const date = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const about = { date, machine: await describeMachine(), versions: readVersions(), plan };
  const results = createResults(rounds, about);
  console.log(`\n${await format(report(results), { parser: 'markdown' })}`);
  if (isRough)
    console.log('These figures are rough: bench/results.json and docs/performance.md stay as they are.');
  else await publish(results);
  const missed = results.targets.filter(({ isMet }) => !isMet).length;
  if (missed > 0) console.error(`${missed} of ${results.targets.length} targets were missed.`);
  process.exitCode = missed > 0 ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
