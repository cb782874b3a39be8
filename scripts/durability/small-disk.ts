/**
 * Lets the built command keep its state on a disk that is full, and on one that is read-only, and checks what it does
 * then and once the disk is good again. The disk is a small tmpfs on the folder that is given, so this has to run where
 * mounting is allowed: in a mount namespace.
 */
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckList } from '../check-list.js';
import { Command, run } from '../command.js';
import { MockClient, getOrigin, SMALLEST_REQUEST, type Answer } from '../mock-client.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SIZE_BYTES = 256 * 1024;
const MAX_CREATES = 1000;
const AT_ONCE = 8;
const NOT_STORED = 'urn:aep-export-jobs-mock:error:change-not-stored';
const FIRST_CLOCK = Date.UTC(2026, 0, 1);
/** More than a job takes to end, and a cancelled one to be gone. */
const BETWEEN_CLOCKS_MS = 3_600_000;

const folder = process.argv[2] ?? '';
const ballast = join(folder, 'ballast');
const checks = new CheckList();
const { check } = checks;
/** The ids of the jobs that were acknowledged and not cancelled. */
let ids: number[] = [];
let starts = 0;
let command: Command;
let client = new MockClient('');

function spawnMock(): Command {
  const clock = new Date(FIRST_CLOCK + starts++ * BETWEEN_CLOCKS_MS).toISOString();
  const flags = ['--port', '0', '--db', join(folder, 'state'), '--seed', 'empty', '--clock', clock];
  return (command = new Command(process.execPath, ['dist/cli/main.js', ...flags], ROOT));
}

async function start(): Promise<void> {
  client = new MockClient(await getOrigin(spawnMock()));
}

async function kill(): Promise<void> {
  client.close();
  await command.kill();
}

async function fill(): Promise<void> {
  const piece = Buffer.alloc(4096);
  for (let size = 0; size <= SIZE_BYTES; size += piece.length) {
    try {
      await appendFile(ballast, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
  throw new Error(`the disk in ${folder} takes more than ${SIZE_BYTES} bytes`);
}

/** Of this mount alone: for all of the disk, `mount` repeats options that a user namespace may refuse. */
const remount = (access: 'ro' | 'rw') => run('mount', ['-o', `remount,bind,${access}`, folder], '/');

function expectStatus(expected: number, { status, body }: Answer): void {
  const isExpected =
    status === expected && (status !== 503 || (body as { type: string }).type === NOT_STORED);
  if (!isExpected) throw new Error(`the response is ${status}: ${JSON.stringify(body)}`);
}

async function create(sandbox?: string): Promise<Answer> {
  const response = await client.create(SMALLEST_REQUEST, sandbox);
  if (response.status === 200) ids.push((response.body as { id: number }).id);
  return response;
}

async function createAndCancel(): Promise<void> {
  expectStatus(200, await create());
  const id = ids[1] ?? 0;
  expectStatus(204, await client.cancel(id));
  ids = ids.filter((each) => each !== id);
}

/** Many creates at once, the first one of a sandbox, and a cancel. */
async function expectRejected(): Promise<void> {
  const creates = Array.from({ length: AT_ONCE }, () => create());
  for (const response of await Promise.all(creates)) expectStatus(503, response);
  expectStatus(503, await create('another'));
  expectStatus(503, await client.cancel(ids[0] ?? 0));
}

/** @param cancelled one that is there for as long as the clock stands. */
async function expectJobs(cancelled: number[] = []): Promise<void> {
  const { records } = (await client.list()).body as { records: { id: number }[] };
  const [found, expected] = [records.map(({ id }) => id), [...ids, ...cancelled]].map((each) =>
    each.sort((a, b) => a - b).join(),
  );
  if (found !== expected) throw new Error(`the jobs are ${found}, not ${expected}`);
  expectStatus(200, await client.retrieve(ids[0] ?? 0));
  expectStatus(404, await client.retrieve(Math.max(...ids) + 1));
}

async function checkFullDisk(): Promise<void> {
  await check('on a disk that becomes full, creates are rejected with 503', async () => {
    await appendFile(ballast, Buffer.alloc(SIZE_BYTES / 2));
    let response = await create();
    for (let made = 1; response.status === 200 && made < MAX_CREATES; made++) response = await create();
    expectStatus(503, response);
    await fill();
    await expectRejected();
  });
  await check('the log says why: ENOSPC', () => command.printed(/"reason":"ENOSPC[^]*could not be stored/));
  await check('the jobs are those that were acknowledged', () => expectJobs());
  await check('with room again, changes are stored', async () => {
    await rm(ballast);
    const [, second = 0] = ids;
    await createAndCancel();
    await expectJobs([second]);
  });
  await check('killed, it starts on a full disk, with exactly what was acknowledged', async () => {
    await kill();
    await fill();
    await start();
    await expectJobs();
    await expectRejected();
  });
  await check('with room again, a create is stored', async () => {
    await rm(ballast);
    expectStatus(200, await create());
  });
}

async function checkReadOnlyDisk(): Promise<void> {
  await check('on a disk that becomes read-only, changes are rejected with 503', async () => {
    await remount('ro');
    await expectRejected();
    await expectJobs();
  });
  await check('the log says why: EROFS', () => command.printed(/"reason":"EROFS[^]*could not be stored/));
  await check('writable again, changes are stored', async () => {
    await remount('rw');
    await createAndCancel();
    await expectJobs();
  });
  await check('killed, it does not start on a read-only disk, and says why', async () => {
    await remount('ro');
    await kill();
    const code = await spawnMock().ended();
    if (code !== 1 || !/The state directory .* EROFS/.test(command.output)) {
      throw new Error(`the exit code is ${code ?? 'none'}: ${command.output}`);
    }
  });
  await check('writable again, it starts with exactly what was acknowledged', async () => {
    await remount('rw');
    await start();
    await expectJobs();
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tmpfs', folder], '/');
await start();
await checkFullDisk();
await checkReadOnlyDisk();
await kill();
process.exitCode = checks.conclude();
