import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import type { JobFacts } from '../../server/apis/segmentation/stored-job.js';
import { inTurns } from '../../server/storage/job-files.js';
import { LowdbJobStore } from '../../server/storage/lowdb-job-store.js';
import { FailingFolder } from '../support/failing-folder.js';
import { CREATED_AT, recorded, timedJob } from '../support/job-facts.js';

const made = (id: number) => timedJob({ id });
const asked = (id: number) => ({ ...recorded({ id }), cancelRequestedAt: CREATED_AT });
const byId = (jobs: Iterable<JobFacts>) => [...jobs].sort((a, b) => a.id - b.id);

let folder: FailingFolder;
beforeEach(() => {
  folder = new FailingFolder();
});

function openStore(seed: JobFacts[] = []): LowdbJobStore {
  const refuse = (cause: Error) => new Error(`refused: ${cause.message}`);
  return new LowdbJobStore(folder, undefined, () => seed, refuse);
}

/** What is in memory is what is in the folder. */
function expectTogether(store: LowdbJobStore): void {
  expect(byId(store.newestFirst())).toEqual(byId(folder.jobsHeld));
  expect(store.settings).toEqual(folder.settingsHeld);
}

test('a seed is not written until something changes, and then all of it, as one', async () => {
  const store = openStore([recorded({ id: 1 }), recorded({ id: 700 })]);
  await store.replace(recorded({ id: 2 }));
  await store.remove(2);
  expect(folder.tried).toEqual([]);
  await store.add(made);
  expect(folder.isThere).toBe(true);
  expect(folder.tried.indexOf('publish')).toBe(3);
  expectTogether(store);
});

test('a change is answered when its file is written, and not before', async () => {
  const store = openStore([recorded({ id: 1 })]);
  await store.add(made);
  const letGo = folder.hold();
  let answered = 0;
  const changes = [store.add(made), store.replace(asked(1)), store.remove(2)].map(async (change) => {
    await change;
    answered++;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(0);
  letGo();
  await Promise.all(changes);
  expectTogether(store);
});

test('changes to one file that come while it is written are written together', async () => {
  const store = openStore();
  await store.add(made);
  await store.settled();
  folder.tried.length = 0;
  const letGo = folder.hold();
  const changes = Array.from({ length: 20 }, () => store.add(made));
  letGo();
  await Promise.all(changes);
  expect(folder.tried).toEqual(['jobs 0', 'jobs 0']);
  expectTogether(store);
});

test('the last id is written before the job that has it is removed, and only then', async () => {
  const store = openStore([recorded({ id: 5 })]);
  await store.add(made);
  folder.tried.length = 0;
  await store.add(made);
  await store.remove(6);
  expect(folder.tried).toEqual(['jobs 0', 'last-id', 'jobs 0']);
  await store.remove(7);
  await store.remove(5);
  expect(folder.tried.slice(3)).toEqual(['last-id', 'jobs 0', 'remove jobs 0']);
  expect(folder.files).toEqual(new Map([['last-id', { lastId: 7 }]]));
});

describe('a change that can not be written is refused and undone', () => {
  test.each<[what: string, change: (store: LowdbJobStore) => Promise<unknown>]>([
    ['a job that was added', (store) => store.add(made)],
    ['a job that was replaced', (store) => store.replace(asked(1))],
    ['a job that was removed', (store) => store.remove(2)],
    ['the only job of a file', (store) => store.remove(100)],
  ])('%s', async (_what, change) => {
    const store = openStore([recorded({ id: 1 }), recorded({ id: 2 }), recorded({ id: 100 })]);
    await store.add(made);
    const before = [...store.newestFirst()];
    folder.fails = () => true;
    await expect(change(store)).rejects.toThrow(/^refused: no space left for/);
    expect([...store.newestFirst()]).toEqual(before);
    expect([...store.cancelled()]).toEqual([]);
    expectTogether(store);

    folder.fails = () => false;
    await change(store);
    expect([...store.newestFirst()]).not.toEqual(before);
    expectTogether(store);
  });

  test('with what was built on it meanwhile', async () => {
    const store = openStore();
    await store.add(made);
    const letGo = folder.hold();
    folder.fails = () => true;
    const adding = store.add(made);
    const cancelling = store.replace({ ...made(2), cancelRequestedAt: CREATED_AT });
    expect(store.get(2)?.cancelRequestedAt).toBe(CREATED_AT);
    letGo();
    await expect(adding).rejects.toThrow('refused');
    await expect(cancelling).rejects.toThrow('refused');
    expect(store.get(2)).toBeUndefined();
    expectTogether(store);
  });

  test('and no other of another file', async () => {
    const store = openStore([recorded({ id: 1 }), recorded({ id: 100 })]);
    await store.add(made);
    folder.fails = (step) => step === 'jobs 0';
    const changes = await Promise.allSettled([store.replace(asked(1)), store.replace(asked(100))]);
    expect(changes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect([...store.cancelled()]).toEqual([asked(100)]);
    expectTogether(store);
  });

  test('when the last id can not be written', async () => {
    const store = openStore([recorded({ id: 1 })]);
    await store.add(made);
    folder.fails = (step) => step === 'last-id';
    await expect(store.remove(2)).rejects.toThrow('refused');
    expect(store.get(2)).toEqual(made(2));
    expectTogether(store);
  });

  test.each(['draft last-id', 'draft jobs 0', 'publish'])('when a seed fails at: %s', async (failing) => {
    const store = openStore([recorded({ id: 1 })]);
    folder.fails = (step) => step === failing;
    await expect(store.remove(1)).rejects.toThrow('refused');
    expect(folder.isThere).toBe(false);
    expect(store.get(1)).toEqual(recorded({ id: 1 }));
    folder.fails = () => false;
    await store.remove(1);
    expect(folder.files).toEqual(new Map([['last-id', { lastId: 1 }]]));
  });

  test('and its id is not given again', async () => {
    const store = openStore();
    folder.fails = () => true;
    await expect(store.add(made)).rejects.toThrow('refused');
    folder.fails = () => false;
    expect((await store.add(made)).id).toBe(2);
  });

  test('and a reset that fails changes nothing', async () => {
    const store = openStore([recorded({ id: 1 })]);
    await store.add(made);
    folder.fails = (step) => step === 'remove';
    const seed = () => {
      throw new Error('not to be asked for');
    };
    await expect(store.reset(seed)).rejects.toThrow('refused');
    expect(byId(store.newestFirst()).map(({ id }) => id)).toEqual([1, 2]);
    expectTogether(store);
  });
});

describe('settings', () => {
  test('that change many times in a row are written once, beside what else has changed', async () => {
    const store = openStore();
    await store.add(made);
    folder.tried.length = 0;
    const letGo = folder.hold();
    const kept = [store.keepSettings({ turn: 0 }), store.add(made)];
    await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 1; turn <= 50; turn++) kept.push(store.keepSettings({ turn }));
    letGo();
    await Promise.all(kept);
    expect(folder.tried).toEqual(['settings', 'jobs 0', 'settings']);
    expect(folder.settingsHeld).toEqual({ turn: 50 });
    expectTogether(store);
  });

  test('are kept with all of the seed', async () => {
    const store = openStore([recorded({ id: 1 })]);
    await store.keepSettings({ turn: 1 });
    expect(folder.isThere).toBe(true);
    expectTogether(store);
  });

  test.each(['settings', 'publish'])(
    'that can not be written are what they were: %s fails',
    async (failing) => {
      const store = openStore([recorded({ id: 1 })]);
      if (failing === 'settings') await store.keepSettings({ turn: 1 });
      const before = store.settings;
      folder.fails = (step) => step === failing;
      const kept = await Promise.allSettled([
        store.keepSettings({ turn: 2 }),
        store.keepSettings({ turn: 3 }),
      ]);
      expect(kept.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(store.settings).toEqual(before);
      expect(folder.settingsHeld).toEqual(before);
      folder.fails = () => false;
      await store.keepSettings({ turn: 4 });
      expectTogether(store);
    },
  );

  test('fail alone', async () => {
    const store = openStore();
    await store.add(made);
    folder.fails = (step) => step === 'settings';
    const changes = await Promise.allSettled([store.keepSettings({ turn: 1 }), store.add(made)]);
    expect(changes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expectTogether(store);
  });
});

describe('a restore', () => {
  const held = [recorded({ id: 1 }), recorded({ id: 70 }), recorded({ id: 130 })];
  const kept = { jobs: [asked(1), ...held.slice(1), recorded({ id: 200 })], lastId: 200 };

  async function writtenStore(): Promise<LowdbJobStore> {
    const store = openStore(held);
    await store.keepSettings({ turn: 1 });
    folder.tried.length = 0;
    return store;
  }

  test('is stored with one write, of those files alone whose jobs are others', async () => {
    const store = await writtenStore();
    const letGo = folder.hold();
    const restoring = store.restore({ ...kept, settings: { turn: 2 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.kept()).toEqual({ jobs: held, lastId: 130 });
    letGo();
    await restoring;
    expect(folder.files.get('pending')).toEqual({
      lastId: 200,
      settings: { turn: 2 },
      files: [
        { firstId: 0, jobs: [asked(1)] },
        { firstId: 192, jobs: [recorded({ id: 200 })] },
      ],
    });
    expect(store.kept()).toEqual(kept);
    expectTogether(store);

    await store.settled();
    expect(folder.tried).toEqual(['pending', 'jobs 0', 'jobs 192', 'last-id', 'settings', 'remove pending']);
    expect(folder.files.get('last-id')).toEqual({ lastId: 200 });
    expectTogether(store);
  });

  test('removes the files that hold no jobs any more', async () => {
    const store = await writtenStore();
    await store.restore({ jobs: [], lastId: 0 });
    await store.settled();
    expect(folder.files).toEqual(
      new Map<string, object>([
        ['last-id', { lastId: 0 }],
        ['settings', { turn: 1 }],
      ]),
    );
  });

  test('of a seed that was not written writes the whole folder, and no seed', async () => {
    const store = openStore(held);
    await store.restore({ jobs: [recorded({ id: 9 })], lastId: 12, settings: { turn: 2 } });
    expect(folder.tried).toEqual(['draft last-id', 'draft settings', 'draft jobs 0', 'publish']);
    expect(folder.files.get('last-id')).toEqual({ lastId: 12 });
    expectTogether(store);
  });

  test.each(['pending', 'draft last-id', 'draft settings', 'draft jobs 0', 'publish'])(
    'that can not be stored changes nothing, and what came meanwhile goes on: %s fails',
    async (failing) => {
      const store = failing === 'pending' ? await writtenStore() : openStore(held);
      const [before, settings] = [store.kept(), store.settings];
      folder.fails = (step) => step === failing;
      const restoring = store.restore({ ...kept, settings: { turn: 2 } }, () => {
        throw new Error('not to be called');
      });
      await expect(restoring).rejects.toThrow(`refused: no space left for ${failing}`);
      expect(store.kept()).toEqual(before);
      expect(store.settings).toEqual(settings);
      if (folder.isThere) expectTogether(store);

      const again = store.restore({ ...kept, settings: { turn: 2 } });
      const adding = store.add(made);
      const refused = expect(again).rejects.toThrow('refused');
      folder.fails = (step) => step === failing && folder.tried.filter((one) => one === step).length === 2;
      await refused;
      expect((await adding).id).toBe(131);
      expectTogether(store);
      await store.restore({ ...kept, settings: { turn: 2 } });
      expect(store.kept()).toEqual(kept);
      expectTogether(store);
    },
  );

  test.each(['jobs 0', 'remove jobs 64', 'last-id', 'settings', 'remove pending'])(
    'that is stored but can not be carried on holds; changes are refused until it can: %s fails',
    async (failing) => {
      const store = await writtenStore();
      const wanted = { jobs: [asked(1), recorded({ id: 130 })], lastId: 200, settings: { turn: 2 } };
      folder.fails = (step) => step === failing;
      await store.restore(wanted);
      await store.settled();
      expect(folder.files.has('pending')).toBe(true);
      expectTogether(store);

      await expect(store.add(made)).rejects.toThrow(`refused: no space left for ${failing}`);
      await expect(store.keepSettings({ turn: 3 })).rejects.toThrow('refused');
      await expect(store.restore(kept)).rejects.toThrow('refused');
      expect(store.kept()).toMatchObject({ jobs: wanted.jobs });
      expectTogether(store);

      folder.fails = () => false;
      await store.replace(asked(130));
      expect(folder.files.has('pending')).toBe(false);
      expect(folder.settingsHeld).toEqual({ turn: 2 });
      expectTogether(store);
      await store.restore(kept);
      expectTogether(store);
    },
  );

  test('that is not carried on yet is given up by a reset', async () => {
    const store = await writtenStore();
    folder.fails = (step) => step === 'jobs 0';
    await store.restore(kept);
    await store.reset(() => held);
    expect(folder.files).toEqual(new Map());
    folder.fails = () => false;
    await store.add(made);
    expectTogether(store);
  });
});

test('what fails among much waits for what is still being written', async () => {
  let end: () => void = () => undefined;
  const written: string[] = [];
  const writing = inTurns(['fails', 'is slow'], async (what) => {
    if (what === 'fails') throw new Error('no space left');
    await new Promise<void>((resolve) => (end = resolve));
    written.push(what);
  });
  let isOver = false;
  const over = expect(writing.finally(() => (isOver = true))).rejects.toThrow('no space left');
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  end();
  await over;
  expect(written).toEqual(['is slow']);
});

test('a removal that fails changes nothing', async () => {
  const store = openStore([recorded({ id: 1 })]);
  await store.keepSettings({ turn: 1 });
  folder.fails = (step) => step === 'remove';
  await expect(store.giveUp()).rejects.toThrow('refused: no space left for remove');
  expect(store.get(1)).toEqual(recorded({ id: 1 }));
  expectTogether(store);
  folder.fails = () => false;
  await store.add(made);
  expectTogether(store);
  await store.giveUp();
  expect(folder.isThere).toBe(false);
  await expect(store.add(made)).rejects.toThrow('refused: the sandbox was removed');
  expect(folder.isThere).toBe(false);
});

test('whatever is done and whatever fails, memory and folder go together, and what was answered is kept', async () => {
  const steps = fc.array(
    fc.record({
      change: fc.constantFrom('add', 'replace', 'remove', 'settings', 'restore'),
      nth: fc.nat(400),
      failing: fc.option(
        fc.constantFrom('jobs', 'remove', 'last-id', 'draft', 'publish', 'settings', 'pending'),
        { nil: undefined },
      ),
      isWaitedFor: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      folder = new FailingFolder();
      const store = openStore([recorded({ id: 1 }), recorded({ id: 200 })]);
      const states = [store.kept()];
      let kept = new Map<number, JobFacts>(byId(store.newestFirst()).map((job) => [job.id, job]));
      let settings: object | undefined;
      // What was asked for before a restore is overtaken, whenever it is answered.
      let [restores, settingsRestored] = [0, 0];
      let last: Promise<unknown> = Promise.resolve();
      for (const { change, nth, failing, isWaitedFor } of taken) {
        folder.fails = (step) => failing !== undefined && step.startsWith(failing);
        const jobs = [...store.newestFirst()];
        const job = jobs[nth % Math.max(1, jobs.length)];
        const [since, settingsSince] = [restores, settingsRestored];
        if (change === 'add') {
          last = store.add(made).then((added) => since === restores && kept.set(added.id, added));
        } else if (change === 'settings') {
          last = store.keepSettings({ nth }).then(() => {
            if (settingsSince === settingsRestored) settings = { nth };
          });
        } else if (change === 'restore') {
          const state = states[nth % states.length] as { jobs: JobFacts[]; lastId: number };
          const more = nth % 2 === 0 ? { settings: { nth } } : {};
          last = store.restore({ ...state, ...more }, () => {
            kept = new Map(state.jobs.map((one) => [one.id, one]));
            restores++;
            if (nth % 2 === 1) return;
            settings = { nth };
            settingsRestored++;
          });
        } else if (job && change === 'replace') {
          const replacement = { ...job, cancelRequestedAt: nth };
          last = store.replace(replacement).then(() => since === restores && kept.set(job.id, replacement));
        } else if (job) {
          last = store.remove(job.id).then(() => since === restores && kept.delete(job.id));
        }
        last = last.catch(() => undefined);
        if (!isWaitedFor) continue;
        await last;
        await store.settled();
        states.push(store.kept());
      }
      await last;
      await store.settled();
      await new Promise((resolve) => setImmediate(resolve));
      if (folder.isThere) expectTogether(store);
      expect(byId(store.newestFirst())).toEqual(byId(kept.values()));
      expect(store.settings).toEqual(settings);
    }),
  );
});
