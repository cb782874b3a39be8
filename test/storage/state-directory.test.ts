import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JobFacts } from '../../server/domain/export-job.js';
import type { LowdbJobStore } from '../../server/storage/lowdb-job-store.js';
import { StateError, StateUnavailableError } from '../../server/storage/state-error.js';
import type { StateDirectory } from '../../server/storage/state-directory.js';
import { CREATED_AT, recorded, timedJob } from '../support/job-facts.js';
import { openDirectory, temporaryDirectory } from '../support/job-stores.js';

const SANDBOX = { org: 'o/../o', name: 'n\u0000' };
const made = (id: number) => timedJob({ id });

let directory: string;
const opened: StateDirectory[] = [];
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  for (const state of opened.splice(0)) await state.close();
});

async function open(...parts: Parameters<typeof openDirectory> | []): Promise<StateDirectory> {
  const [where = directory, more] = parts;
  const state = await openDirectory(where, more);
  opened.push(state);
  return state;
}

async function reopen(): Promise<StateDirectory> {
  await opened.pop()?.close();
  return open();
}

const storeOf = (state: StateDirectory, seed: JobFacts[] = [], sandbox = SANDBOX): LowdbJobStore =>
  state.openStore(sandbox, () => seed).jobs;
const folders = () => readdir(join(directory, 'sandboxes'));

describe('what was stored', () => {
  test('is there again, and the seed is not asked for', async () => {
    const store = storeOf(await open(), [recorded({ id: 5 }), recorded({ id: 6 }), recorded({ id: 500 })]);
    await store.add(made);
    await store.replace({ ...recorded({ id: 5 }), cancelRequestedAt: CREATED_AT });
    await store.remove(6);
    const before = [...store.newestFirst()];

    const state = await reopen();
    expect(state.found).toBe(1);
    const { jobs, isFound } = state.openStore(SANDBOX, () => {
      throw new Error('not to be asked for');
    });
    expect(isFound).toBe(true);
    expect([...jobs.newestFirst()]).toEqual(before);
    expect([...jobs.cancelled()].map(({ id }) => id)).toEqual([5]);
    expect((await jobs.add(made)).id).toBe(502);
  });

  test('has its last id, whatever was removed', async () => {
    const store = storeOf(await open());
    await store.add(made);
    await store.add(made);
    await store.remove(2);
    await store.remove(1);
    expect((await storeOf(await reopen()).add(made)).id).toBe(3);
  });

  test('is apart by sandbox, whatever their names', async () => {
    const state = await open();
    const names = [SANDBOX, { org: 'o', name: '../n' }, { org: 'o ', name: '../n' }, { org: '', name: '' }];
    for (const [index, name] of names.entries())
      await storeOf(state, [recorded({ id: index + 1 })], name).add(made);
    const again = await reopen();
    expect(again.found).toBe(names.length);
    expect(names.map((name) => storeOf(again, [], name).get(1)?.story)).toEqual([
      'recorded',
      undefined,
      undefined,
      undefined,
    ]);
    expect(await readdir(directory)).toHaveLength(3);
  });

  test('is not, for a sandbox that is as its seed was', async () => {
    const store = storeOf(await open(), [recorded({ id: 5 })]);
    expect(await folders()).toEqual([]);
    await store.add(made);
    expect(await folders()).toHaveLength(1);
    await store.reset(() => [recorded({ id: 7 })]);
    expect(await folders()).toEqual([]);
    expect((await reopen()).found).toBe(0);
  });

  test('is given up by a fresh start, and so is what was left over', async () => {
    await storeOf(await open()).add(made);
    await opened.pop()?.close();
    await mkdir(join(directory, 'sandboxes', `.${'0'.repeat(32)}.draft`));
    const state = await open(directory, { fresh: true });
    expect(state.found).toBe(0);
    expect(await readdir(join(directory, 'sandboxes'))).toEqual([]);
  });

  test('whatever is done, is there again after each restart', async () => {
    const changes = fc.constantFrom('add', 'replace', 'remove', 'reset', 'reopen');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(changes, fc.nat(200)), { maxLength: 25 }), async (taken) => {
        directory = temporaryDirectory();
        const seed = [recorded({ id: 3 }), recorded({ id: 64 }), recorded({ id: 128 })];
        let store = storeOf(await open(), seed);
        for (const [change, nth] of taken) {
          const before = [...store.newestFirst()];
          const job = before[nth % Math.max(1, before.length)];
          if (change === 'add') await store.add(made);
          else if (change === 'reset') await store.reset(() => seed);
          else if (change === 'reopen') {
            store = storeOf(await reopen(), seed);
            expect([...store.newestFirst()]).toEqual(before);
          } else if (job && change === 'remove') await store.remove(job.id);
          else if (job) await store.replace({ ...job, cancelRequestedAt: nth });
        }
        await opened.pop()?.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('a directory belongs to one process at a time', () => {
  test('a second is refused, and told who has it', async () => {
    const first = await open();
    const refused = await openDirectory(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateUnavailableError);
    expect((refused as Error).message).toBe(
      `The state directory ${directory} is in use by process ${process.pid}. Stop that, or choose another: --db <dir>, or --memory.`,
    );
    first.announce('http://127.0.0.1:1');
    await expect(openDirectory(directory)).rejects.toThrow(
      `is in use by process ${process.pid}, which listens on http://127.0.0.1:1.`,
    );
    await reopen();
  });

  test('of many that ask at a time, one has it', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => openDirectory(directory)));
    const has = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    opened.push(...has);
    expect(has).toHaveLength(1);
    for (const result of asked) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(StateUnavailableError);
    }
  });

  test('what a killed one has left behind is removed', async () => {
    await open();
    const sockets = (await readdir(directory)).filter((name) => name.endsWith('.sock'));
    expect(sockets).toHaveLength(1);
    await opened.pop()?.close();
    // A socket that nobody listens on is refused as this file is.
    await writeFile(join(directory, 'lock-00000000.sock'), '');
    await open();
    expect(await readdir(directory)).not.toContain('lock-00000000.sock');
  });

  test('one that is left says nothing to whoever connects and breaks off', async () => {
    await open();
    const [socket = ''] = (await readdir(directory)).filter((name) => name.endsWith('.sock'));
    for (let count = 0; count < 3; count++) connect(join(directory, socket)).destroy();
    await expect(openDirectory(directory)).rejects.toThrow('is in use by process');
  });

  test('a path that is too long for a socket is refused, with what to do', async () => {
    const long = join(directory, 'd'.repeat(100));
    await expect(openDirectory(long)).rejects.toThrow(
      /is too long for a socket in it.*Choose another with --db/,
    );
  });

  test('a path that is no directory is refused, with what to do', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const refused = await openDirectory(file).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateUnavailableError);
    expect((refused as Error).message).toMatch(
      /^State can not be kept in .*EEXIST.*Choose another directory/,
    );
  });
});

describe('what is damaged or foreign stops the start, and is left as it is', () => {
  /** Keeps a sandbox, and gives the path of its folder. */
  async function keepOne(): Promise<string> {
    await storeOf(await open(), [recorded({ id: 5 })]).add(made);
    await opened.pop()?.close();
    return join(directory, 'sandboxes', (await folders())[0] ?? '');
  }

  const spoilt = (id: number) => JSON.stringify({ jobs: [{ id }] });
  test.each<[what: string, file: string, content: string, message: string]>([
    ['a truncated file', 'jobs-0-63.json', '{"jobs":[{"id":5,', 'is damaged: '],
    ['an empty file', 'jobs-0-63.json', '', 'is damaged: Unexpected end of JSON input'],
    ['no jobs', 'jobs-0-63.json', '{}', "is damaged: 'jobs' is not an array"],
    ['null', 'jobs-0-63.json', 'null', "is damaged: 'jobs' is not an array"],
    ['no job', 'jobs-0-63.json', '{"jobs":[null]}', 'is damaged: /jobs/0/id'],
    ['a job of another file', 'jobs-0-63.json', spoilt(64), 'is damaged: /jobs/0/id'],
    ['a job twice', 'jobs-0-63.json', '{"jobs":[{"id":5},{"id":5}]}', 'is damaged: /jobs/1/id'],
    ['a truncated last id', 'last-id.json', '{"last', 'is damaged: '],
    ['another last id', 'last-id.json', '{"lastId":"6"}', "is damaged: 'lastId' is not an integer from 0 to"],
    [
      'a last id that leaves no room',
      'last-id.json',
      `{"lastId":${2 ** 53 - 1}}`,
      "is damaged: 'lastId' is not",
    ],
    ['another sandbox', 'sandbox.json', '{"org":"o","name":"n"}', 'is damaged: it does not name the sandbox'],
    ['somebody else’s file', 'notes.txt', 'dear diary', 'is no file of this mock'],
    ['a file by another range', 'jobs-0-15.json', '{"jobs":[]}', 'is no file of this mock'],
    ['a file of no range', 'jobs-1-64.json', '{"jobs":[]}', 'is no file of this mock'],
  ])('%s', async (_what, name, content, message) => {
    const file = join(await keepOne(), name);
    await writeFile(file, content);
    const refused = await openDirectory(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toContain(`${file} ${message}`);
    expect(await readFile(file, 'utf8')).toBe(content);
    const isForeign = message.startsWith('is no file');
    if (isForeign) await expect(openDirectory(directory, { fresh: true })).rejects.toThrow(message);
    else expect((await open(directory, { fresh: true })).found).toBe(0);
    expect(existsSync(file)).toBe(isForeign);
  });

  test('a folder in place of a file', async () => {
    const file = join(await keepOne(), 'jobs-0-63.json');
    await rm(file);
    await mkdir(file);
    await expect(openDirectory(directory)).rejects.toThrow(`${file} is damaged: it is a folder`);
  });

  test.each(['last-id.json', 'sandbox.json'])('a missing %s', async (name) => {
    const file = join(await keepOne(), name);
    await rm(file);
    await expect(openDirectory(directory)).rejects.toThrow(`${file} is damaged: it is missing`);
  });

  test('facts that break the contract', async () => {
    const file = join(await keepOne(), 'jobs-0-63.json');
    const check = ({ id }: JobFacts) => (id === 6 ? 'it is unsound' : undefined);
    await expect(openDirectory(directory, { check })).rejects.toThrow(
      `${file} is damaged: /jobs/1: it is unsound. It was left as it is.`,
    );
  });

  test('a stranger among the sandboxes', async () => {
    await keepOne();
    await writeFile(join(directory, 'sandboxes', 'stranger'), '');
    for (const fresh of [false, true]) {
      await expect(openDirectory(directory, { fresh })).rejects.toThrow('stranger is no file of this mock');
    }
    expect(await folders()).toHaveLength(2);
  });

  test.each([false, true])('a directory of somebody else’s, fresh: %s', async (fresh) => {
    await writeFile(join(directory, 'thesis.tex'), 'all of it');
    await mkdir(join(directory, 'sandboxes'));
    const refused = await openDirectory(directory, { fresh }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toMatch(/holds (thesis\.tex|sandboxes), and no state of this mock/);
    expect((await readdir(directory)).sort()).toEqual(['sandboxes', 'thesis.tex']);
  });

  test.each([false, true])('somebody else’s file in a directory of ours, fresh: %s', async (fresh) => {
    await keepOne();
    await writeFile(join(directory, 'thesis.tex'), 'all of it');
    await expect(openDirectory(directory, { fresh })).rejects.toThrow('thesis.tex is no file of this mock');
    expect(await folders()).toHaveLength(1);
  });

  test('but not what the system or an unfinished write leaves', async () => {
    const folder = await keepOne();
    for (const name of ['.DS_Store', '.jobs-0-63.json.tmp']) await writeFile(join(folder, name), '{"jo');
    await mkdir(join(directory, 'sandboxes', `.${'0'.repeat(32)}.removed`));
    await writeFile(join(directory, '.DS_Store'), '');
    expect((await open()).found).toBe(1);
  });
});

describe('the format', () => {
  const mark = () => join(directory, 'aep-export-jobs-mock.json');

  test('of a later version is refused', async () => {
    await open();
    await opened.pop()?.close();
    await writeFile(mark(), '{"format":2}');
    const refused = await openDirectory(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toContain(
      'is of format 2, which a later version of the mock has written',
    );
    expect(await readFile(mark(), 'utf8')).toBe('{"format":2}');
  });

  test('of an older version is set aside, however often, with a message', async () => {
    const told: string[] = [];
    for (const aside of ['sandboxes-format-0', 'sandboxes-format-0-2']) {
      await storeOf(await open()).add(made);
      await opened.pop()?.close();
      const [folder = ''] = await folders();
      await writeFile(mark(), '{"format":0}');
      const state = await open(directory, { warn: (message) => void told.push(message) });
      expect(state.found).toBe(0);
      expect(told.at(-1)).toContain(`was of format 0, and is set aside in ${aside}`);
      expect(await readdir(join(directory, aside))).toEqual([folder]);
      await opened.pop()?.close();
    }
    expect((await open()).found).toBe(0);
  });

  test.each(['', '{}', '{"format":"1"}', '{"format":-1}'])(
    'that can not be told (%s) stops the start',
    async (content) => {
      await writeFile(mark(), content);
      await expect(openDirectory(directory)).rejects.toThrow(`${mark()} is damaged: `);
      await open(directory, { fresh: true });
    },
  );
});
