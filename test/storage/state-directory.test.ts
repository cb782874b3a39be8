import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import type { JobFacts } from '../../server/apis/segmentation/stored-job.js';
import type { JobStore } from '../../server/apis/segmentation/job-store.js';
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

const storeOf = (state: StateDirectory, seed: JobFacts[] = [], sandbox = SANDBOX): JobStore =>
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

  test('has its settings, and none after a reset', async () => {
    const settings = { clock: { frozenAt: CREATED_AT }, rules: [{ id: 'r' }] };
    await (await open()).openStore(SANDBOX, () => [recorded({ id: 5 })]).keepSettings(settings);
    const found = (await reopen()).openStore(SANDBOX, () => []);
    expect(found.settings).toEqual(settings);
    expect(found.jobs.get(5)).toEqual(recorded({ id: 5 }));
    await found.jobs.reset(() => [recorded({ id: 5 })]);
    expect((await reopen()).openStore(SANDBOX, () => []).settings).toBeUndefined();
  });

  test('has what was restored, and the last id of that', async () => {
    const store = storeOf(await open(), [recorded({ id: 5 }), recorded({ id: 70 })]);
    await store.add(made);
    await store.remove(71);
    await store.restore({ jobs: [recorded({ id: 3 })], lastId: 4, settings: { turn: 1 } });
    await store.add(made);
    const found = (await reopen()).openStore(SANDBOX, () => []);
    expect(found.jobs.kept()).toEqual({ jobs: [recorded({ id: 3 }), made(5)], lastId: 5 });
    expect(found.settings).toEqual({ turn: 1 });
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

describe('a sandbox that is removed', () => {
  test('is gone from the disk, and comes into being anew with the seed', async () => {
    const state = await open();
    const store = state.openStore(SANDBOX, () => [recorded({ id: 5 })]);
    await store.jobs.add(made);
    await store.keepSettings({ turn: 1 });
    await store.remove();
    expect(await folders()).toEqual([]);

    const anew = state.openStore(SANDBOX, () => [recorded({ id: 7 })]);
    expect(anew).toMatchObject({ isFound: false, settings: undefined });
    expect(anew.jobs.kept()).toEqual({ jobs: [recorded({ id: 7 })], lastId: 7 });
    await anew.jobs.add(made);
    // The store that was removed keeps nothing in its place.
    await expect(store.jobs.restore({ jobs: [], lastId: 0 })).rejects.toThrow('the sandbox was removed');
    await store.remove();
    expect(storeOf(await reopen()).kept()).toEqual({ jobs: [recorded({ id: 7 }), made(8)], lastId: 8 });
  });

  test('may be one that was found and not used yet: those are told', async () => {
    const state = await open();
    expect(state.unopened()).toEqual([]);
    const names = [SANDBOX, { org: 'o', name: 'another' }];
    for (const name of names) await storeOf(state, [], name).add(made);
    expect(state.unopened()).toEqual([]);

    const again = await reopen();
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(again.unopened().sort(byName)).toEqual([...names].sort(byName));
    await again.openStore(SANDBOX, () => []).remove();
    expect(again.unopened()).toEqual(names.slice(1));
    const last = await reopen();
    expect(last.unopened()).toEqual(names.slice(1));
    expect(last.found).toBe(1);
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

  const pending = (parts: object) =>
    JSON.stringify({ lastId: 6, files: [{ firstId: 64, jobs: [{ id: 64 }] }], ...parts });
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
    ['truncated settings', 'settings.json', '{"clock":', 'is damaged: '],
    ['settings that are none', 'settings.json', '[]', 'is damaged: it is no object'],
    ['null for settings', 'settings.json', 'null', 'is damaged: it is no object'],
    ['something pending that is truncated', 'pending.json', '{"lastId":6', 'is damaged: '],
    ['nothing pending', 'pending.json', 'null', "is damaged: 'files' is not an array"],
    ['no last id pending', 'pending.json', pending({ lastId: null }), "is damaged: 'lastId' is not an"],
    [
      'other settings pending',
      'pending.json',
      pending({ settings: [] }),
      'is damaged: /settings: it is no object',
    ],
    [
      'a job pending of another file',
      'pending.json',
      pending({ files: [{ firstId: 0, jobs: [{ id: 64 }] }] }),
      'is damaged: /files/0: /jobs/0/id is not one',
    ],
    [
      'a file pending that is none',
      'pending.json',
      pending({ files: [null] }),
      'is damaged: /files/0/firstId is not',
    ],
    [
      'a file pending of no range',
      'pending.json',
      pending({ files: [{ firstId: 1, jobs: [] }] }),
      'is damaged: /files/0/firstId is not',
    ],
    [
      'a file pending twice',
      'pending.json',
      pending({ files: [0, 0].map((firstId) => ({ firstId, jobs: [] })) }),
      'is damaged: /files/1/firstId is not',
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
    const facts = ({ id }: JobFacts) => (id === 6 ? 'it is unsound' : undefined);
    const checks = { facts, settings: () => undefined };
    await expect(openDirectory(directory, { checks })).rejects.toThrow(
      `${file} is damaged: /jobs/1: it is unsound. It was left as it is.`,
    );
  });

  test('settings that the caller finds fault with, pending ones too', async () => {
    const folder = await keepOne();
    const settings = (found: object) => ('clock' in found ? undefined : "'clock' is missing");
    const checks = { facts: () => undefined, settings };
    await writeFile(join(folder, 'settings.json'), '{}');
    await expect(openDirectory(directory, { checks })).rejects.toThrow(
      `${join(folder, 'settings.json')} is damaged: 'clock' is missing. It was left as it is.`,
    );
    await writeFile(join(folder, 'settings.json'), '{"clock":1}');
    await writeFile(join(folder, 'pending.json'), pending({ settings: {} }));
    await expect(openDirectory(directory, { checks })).rejects.toThrow(
      `${join(folder, 'pending.json')} is damaged: /settings: 'clock' is missing.`,
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
    await writeFile(mark(), '{"format":3}');
    const refused = await openDirectory(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toContain(
      'is of format 3, which a later version of the mock has written',
    );
    expect(await readFile(mark(), 'utf8')).toBe('{"format":3}');
  });

  test('of a version without settings goes on, and is raised once it is known to be sound', async () => {
    const store = storeOf(await open(), [recorded({ id: 5 })]);
    await store.add(made);
    await opened.pop()?.close();
    await writeFile(mark(), '{"format":1}');
    const checks = { facts: () => 'it is unsound', settings: () => undefined };
    await expect(openDirectory(directory, { checks })).rejects.toThrow('it is unsound');
    expect(await readFile(mark(), 'utf8')).toBe('{"format":1}');

    const { jobs, settings, isFound } = (await open()).openStore(SANDBOX, () => []);
    expect({ ...jobs.kept(), settings, isFound }).toEqual({ ...store.kept(), isFound: true });
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
