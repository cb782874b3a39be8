import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JobFacts } from '../../server/domain/export-job.js';
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

test('whatever is done and whatever fails, memory and folder go together, and what was answered is kept', async () => {
  const steps = fc.array(
    fc.record({
      change: fc.constantFrom('add', 'replace', 'remove'),
      nth: fc.nat(400),
      failing: fc.option(fc.constantFrom('jobs', 'remove', 'last-id', 'draft', 'publish'), {
        nil: undefined,
      }),
      isWaitedFor: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      folder = new FailingFolder();
      const store = openStore([recorded({ id: 1 }), recorded({ id: 200 })]);
      const kept = new Map<number, JobFacts>(byId(store.newestFirst()).map((job) => [job.id, job]));
      let last = Promise.resolve();
      for (const { change, nth, failing, isWaitedFor } of taken) {
        folder.fails = (step) => failing !== undefined && step.startsWith(failing);
        const jobs = [...store.newestFirst()];
        const job = jobs[nth % Math.max(1, jobs.length)];
        const done =
          change === 'add'
            ? store.add(made).then((added) => void kept.set(added.id, added))
            : !job
              ? Promise.resolve()
              : change === 'replace'
                ? store
                    .replace({ ...job, cancelRequestedAt: nth })
                    .then(() => void kept.set(job.id, { ...job, cancelRequestedAt: nth }))
                : store.remove(job.id).then(() => void kept.delete(job.id));
        last = done.catch(() => undefined);
        if (isWaitedFor) await last;
      }
      await last;
      await store.settled();
      if (folder.isThere) expectTogether(store);
      expect(byId(store.newestFirst())).toEqual(byId(kept.values()));
    }),
  );
});
