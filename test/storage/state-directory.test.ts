import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import type { Jobs, StoredJob } from '../../server/apis/segmentation/stored-job.js';
import { StateError, StateUnavailableError } from '../../server/storage/state-errors.js';
import type { SandboxStore } from '../../server/storage/sandbox-store.js';
import type { StateDirectory } from '../../server/storage/state-directory.js';
import { CREATED_AT, simulatedJob, staticJob } from '../support/job-facts.js';
import {
  getRecords,
  JOBS_DEFINITION,
  jobsIn,
  jobsState,
  NO_CHECKS,
  NOTES,
  NOTES_DEFINITION,
  openDirectory,
  temporaryDirectory,
  type Note,
} from '../support/sandbox-stores.js';

const SANDBOX = { org: 'o/../o', name: 'n\u0000' };
const made = (id: number) => simulatedJob({ id });

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

const openStore = (state: StateDirectory, seed: readonly StoredJob[] = [], sandbox = SANDBOX): SandboxStore =>
  state.openStore(sandbox, () => ({ jobs: seed }));
const openJobs = (...parts: Parameters<typeof openStore>): Jobs => jobsIn(openStore(...parts));
/** Checks that find a problem in jobs. */
const withJobCheck = (findProblem: (job: StoredJob) => string | undefined) => ({
  ...NO_CHECKS,
  collections: [{ ...JOBS_DEFINITION, findProblem }],
});
const folders = () => readdir(join(directory, 'sandboxes'));

describe('what was stored', () => {
  test('is there again, and the seed is not asked for', async () => {
    const store = openJobs(await open(), [
      staticJob({ id: 5 }),
      staticJob({ id: 6 }),
      staticJob({ id: 500 }),
    ]);
    await store.add(made);
    await store.replace({ ...staticJob({ id: 5 }), cancelRequestedAt: CREATED_AT });
    await store.remove(6);
    const before = [...store.newestFirst()];

    const state = await reopen();
    expect(state.foundCount).toBe(1);
    const again = state.openStore(SANDBOX, () => {
      throw new Error('not to be asked for');
    });
    expect(again.isFound).toBe(true);
    const jobs = jobsIn(again);
    expect([...jobs.newestFirst()]).toEqual(before);
    expect([...jobs.marked()].map(({ id }) => id)).toEqual([5]);
    expect((await jobs.add(made)).id).toBe(502);
  });

  test('has its last id, whatever was removed', async () => {
    const store = openJobs(await open());
    await store.add(made);
    await store.add(made);
    await store.remove(2);
    await store.remove(1);
    expect((await openJobs(await reopen()).add(made)).id).toBe(3);
  });

  test('is apart by sandbox, whatever their names', async () => {
    const state = await open();
    const names = [SANDBOX, { org: 'o', name: '../n' }, { org: 'o ', name: '../n' }, { org: '', name: '' }];
    for (const [index, name] of names.entries())
      await openJobs(state, [staticJob({ id: index + 1 })], name).add(made);
    const again = await reopen();
    expect(again.foundCount).toBe(names.length);
    expect(names.map((name) => openJobs(again, [], name).get(1)?.kind)).toEqual([
      'static',
      undefined,
      undefined,
      undefined,
    ]);
    expect(await readdir(directory)).toHaveLength(3);
  });

  test('is not, for a sandbox that is as its seed was', async () => {
    const store = openStore(await open(), [staticJob({ id: 5 })]);
    expect(await folders()).toEqual([]);
    await jobsIn(store).add(made);
    expect(await folders()).toHaveLength(1);
    await store.reset();
    expect(await folders()).toEqual([]);
    expect((await reopen()).foundCount).toBe(0);
  });

  test('has its settings, and none after a reset', async () => {
    const settings = { clock: { frozenAt: CREATED_AT }, rules: [{ id: 'r' }] };
    await openStore(await open(), [staticJob({ id: 5 })]).saveSettings(settings);
    const found = openStore(await reopen());
    expect(found.settings).toEqual(settings);
    expect(jobsIn(found).get(5)).toEqual(staticJob({ id: 5 }));
    await found.reset();
    expect(openStore(await reopen()).settings).toBeUndefined();
  });

  test('has what was restored, and the last id of that', async () => {
    const store = openStore(await open(), [staticJob({ id: 5 }), staticJob({ id: 70 })]);
    await jobsIn(store).add(made);
    await jobsIn(store).remove(71);
    await store.replace(jobsState([staticJob({ id: 3 })], 4, { turn: 1 }));
    await jobsIn(store).add(made);
    const found = openStore(await reopen());
    expect(found.getState()).toEqual(jobsState([staticJob({ id: 3 }), made(5)], 5));
    expect(found.settings).toEqual({ turn: 1 });
  });

  test('is given up by a fresh start, and so is what was left over', async () => {
    await openJobs(await open()).add(made);
    await opened.pop()?.close();
    await mkdir(join(directory, 'sandboxes', `.${'0'.repeat(32)}.draft`));
    const state = await open(directory, { fresh: true });
    expect(state.foundCount).toBe(0);
    expect(await readdir(join(directory, 'sandboxes'))).toEqual([]);
  });

  test('whatever is done, is there again after each restart', async () => {
    const changes = fc.constantFrom('add', 'replace', 'remove', 'reset', 'reopen');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(changes, fc.nat(200)), { maxLength: 25 }), async (taken) => {
        directory = temporaryDirectory();
        const seed = [staticJob({ id: 3 }), staticJob({ id: 64 }), staticJob({ id: 128 })];
        let store = openStore(await open(), seed);
        for (const [change, nth] of taken) {
          const jobs = jobsIn(store);
          const before = [...jobs.newestFirst()];
          const job = before[nth % Math.max(1, before.length)];
          if (change === 'add') await jobs.add(made);
          else if (change === 'reset') await store.reset();
          else if (change === 'reopen') {
            store = openStore(await reopen(), seed);
            expect([...jobsIn(store).newestFirst()]).toEqual(before);
          } else if (job && change === 'remove') await jobs.remove(job.id);
          else if (job) await jobs.replace({ ...job, cancelRequestedAt: nth });
        }
        await opened.pop()?.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('several collections', () => {
  const checks = { ...NO_CHECKS, collections: [JOBS_DEFINITION, NOTES_DEFINITION] };
  const note = (id: string, text = 'as it was'): Note => ({ id, at: 0, text });
  const notesIn = (store: SandboxStore) => store.getCollection<Note>(NOTES);
  const openBoth = async () =>
    (await open(directory, { checks })).openStore(SANDBOX, () => ({
      jobs: [staticJob({ id: 5 })],
      notes: [],
    }));
  const reopenBoth = async () => {
    await opened.pop()?.close();
    return openBoth();
  };
  const files = async () => (await readdir(join(directory, 'sandboxes', (await folders())[0] ?? ''))).sort();

  test('are kept in files of their own, texts by two digits of their hash, and found again', async () => {
    const store = await openBoth();
    await notesIn(store).add(() => note('a/../b'));
    await notesIn(store).add(() => note('\u0000'));
    await jobsIn(store).add(made);
    const state = store.getState();
    const shards = ['a/../b', '\u0000'].map((id) =>
      createHash('sha256').update(id).digest('hex').slice(0, 2),
    );
    expect(await files()).toEqual(
      [
        'jobs-0-63.json',
        'last-ids.json',
        ...shards.map((digits) => `notes-x${digits}.json`),
        'sandbox.json',
      ].sort(),
    );
    const again = await reopenBoth();
    expect(getRecords(again)).toEqual(getRecords({ getState: () => state }));
    expect(notesIn(again).get('a/../b')).toEqual(note('a/../b'));
    await notesIn(again).remove('a/../b');
    await notesIn(again).replace(note('\u0000', 'changed'));
    const last = await reopenBoth();
    expect([...notesIn(last).newestFirst()]).toEqual([note('\u0000', 'changed')]);
    expect(await files()).toHaveLength(4);
  });

  test('have records of many ids in a file, which are kept together', async () => {
    const store = await openBoth();
    const ids = Array.from({ length: 1000 }, (_, index) => `note ${index}`);
    await Promise.all(ids.map((id) => notesIn(store).add(() => note(id))));
    expect((await files()).length).toBeLessThan(256 + 5);
    await Promise.all(ids.filter((_, index) => index % 3 > 0).map((id) => notesIn(store).remove(id)));
    const again = await reopenBoth();
    const left = ids.filter((_, index) => index % 3 === 0).sort();
    expect([...notesIn(again).newestFirst()].map(({ id }) => id).sort()).toEqual(left);
    expect(notesIn(again).size).toBe(left.length);
  });

  test('have last ids of their own', async () => {
    const store = await openBoth();
    await jobsIn(store).add(made);
    await jobsIn(store).remove(6);
    await notesIn(store).add((id) => note(String(id)));
    const again = await reopenBoth();
    expect((await jobsIn(again).add(made)).id).toBe(7);
  });

  test('are replaced one by one: the others stay, and so do their last ids and the settings', async () => {
    const store = await openBoth();
    await jobsIn(store).add(made);
    await jobsIn(store).remove(6);
    await notesIn(store).add(() => note('a'));
    await store.saveSettings({ turn: 1 });
    await store.replace({ collections: { notes: { records: [note('b'), note('c')], lastId: 0 } } });
    for (const each of [store, await reopenBoth()]) {
      expect(getRecords(each)).toEqual({ jobs: [staticJob({ id: 5 })], notes: [note('b'), note('c')] });
      expect(each.settings).toEqual({ turn: 1 });
    }
    const again = await reopenBoth();
    await again.replace({ ...jobsState([staticJob({ id: 9 })], 20), settings: { turn: 2 } });
    const last = await reopenBoth();
    expect(getRecords(last)).toEqual({ jobs: [staticJob({ id: 9 })], notes: [note('b'), note('c')] });
    expect(last.settings).toEqual({ turn: 2 });
    expect((await jobsIn(last).add(made)).id).toBe(21);
  });

  test('that the mock does not have are found fault with', async () => {
    const store = await openBoth();
    await notesIn(store).add(() => note('a'));
    await opened.pop()?.close();
    await expect(openDirectory(directory)).rejects.toThrow('does not belong to this mock');
    const [file = ''] = (await files()).filter((name) => name.startsWith('notes-'));
    const path = join(directory, 'sandboxes', (await folders())[0] ?? '', file);
    await writeFile(path, '{"records":[{"id":"of another file"}]}');
    await expect(openDirectory(directory, { checks })).rejects.toThrow(
      `${path} is damaged: /records/0/id is outside`,
    );
    await writeFile(path, '{"records":[{"id":"a","text":7}]}');
    await expect(openDirectory(directory, { checks })).rejects.toThrow(
      `${path} is damaged: /records/0: 'text' is not text`,
    );
  });
});

describe('a sandbox that is deleted', () => {
  test('is gone from the disk, and comes into being anew with the seed', async () => {
    const state = await open();
    const store = openStore(state, [staticJob({ id: 5 })]);
    await jobsIn(store).add(made);
    await store.saveSettings({ turn: 1 });
    await store.delete();
    expect(await folders()).toEqual([]);

    const anew = openStore(state, [staticJob({ id: 7 })]);
    expect(anew).toMatchObject({ isFound: false, settings: undefined });
    expect(anew.getState()).toEqual(jobsState([staticJob({ id: 7 })], 7));
    await jobsIn(anew).add(made);
    // The store that was deleted keeps nothing in its place.
    await expect(store.replace(jobsState([], 0))).rejects.toThrow('the sandbox was deleted');
    await store.delete();
    expect(openStore(await reopen()).getState()).toEqual(jobsState([staticJob({ id: 7 }), made(8)], 8));
  });

  test('may be one that was found and not used yet: those are told', async () => {
    const state = await open();
    expect(state.listUnopened()).toEqual([]);
    const names = [SANDBOX, { org: 'o', name: 'another' }];
    for (const name of names) await openJobs(state, [], name).add(made);
    expect(state.listUnopened()).toEqual([]);

    const again = await reopen();
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(again.listUnopened().sort(byName)).toEqual([...names].sort(byName));
    await openStore(again).delete();
    expect(again.listUnopened()).toEqual(names.slice(1));
    const last = await reopen();
    expect(last.listUnopened()).toEqual(names.slice(1));
    expect(last.foundCount).toBe(1);
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
    expect((refused as Error).message).toMatch(/^State cannot be kept in .*EEXIST.*Choose another directory/);
  });
});

describe('what is damaged or foreign stops the start, and is left as it is', () => {
  /** Keeps a sandbox, and gives the path of its folder. */
  async function keepOne(): Promise<string> {
    await openJobs(await open(), [staticJob({ id: 5 })]).add(made);
    await opened.pop()?.close();
    return join(directory, 'sandboxes', (await folders())[0] ?? '');
  }

  const pending = (parts: object) =>
    JSON.stringify({
      lastIds: { jobs: 6 },
      files: [{ name: 'jobs-64-127', records: [{ id: 64 }] }],
      ...parts,
    });
  const spoilt = (id: unknown) => JSON.stringify({ records: [{ id }] });
  test.each<[what: string, file: string, content: string, message: string]>([
    ['a truncated file', 'jobs-0-63.json', '{"records":[{"id":5,', 'is damaged: '],
    ['an empty file', 'jobs-0-63.json', '', 'is damaged: Unexpected end of JSON input'],
    ['no jobs', 'jobs-0-63.json', '{}', "is damaged: 'records' is not an array"],
    ['null', 'jobs-0-63.json', 'null', "is damaged: 'records' is not an array"],
    ['no job', 'jobs-0-63.json', '{"records":[null]}', 'is damaged: /records/0/id'],
    ['a job of another file', 'jobs-0-63.json', spoilt(64), 'is damaged: /records/0/id'],
    ['a job twice', 'jobs-0-63.json', '{"records":[{"id":5},{"id":5}]}', 'is damaged: /records/1/id'],
    ['a truncated last id', 'last-ids.json', '{"last', 'is damaged: '],
    ['another last id', 'last-ids.json', '{"jobs":"6"}', "is damaged: 'jobs' is not an integer from 0 to"],
    [
      'a last id that leaves no room',
      'last-ids.json',
      `{"jobs":${2 ** 53 - 1}}`,
      "is damaged: 'jobs' is not",
    ],
    ['truncated settings', 'settings.json', '{"clock":', 'is damaged: '],
    ['settings that are none', 'settings.json', '[]', 'is damaged: it is not an object'],
    ['null for settings', 'settings.json', 'null', 'is damaged: it is not an object'],
    ['something pending that is truncated', 'pending.json', '{"lastIds":{', 'is damaged: '],
    ['nothing pending', 'pending.json', 'null', "is damaged: 'files' is not an array"],
    [
      'no last id pending',
      'pending.json',
      pending({ lastIds: null }),
      'is damaged: /lastIds: it is not an object',
    ],
    [
      'other settings pending',
      'pending.json',
      pending({ settings: [] }),
      'is damaged: /settings: it is not an object',
    ],
    [
      'a job pending of another file',
      'pending.json',
      pending({ files: [{ name: 'jobs-0-63', records: [{ id: 64 }] }] }),
      'is damaged: /files/0: /records/0/id is outside',
    ],
    [
      'a file pending that is none',
      'pending.json',
      pending({ files: [null] }),
      'is damaged: /files/0/name is not',
    ],
    [
      'a file pending of no range',
      'pending.json',
      pending({ files: [{ name: 'jobs-1-64', records: [] }] }),
      'is damaged: /files/0/name is not',
    ],
    [
      'a file pending twice',
      'pending.json',
      pending({ files: ['jobs-0-63', 'jobs-0-63'].map((name) => ({ name, records: [] })) }),
      'is damaged: /files/1/name is not',
    ],
    ['another sandbox', 'sandbox.json', '{"org":"o","name":"n"}', 'is damaged: it does not name the sandbox'],
    ['somebody else’s file', 'notes.txt', 'dear diary', 'does not belong to this mock'],
    ['a file by another range', 'jobs-0-15.json', '{"records":[]}', 'does not belong to this mock'],
    ['a file of no range', 'jobs-1-64.json', '{"records":[]}', 'does not belong to this mock'],
  ])('%s', async (_what, name, content, message) => {
    const file = join(await keepOne(), name);
    await writeFile(file, content);
    const refused = await openDirectory(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toContain(`${file} ${message}`);
    expect(await readFile(file, 'utf8')).toBe(content);
    const isForeign = message.startsWith('does not belong');
    if (isForeign) await expect(openDirectory(directory, { fresh: true })).rejects.toThrow(message);
    else expect((await open(directory, { fresh: true })).foundCount).toBe(0);
    expect(existsSync(file)).toBe(isForeign);
  });

  test('a folder in place of a file', async () => {
    const file = join(await keepOne(), 'jobs-0-63.json');
    await rm(file);
    await mkdir(file);
    await expect(openDirectory(directory)).rejects.toThrow(`${file} is damaged: it is a folder`);
  });

  test.each(['last-ids.json', 'sandbox.json'])('a missing %s', async (name) => {
    const file = join(await keepOne(), name);
    await rm(file);
    await expect(openDirectory(directory)).rejects.toThrow(`${file} is damaged: it is missing`);
  });

  test('a job that breaks the contract', async () => {
    const file = join(await keepOne(), 'jobs-0-63.json');
    const checks = withJobCheck(({ id }) => (id === 6 ? 'it is unsound' : undefined));
    await expect(openDirectory(directory, { checks })).rejects.toThrow(
      `${file} is damaged: /records/1: it is unsound. It was left as it is.`,
    );
  });

  test('settings that the caller finds fault with, pending ones too', async () => {
    const folder = await keepOne();
    const findSettingsProblem = (found: object) => ('clock' in found ? undefined : "'clock' is missing");
    const checks = { ...NO_CHECKS, findSettingsProblem };
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
      await expect(openDirectory(directory, { fresh })).rejects.toThrow(
        'stranger does not belong to this mock',
      );
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
    await expect(openDirectory(directory, { fresh })).rejects.toThrow(
      'thesis.tex does not belong to this mock',
    );
    expect(await folders()).toHaveLength(1);
  });

  test('but not what the system or an unfinished write leaves', async () => {
    const folder = await keepOne();
    for (const name of ['.DS_Store', '.jobs-0-63.json.tmp']) await writeFile(join(folder, name), '{"jo');
    await mkdir(join(directory, 'sandboxes', `.${'0'.repeat(32)}.removed`));
    await writeFile(join(directory, '.DS_Store'), '');
    expect((await open()).foundCount).toBe(1);
  });
});

describe('the format', () => {
  const mark = () => join(directory, 'aep-export-jobs-mock.json');

  test('of a later version is refused', async () => {
    await open();
    await opened.pop()?.close();
    await writeFile(mark(), '{"format":4}');
    const refused = await openDirectory(directory).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toContain('has format 4, written by a later version of the mock');
    expect(await readFile(mark(), 'utf8')).toBe('{"format":4}');
  });

  test('of a directory whose state is damaged is left as it was', async () => {
    await openJobs(await open(), [staticJob({ id: 5 })]).add(made);
    await opened.pop()?.close();
    const before = await readFile(mark(), 'utf8');
    const checks = withJobCheck(() => 'it is unsound');
    await expect(openDirectory(directory, { checks })).rejects.toThrow('it is unsound');
    expect(await readFile(mark(), 'utf8')).toBe(before);
    expect(before).toBe('{"format":3}');
  });

  test.each([0, 1, 2])(
    'of an older version (%i) is set aside, however often, with a message',
    async (format) => {
      const told: string[] = [];
      const name = `sandboxes-format-${format}`;
      for (const [aside, fresh] of [
        [name, false],
        [`${name}-2`, false],
        [`${name}-3`, true],
      ] as const) {
        await openJobs(await open()).add(made);
        await opened.pop()?.close();
        const [folder = ''] = await folders();
        // A file that this version does not know.
        await writeFile(join(directory, 'sandboxes', folder, 'last-id.json'), '{"lastId":1}');
        await writeFile(mark(), JSON.stringify({ format }));
        const state = await open(directory, { fresh, warn: (message) => void told.push(message) });
        expect(state.foundCount).toBe(0);
        expect(told.at(-1)).toContain(`had format ${format} and was set aside in ${aside}`);
        expect(await readdir(join(directory, aside))).toEqual([folder]);
        expect(await readFile(mark(), 'utf8')).toBe('{"format":3}');
        await opened.pop()?.close();
      }
      expect((await open()).foundCount).toBe(0);
    },
  );

  test.each(['', '{}', '{"format":"1"}', '{"format":-1}'])(
    'that cannot be told (%s) stops the start',
    async (content) => {
      await writeFile(mark(), content);
      await expect(openDirectory(directory)).rejects.toThrow(`${mark()} is damaged: `);
      await open(directory, { fresh: true });
    },
  );
});
