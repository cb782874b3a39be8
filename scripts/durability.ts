/**
 * Checks that the mock loses nothing that it has acknowledged and stores nothing by halves: when it is killed or refused
 * at each operation of each kind of request, when it is killed under load, and on a disk that is full or read-only.
 * Arguments: which of `systematic`, `load` and `disk` to check, all without; `--rounds <n>` of load.
 */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CheckList } from './check-list.js';
import { run } from './command.js';
import { getParts, runSystematic } from './durability/systematic.js';
import { LoadRun } from './durability/under-load.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AT_A_TIME = 2;
const KILLED = ['stored, frozen', 'create', 'reset of jobs clock'];
/** What gives a program mounts of its own, and the right to make some. */
const NAMESPACES = [
  'unshare --user --map-root-user --mount --',
  'unshare --mount --',
  'sudo -n unshare --mount --',
];

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '40' } },
  allowPositionals: true,
});
const isWanted = (part: string) => positionals.length === 0 || positionals.includes(part);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const checks = new CheckList();
const { check } = checks;

function expectNone(failures: string[]): Promise<void> {
  if (failures.length === 0) return Promise.resolve();
  return Promise.reject(new Error(`\n      ${failures.join('\n      ')}`));
}

async function checkSystematically(): Promise<void> {
  const parts = [...getParts().map((part) => ({ part, isKilled: false })), { part: KILLED, isKilled: true }];
  const next = async (): Promise<void> => {
    const job = parts.shift();
    if (!job) return;
    const how = job.isKilled ? ', processes killed' : '';
    for (const { kind, kills, refusals, failures } of await runSystematic(job.part, job)) {
      await check(`${kind}${how}: ${kills} kills, ${refusals} refusals`, () => expectNone(failures));
    }
    return next();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, next));
  for (const sabotage of ['in-place', 'late']) {
    await check(`a disk that writes ${sabotage} is noticed`, async () => {
      const [result] = await runSystematic(['stored, frozen', 'create'], { sabotage });
      if (!result?.failures.some((what) => what.startsWith('killed'))) throw new Error('it is not');
    });
  }
}

async function checkUnderLoad(rounds: number): Promise<void> {
  const load = new LoadRun();
  await load.run(rounds);
  const { creates, cancels, unanswered } = load.counts;
  const what = `${rounds} kills under load: ${creates} creates and ${cancels} cancels acknowledged, ${unanswered} not`;
  await check(what, () => expectNone(load.failures));
  await check('a server that acknowledges what it has not stored is noticed', async () => {
    let late = new LoadRun(true);
    for (let round = 0; round < 10 && late.failures.length === 0; round++)
      await (late = new LoadRun(true)).run(1);
    if (!late.failures.some((failure) => failure.includes('lost')))
      throw new Error(`it is not: ${late.failures.join()}`);
  });
}

async function checkSmallDisk(): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'small-disk-')));
  const attempts: string[] = [];
  try {
    for (const namespace of NAMESPACES) {
      const [program = '', ...parameters] = namespace.split(' ');
      const isUsable = await run(
        program,
        [...parameters, 'mount', '-t', 'tmpfs', 'tmpfs', folder],
        ROOT,
      ).catch((error: unknown) => void attempts.push((error as Error).message));
      if (isUsable === undefined) continue;
      const command = [process.execPath, '--import', 'tsx', 'scripts/durability/small-disk.ts', folder];
      await check('a small disk', async () =>
        console.log(await run(program, [...parameters, ...command], ROOT)),
      );
      return;
    }
    checks.fail(
      `a small disk cannot be mounted: Linux, and user namespaces, root or sudo are needed: ${attempts.join()}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (isWanted('systematic')) await checkSystematically();
if (isWanted('load')) await checkUnderLoad(Number(values.rounds));
if (isWanted('disk')) await checkSmallDisk();
process.exitCode = checks.conclude();
