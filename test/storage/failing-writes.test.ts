import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import type { StoredJob } from '../../server/apis/segmentation/stored-job.js';
import { mapConcurrent } from '../../server/storage/sandbox-files.js';
import { SandboxStore } from '../../server/storage/sandbox-store.js';
import { FailingFolder } from '../support/failing-folder.js';
import { CREATED_AT, simulatedJob, staticJob } from '../support/job-facts.js';
import { getJobs, JOBS_DEFINITION, jobsIn, jobsState } from '../support/sandbox-stores.js';

const made = (id: number) => simulatedJob({ id });
const asked = (id: number) => ({ ...staticJob({ id }), cancelRequestedAt: CREATED_AT });
const byId = (jobs: Iterable<StoredJob>) => [...jobs].sort((a, b) => a.id - b.id);

let folder: FailingFolder;
beforeEach(() => {
  folder = new FailingFolder();
});

const toStorageError = (cause: Error) => new Error(`refused: ${cause.message}`);

function openStore(seed: StoredJob[] = [], getSeed = () => seed): SandboxStore {
  return new SandboxStore({
    folder,
    collections: [JOBS_DEFINITION],
    seed: () => ({ jobs: getSeed() }),
    toStorageError,
  });
}

/** What is in memory is what is in the folder. */
function expectTogether(store: SandboxStore): void {
  expect(byId(jobsIn(store).newestFirst())).toEqual(byId(folder.getRecords<StoredJob>('jobs')));
  expect(store.settings).toEqual(folder.settings);
}

test('a seed is not written until something changes, and then all of it, as one', async () => {
  const store = openStore([staticJob({ id: 1 }), staticJob({ id: 700 })]);
  await jobsIn(store).replace(staticJob({ id: 2 }));
  await jobsIn(store).remove(2);
  expect(folder.tried).toEqual([]);
  await jobsIn(store).add(made);
  expect(folder.isThere).toBe(true);
  expect(folder.tried.indexOf('publish')).toBe(4);
  expectTogether(store);
});

test('a change is answered when its file is written, and not before', async () => {
  const store = openStore([staticJob({ id: 1 })]);
  await jobsIn(store).add(made);
  const letGo = folder.hold();
  let answered = 0;
  const changes = [jobsIn(store).add(made), jobsIn(store).replace(asked(1)), jobsIn(store).remove(2)].map(
    async (change) => {
      await change;
      answered++;
    },
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBe(0);
  letGo();
  await Promise.all(changes);
  expectTogether(store);
});

test('changes to one file that come while it is written are written together', async () => {
  const store = openStore();
  await jobsIn(store).add(made);
  await store.whenIdle();
  folder.tried.length = 0;
  const letGo = folder.hold();
  const changes = [jobsIn(store).add(made)];
  await new Promise((resolve) => setImmediate(resolve));
  for (let count = 0; count < 20; count++) changes.push(jobsIn(store).add(made));
  letGo();
  await Promise.all(changes);
  expect(folder.tried).toEqual(['jobs-0-63', 'jobs-0-63']);
  expectTogether(store);
});

test('the last id is written before the job that has it is removed, and only then', async () => {
  const store = openStore([staticJob({ id: 5 })]);
  await jobsIn(store).add(made);
  folder.tried.length = 0;
  await jobsIn(store).add(made);
  await jobsIn(store).remove(6);
  expect(folder.tried).toEqual(['jobs-0-63', 'last-ids', 'jobs-0-63']);
  await jobsIn(store).remove(7);
  await jobsIn(store).remove(5);
  expect(folder.tried.slice(3)).toEqual(['last-ids', 'jobs-0-63', 'remove jobs-0-63']);
  expect(folder.files).toEqual(new Map([['last-ids', { jobs: 7 }]]));
});

describe('a change that cannot be written is refused and undone', () => {
  test.each<[what: string, change: (store: SandboxStore) => Promise<unknown>]>([
    ['a job that was added', (store) => jobsIn(store).add(made)],
    ['a job that was replaced', (store) => jobsIn(store).replace(asked(1))],
    ['a job that was removed', (store) => jobsIn(store).remove(2)],
    ['the only job of a file', (store) => jobsIn(store).remove(100)],
  ])('%s', async (_what, change) => {
    const store = openStore([staticJob({ id: 1 }), staticJob({ id: 2 }), staticJob({ id: 100 })]);
    await jobsIn(store).add(made);
    const before = [...jobsIn(store).newestFirst()];
    folder.fails = () => true;
    await expect(change(store)).rejects.toThrow(/^refused: no space left for/);
    expect([...jobsIn(store).newestFirst()]).toEqual(before);
    expect([...jobsIn(store).marked()]).toEqual([]);
    expectTogether(store);

    folder.fails = () => false;
    await change(store);
    expect([...jobsIn(store).newestFirst()]).not.toEqual(before);
    expectTogether(store);
  });

  test('with what was built on it meanwhile', async () => {
    const store = openStore();
    await jobsIn(store).add(made);
    const letGo = folder.hold();
    folder.fails = () => true;
    const adding = jobsIn(store).add(made);
    const cancelling = jobsIn(store).replace({ ...made(2), cancelRequestedAt: CREATED_AT });
    expect(jobsIn(store).get(2)?.cancelRequestedAt).toBe(CREATED_AT);
    letGo();
    await expect(adding).rejects.toThrow('refused');
    await expect(cancelling).rejects.toThrow('refused');
    expect(jobsIn(store).get(2)).toBeUndefined();
    expectTogether(store);
  });

  test('and no other of another file', async () => {
    const store = openStore([staticJob({ id: 1 }), staticJob({ id: 100 })]);
    await jobsIn(store).add(made);
    folder.fails = (step) => step === 'jobs-0-63';
    const changes = await Promise.allSettled([
      jobsIn(store).replace(asked(1)),
      jobsIn(store).replace(asked(100)),
    ]);
    expect(changes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect([...jobsIn(store).marked()]).toEqual([asked(100)]);
    expectTogether(store);
  });

  test('when the last id cannot be written', async () => {
    const store = openStore([staticJob({ id: 1 })]);
    await jobsIn(store).add(made);
    folder.fails = (step) => step === 'last-ids';
    await expect(jobsIn(store).remove(2)).rejects.toThrow('refused');
    expect(jobsIn(store).get(2)).toEqual(made(2));
    expectTogether(store);
  });

  test.each(['draft', 'draft last-ids', 'draft jobs-0-63', 'publish'])(
    'when a seed fails at: %s',
    async (failing) => {
      const store = openStore([staticJob({ id: 1 })]);
      folder.fails = (step) => step === failing;
      await expect(jobsIn(store).remove(1)).rejects.toThrow('refused');
      expect(folder.isThere).toBe(false);
      expect(jobsIn(store).get(1)).toEqual(staticJob({ id: 1 }));
      folder.fails = () => false;
      await jobsIn(store).remove(1);
      expect(folder.files).toEqual(new Map([['last-ids', { jobs: 1 }]]));
    },
  );

  test('and its id is not given again', async () => {
    const store = openStore();
    folder.fails = () => true;
    await expect(jobsIn(store).add(made)).rejects.toThrow('refused');
    folder.fails = () => false;
    expect((await jobsIn(store).add(made)).id).toBe(2);
  });

  test('and a reset that fails changes nothing', async () => {
    let getSeed = () => [staticJob({ id: 1 })];
    const store = openStore([], () => getSeed());
    await jobsIn(store).add(made);
    folder.fails = (step) => step === 'remove';
    getSeed = () => {
      throw new Error('not to be asked for');
    };
    await expect(store.reset()).rejects.toThrow('refused');
    expect(byId(jobsIn(store).newestFirst()).map(({ id }) => id)).toEqual([1, 2]);
    expectTogether(store);
  });
});

describe('settings', () => {
  test('that change many times in a row are written once, beside what else has changed', async () => {
    const store = openStore();
    await jobsIn(store).add(made);
    folder.tried.length = 0;
    const letGo = folder.hold();
    const kept = [store.saveSettings({ turn: 0 }), jobsIn(store).add(made)];
    await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 1; turn <= 50; turn++) kept.push(store.saveSettings({ turn }));
    letGo();
    await Promise.all(kept);
    const together = ['pending', 'jobs-0-63', 'last-ids', 'settings', 'remove pending'];
    expect(folder.tried).toEqual([...together, 'settings']);
    expect(folder.settings).toEqual({ turn: 50 });
    expectTogether(store);
  });

  test('are kept with all of the seed', async () => {
    const store = openStore([staticJob({ id: 1 })]);
    await store.saveSettings({ turn: 1 });
    expect(folder.isThere).toBe(true);
    expectTogether(store);
  });

  test.each(['settings', 'publish'])(
    'that cannot be written are what they were: %s fails',
    async (failing) => {
      const store = openStore([staticJob({ id: 1 })]);
      if (failing === 'settings') await store.saveSettings({ turn: 1 });
      const before = store.settings;
      folder.fails = (step) => step === failing;
      const kept = await Promise.allSettled([
        store.saveSettings({ turn: 2 }),
        store.saveSettings({ turn: 3 }),
      ]);
      expect(kept.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(store.settings).toEqual(before);
      expect(folder.settings).toEqual(before);
      folder.fails = () => false;
      await store.saveSettings({ turn: 4 });
      expectTogether(store);
    },
  );

  test.each(['pending', 'publish'])(
    'that change together with jobs fail together with them: %s fails',
    async (failing) => {
      const store = openStore([staticJob({ id: 1 }), staticJob({ id: 100 })]);
      if (failing === 'pending') await store.saveSettings({ turn: 1 });
      const before = [store.getState(), store.settings];
      folder.fails = (step) => step === failing;
      const act = () => [
        store.saveSettings({ turn: 2 }),
        jobsIn(store).add(made),
        jobsIn(store).remove(1),
        jobsIn(store).replace(asked(100)),
      ];
      const changes = await Promise.allSettled(act());
      expect(changes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
      const [, settings] = before;
      expect([...jobsIn(store).newestFirst()].map(({ id }) => id).sort()).toEqual([1, 100]);
      expect([...jobsIn(store).marked()]).toEqual([]);
      expect(store.settings).toEqual(settings);
      if (folder.isThere) expectTogether(store);

      folder.fails = () => false;
      await Promise.all(act());
      await store.whenIdle();
      expect(store.settings).toEqual({ turn: 2 });
      expect([...jobsIn(store).marked()]).toEqual([asked(100)]);
      expectTogether(store);
    },
  );

  test('fail alone where jobs change later', async () => {
    const store = openStore();
    await jobsIn(store).add(made);
    folder.fails = (step) => step === 'settings';
    const letGo = folder.hold();
    const changes: Promise<unknown>[] = [store.saveSettings({ turn: 1 })];
    await new Promise((resolve) => setImmediate(resolve));
    changes.push(jobsIn(store).add(made));
    letGo();
    const results = await Promise.allSettled(changes);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expectTogether(store);
  });
});

describe('a restore', () => {
  const held = [staticJob({ id: 1 }), staticJob({ id: 70 }), staticJob({ id: 130 })];
  const kept = jobsState([asked(1), ...held.slice(1), staticJob({ id: 200 })], 200);

  async function writtenStore(): Promise<SandboxStore> {
    const store = openStore(held);
    await store.saveSettings({ turn: 1 });
    folder.tried.length = 0;
    return store;
  }

  test('is stored with one write, of those files alone whose jobs are others', async () => {
    const store = await writtenStore();
    const letGo = folder.hold();
    const restoring = store.replace({ ...kept, settings: { turn: 2 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(store.getState()).toEqual(jobsState(held, 130));
    letGo();
    await restoring;
    expect(folder.files.get('pending')).toEqual({
      lastIds: { jobs: 200 },
      settings: { turn: 2 },
      files: [
        { name: 'jobs-0-63', records: [asked(1)] },
        { name: 'jobs-192-255', records: [staticJob({ id: 200 })] },
      ],
    });
    expect(store.getState()).toEqual(kept);
    expectTogether(store);

    await store.whenIdle();
    expect(folder.tried).toEqual([
      'pending',
      'jobs-0-63',
      'jobs-192-255',
      'last-ids',
      'settings',
      'remove pending',
    ]);
    expect(folder.files.get('last-ids')).toEqual({ jobs: 200 });
    expectTogether(store);
  });

  test('removes the files that hold no jobs any more', async () => {
    const store = await writtenStore();
    await store.replace(jobsState([], 0));
    await store.whenIdle();
    expect(folder.files).toEqual(
      new Map<string, object>([
        ['last-ids', { jobs: 0 }],
        ['settings', { turn: 1 }],
      ]),
    );
  });

  test('of a seed that was not written writes the whole folder, and no seed', async () => {
    const store = openStore(held);
    await store.replace(jobsState([staticJob({ id: 9 })], 12, { turn: 2 }));
    expect(folder.tried).toEqual(['draft', 'draft last-ids', 'draft settings', 'draft jobs-0-63', 'publish']);
    expect(folder.files.get('last-ids')).toEqual({ jobs: 12 });
    expectTogether(store);
  });

  test.each(['pending', 'draft', 'draft last-ids', 'draft settings', 'draft jobs-0-63', 'publish'])(
    'that cannot be stored changes nothing, and what came meanwhile goes on: %s fails',
    async (failing) => {
      const store = failing === 'pending' ? await writtenStore() : openStore(held);
      const [before, settings] = [store.getState(), store.settings];
      folder.fails = (step) => step === failing;
      const restoring = store.replace({ ...kept, settings: { turn: 2 } }, () => {
        throw new Error('not to be called');
      });
      await expect(restoring).rejects.toThrow(`refused: no space left for ${failing}`);
      expect(store.getState()).toEqual(before);
      expect(store.settings).toEqual(settings);
      if (folder.isThere) expectTogether(store);

      const again = store.replace({ ...kept, settings: { turn: 2 } });
      const adding = jobsIn(store).add(made);
      const refused = expect(again).rejects.toThrow('refused');
      folder.fails = (step) => step === failing && folder.tried.filter((one) => one === step).length === 2;
      await refused;
      expect((await adding).id).toBe(131);
      expectTogether(store);
      await store.replace({ ...kept, settings: { turn: 2 } });
      expect(store.getState()).toEqual(kept);
      expectTogether(store);
    },
  );

  test.each(['jobs-0-63', 'remove jobs-64-127', 'last-ids', 'settings', 'remove pending'])(
    'that is stored but cannot be carried on holds; changes are refused until it can: %s fails',
    async (failing) => {
      const store = await writtenStore();
      const wanted = jobsState([asked(1), staticJob({ id: 130 })], 200, { turn: 2 });
      folder.fails = (step) => step === failing;
      await store.replace(wanted);
      await store.whenIdle();
      expect(folder.files.has('pending')).toBe(true);
      expectTogether(store);

      await expect(jobsIn(store).add(made)).rejects.toThrow(`refused: no space left for ${failing}`);
      await expect(store.saveSettings({ turn: 3 })).rejects.toThrow('refused');
      await expect(store.replace(kept)).rejects.toThrow('refused');
      expect(getJobs(store).records).toEqual(wanted.collections.jobs.records);
      expectTogether(store);

      folder.fails = () => false;
      await jobsIn(store).replace(asked(130));
      expect(folder.files.has('pending')).toBe(false);
      expect(folder.settings).toEqual({ turn: 2 });
      expectTogether(store);
      await store.replace(kept);
      expectTogether(store);
    },
  );

  test('that is not carried on yet is given up by a reset', async () => {
    const store = await writtenStore();
    folder.fails = (step) => step === 'jobs-0-63';
    await store.replace(kept);
    await store.reset();
    expect(folder.files).toEqual(new Map());
    folder.fails = () => false;
    await jobsIn(store).add(made);
    expectTogether(store);
  });
});

test('what fails among much waits for what is still being written', async () => {
  let end: () => void = () => undefined;
  const written: string[] = [];
  const writing = mapConcurrent(['fails', 'is slow'], async (what) => {
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
  const store = openStore([staticJob({ id: 1 })]);
  await store.saveSettings({ turn: 1 });
  folder.fails = (step) => step === 'remove';
  await expect(store.delete()).rejects.toThrow('refused: no space left for remove');
  expect(jobsIn(store).get(1)).toEqual(staticJob({ id: 1 }));
  expectTogether(store);
  folder.fails = () => false;
  await jobsIn(store).add(made);
  expectTogether(store);
  await store.delete();
  expect(folder.isThere).toBe(false);
  await expect(jobsIn(store).add(made)).rejects.toThrow('refused: the sandbox was deleted');
  expect(folder.isThere).toBe(false);
});

test('whatever is done and whatever fails, memory and folder go together, and what was answered is kept', async () => {
  const steps = fc.array(
    fc.record({
      change: fc.constantFrom('add', 'replace', 'remove', 'settings', 'restore'),
      nth: fc.nat(400),
      failing: fc.option(
        fc.constantFrom('jobs', 'remove', 'last-ids', 'draft', 'publish', 'settings', 'pending'),
        { nil: undefined },
      ),
      isWaitedFor: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      folder = new FailingFolder();
      const store = openStore([staticJob({ id: 1 }), staticJob({ id: 200 })]);
      const states = [getJobs(store)];
      let kept = new Map<number, StoredJob>(byId(jobsIn(store).newestFirst()).map((job) => [job.id, job]));
      let settings: object | undefined;
      // What was asked for before a restore is overtaken, whenever it is answered.
      let [restores, settingsRestored] = [0, 0];
      let last: Promise<unknown> = Promise.resolve();
      for (const { change, nth, failing, isWaitedFor } of taken) {
        folder.fails = (step) => failing !== undefined && step.startsWith(failing);
        const jobs = [...jobsIn(store).newestFirst()];
        const job = jobs[nth % Math.max(1, jobs.length)];
        const [since, settingsSince] = [restores, settingsRestored];
        if (change === 'add') {
          last = jobsIn(store)
            .add(made)
            .then((added) => since === restores && kept.set(added.id, added));
        } else if (change === 'settings') {
          last = store.saveSettings({ nth }).then(() => {
            if (settingsSince === settingsRestored) settings = { nth };
          });
        } else if (change === 'restore') {
          const state = states[nth % states.length] as ReturnType<typeof getJobs>;
          const more = nth % 2 === 0 ? { settings: { nth } } : {};
          last = store.replace({ ...jobsState(state.records, state.lastId), ...more }, () => {
            kept = new Map(state.records.map((one) => [one.id, one]));
            restores++;
            if (nth % 2 === 1) return;
            settings = { nth };
            settingsRestored++;
          });
        } else if (job && change === 'replace') {
          const replacement = { ...job, cancelRequestedAt: nth };
          last = jobsIn(store)
            .replace(replacement)
            .then(() => since === restores && kept.set(job.id, replacement));
        } else if (job) {
          last = jobsIn(store)
            .remove(job.id)
            .then(() => since === restores && kept.delete(job.id));
        }
        last = last.catch(() => undefined);
        if (!isWaitedFor) continue;
        await last;
        await store.whenIdle();
        states.push(getJobs(store));
      }
      await last;
      await store.whenIdle();
      await new Promise((resolve) => setImmediate(resolve));
      if (folder.isThere) expectTogether(store);
      expect(byId(jobsIn(store).newestFirst())).toEqual(byId(kept.values()));
      expect(store.settings).toEqual(settings);
    }),
  );
});
