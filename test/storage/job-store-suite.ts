import { describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import type { JobFacts } from '../../server/apis/segmentation/stored-job.js';
import type { JobStore, KeptState, SandboxStore } from '../../server/apis/segmentation/job-store.js';
import type { Cursor } from '../../server/apis/segmentation/paging.js';
import { CREATED_AT, recorded, timedJob } from '../support/job-facts.js';

/** Opens a new store that holds the jobs of a seed. */
type OpenStore = (seed: readonly JobFacts[]) => SandboxStore;

/** A job of a seed, created that many milliseconds after CREATED_AT. */
const seeded = (id: number, after = 0) => recorded({ id, creationTime: CREATED_AT + after });
/** Makes a job for `add`, created that many milliseconds after CREATED_AT. */
const made =
  (after = 0) =>
  (id: number) =>
    timedJob({ id, creationTime: CREATED_AT + after });
const at = (after: number, id: number): Cursor => ({ creationTime: CREATED_AT + after, id });
const asked = (id: number, after = 0) => ({ ...seeded(id), cancelRequestedAt: CREATED_AT + after });
const idsOf = (store: JobStore, after?: Cursor) => [...store.newestFirst(after)].map(({ id }) => id);

/** What every store must do, whatever it keeps jobs in. */
export function describeSandboxStore(name: string, openStore: OpenStore): void {
  const open = (seed: readonly JobFacts[]) => openStore(seed).jobs;
  describe(name, () => {
    describe('a store that was opened with a seed', () => {
      test('holds its jobs, newest first, whatever their order there', () => {
        const [oldest, middle, newest] = [seeded(9, -5), seeded(7), seeded(8, 5)];
        for (const seed of [
          [oldest, middle, newest],
          [newest, oldest, middle],
          [middle, newest, oldest],
        ]) {
          const store = open(seed);
          expect([...store.newestFirst()]).toEqual([newest, middle, oldest]);
          expect(store.get(9)).toEqual(oldest);
        }
      });

      test('holds nothing else', () => {
        const store = open([seeded(7)]);
        expect([0, 1, 6, 8, -7, 7.5, NaN].map((id) => store.get(id))).toEqual(Array(7).fill(undefined));
        expect(idsOf(open([]))).toEqual([]);
      });

      test('leaves the seed as it was handed over', async () => {
        const seed = Object.freeze([seeded(1), seeded(3, 9), seeded(2, 5)]);
        const before = structuredClone(seed);
        const store = open(seed);
        await store.add(made(7));
        await store.replace({ ...seeded(1), cancelRequestedAt: CREATED_AT });
        await store.remove(3);
        expect(seed).toEqual(before);
        expect(idsOf(open(seed))).toEqual([3, 2, 1]);
      });
    });

    describe('an id', () => {
      test('counts up from 1 in a store that began empty', async () => {
        const store = open([]);
        const jobs = [await store.add(made()), await store.add(made()), await store.add(made())];
        expect(jobs.map(({ id }) => id)).toEqual([1, 2, 3]);
      });

      test('counts up from the highest of the seed, wherever it stands there', async () => {
        const store = open([seeded(5, 9), seeded(900, 1), seeded(7, 5)]);
        expect((await store.add(made())).id).toBe(901);
      });

      test('is never used again, whatever is removed', async () => {
        const store = open([seeded(40), seeded(41)]);
        await store.remove(41);
        expect((await store.add(made())).id).toBe(42);
        await store.remove(42);
        expect((await store.add(made())).id).toBe(43);
        for (const id of idsOf(store)) await store.remove(id);
        expect((await store.add(made())).id).toBe(44);
      });

      test('is given once, however many jobs are added at a time', async () => {
        const store = open([]);
        const jobs = await Promise.all(Array.from({ length: 50 }, () => store.add(made())));
        expect(jobs.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      });

      test('may be the largest that is exact', async () => {
        const store = open([seeded(Number.MAX_SAFE_INTEGER - 1)]);
        expect((await store.add(made())).id).toBe(Number.MAX_SAFE_INTEGER);
        expect(store.get(Number.MAX_SAFE_INTEGER)).toBeDefined();
      });
    });

    describe('the order', () => {
      test('is by creation time, and by id where that is the same', () => {
        const store = open([seeded(4), seeded(2), seeded(9, -1), seeded(3), seeded(1, 1)]);
        expect(idsOf(store)).toEqual([1, 4, 3, 2, 9]);
      });

      test('of jobs that are added at one time is by their ids', async () => {
        const store = open([]);
        for (let count = 0; count < 3; count++) await store.add(made());
        expect(idsOf(store)).toEqual([3, 2, 1]);
      });

      test('holds for a job that is added after the clock was turned back', async () => {
        const store = open([seeded(1, 10), seeded(2, 20), seeded(3, 30)]);
        await store.add(made(20));
        await store.add(made(-1));
        await store.add(made(40));
        expect(idsOf(store)).toEqual([6, 3, 4, 2, 1, 5]);
      });

      test('is by the numbers, and not by their digits', () => {
        const jobs = [recorded({ id: 2, creationTime: 900 }), recorded({ id: 10, creationTime: 1000 })];
        const tied = [recorded({ id: 9, creationTime: 900 }), recorded({ id: 100, creationTime: 900 })];
        expect(idsOf(open([...jobs, ...tied]))).toEqual([10, 100, 9, 2]);
      });

      test('is told anew each time', async () => {
        const store = open([seeded(1)]);
        const list = store.newestFirst();
        expect([...list].map(({ id }) => id)).toEqual([1]);
        await store.add(made());
        expect(idsOf(store)).toEqual([2, 1]);
        expect(idsOf(store)).toEqual([2, 1]);
      });
    });

    describe('from a cursor', () => {
      const seed = [seeded(5, 2), seeded(4, 1), seeded(3, 1), seeded(2, 1), seeded(1)];

      test.each<[where: string, cursor: Cursor, ids: number[]]>([
        ['the first job', at(2, 5), [4, 3, 2, 1]],
        ['a job among ties', at(1, 3), [2, 1]],
        ['the last of ties', at(1, 2), [1]],
        ['the last job', at(0, 1), []],
        ['a place before all', at(3, 1), [5, 4, 3, 2, 1]],
        ['a place after all', at(-1, 9), []],
        ['the beginning of time', { creationTime: 0, id: 0 }, []],
        ['a place between two times', { creationTime: CREATED_AT + 1.5, id: 1 }, [4, 3, 2, 1]],
        ['a higher id than that of any tie', at(1, 9), [4, 3, 2, 1]],
        ['a lower id than that of any tie', at(1, 1), [1]],
        ['an id of another time', at(2, 4), [4, 3, 2, 1]],
      ])('there are the jobs strictly after it: %s', (_where, cursor, ids) => {
        expect(idsOf(open(seed), cursor)).toEqual(ids);
      });

      test.each([5, 4, 3, 2, 1])('there are the same jobs when its own, %i, is gone', async (id) => {
        const store = open(seed);
        const cursor = store.get(id);
        const before = idsOf(store, cursor);
        await store.remove(id);
        expect(idsOf(store, cursor)).toEqual(before);
      });

      test('there is nothing in an empty store', () => {
        expect(idsOf(open([]), at(0, 1))).toEqual([]);
      });
    });

    describe('a job that is added', () => {
      test('is handed back as it was made, and can be had at once', async () => {
        const store = open([]);
        const adding = store.add(made(3));
        expect(store.get(1)).toEqual(made(3)(1));
        expect(idsOf(store)).toEqual([1]);
        expect(await adding).toEqual(made(3)(1));
      });

      test('leaves no trace when it can not be made', async () => {
        const store = open([seeded(1)]);
        const adding = store.add(() => {
          throw new Error('no such job');
        });
        await expect(adding).rejects.toThrow('no such job');
        expect(idsOf(store)).toEqual([1]);
        expect((await store.add(made())).id).toBeGreaterThan(1);
        expect(idsOf(store)).toHaveLength(2);
      });
    });

    describe('a job that is replaced', () => {
      test('is another at once, in the same place', async () => {
        const store = open([seeded(3), seeded(2), seeded(1)]);
        const replacement = { ...seeded(2), cancelRequestedAt: CREATED_AT };
        const replacing = store.replace(replacement);
        expect(store.get(2)).toEqual(replacement);
        expect([...store.newestFirst()]).toEqual([seeded(3), replacement, seeded(1)]);
        await replacing;
        expect([...store.newestFirst()]).toEqual([seeded(3), replacement, seeded(1)]);
      });

      test('takes its place anew when its time is another', async () => {
        const store = open([seeded(1), seeded(2, 5), seeded(3, 9)]);
        await store.replace(seeded(1, 7));
        expect(idsOf(store)).toEqual([3, 1, 2]);
        expect(store.get(1)).toEqual(seeded(1, 7));
      });

      test('is not kept without one to take the place of, and harms no other', async () => {
        const store = open([seeded(1), seeded(3, 9)]);
        await store.replace(seeded(2, 5));
        expect(store.get(2)).toBeUndefined();
        expect(idsOf(store)).toEqual([3, 1]);
      });

      test('leaves what was read before as it was', async () => {
        const store = open([seeded(1)]);
        const before = store.get(1);
        await store.replace({ ...seeded(1), cancelRequestedAt: CREATED_AT });
        expect(before).toEqual(seeded(1));
      });
    });

    describe('the jobs that were asked to cancel', () => {
      const idsOfCancelled = (store: JobStore) => [...store.cancelled()].map(({ id }) => id);

      test('are told in the order in which they were asked, until they are removed', async () => {
        const store = open([seeded(1), seeded(2), seeded(3)]);
        expect(idsOfCancelled(store)).toEqual([]);
        await store.replace(asked(3));
        await store.replace(asked(1));
        expect(idsOfCancelled(store)).toEqual([3, 1]);
        await store.remove(3);
        expect([...store.cancelled()]).toEqual([asked(1)]);
        await store.replace(seeded(1));
        expect(idsOfCancelled(store)).toEqual([]);
      });

      test('are known from the seed', () => {
        expect(idsOfCancelled(open([seeded(1), asked(2)]))).toEqual([2]);
      });
    });

    describe('a job that is removed', () => {
      test('is gone at once, and no other', async () => {
        const store = open([seeded(3), seeded(2), seeded(1)]);
        const removing = store.remove(2);
        expect(store.get(2)).toBeUndefined();
        expect(idsOf(store)).toEqual([3, 1]);
        await removing;
        expect([store.get(3), store.get(1)]).toEqual([seeded(3), seeded(1)]);
      });

      test('can be removed again, or never have been there', async () => {
        const store = open([seeded(2), seeded(1)]);
        await store.remove(2);
        await store.remove(2);
        await store.remove(77);
        expect(idsOf(store)).toEqual([1]);
      });
    });

    describe('a reset', () => {
      test('takes everything back to a seed, which may be another, ids included', async () => {
        const store = open([seeded(5), seeded(9)]);
        await store.add(made());
        await store.replace({ ...seeded(5), cancelRequestedAt: CREATED_AT });
        await store.remove(9);
        await store.reset(() => [seeded(3), seeded(2)]);
        expect([...store.newestFirst()]).toEqual([seeded(3), seeded(2)]);
        expect([...store.cancelled()]).toEqual([]);
        expect(store.get(5)).toBeUndefined();
        expect((await store.add(made())).id).toBe(4);
      });

      test('of a store that nothing was done to is none', async () => {
        const store = open([seeded(5)]);
        await store.reset(() => [seeded(5)]);
        expect(idsOf(store)).toEqual([5]);
        expect((await store.add(made())).id).toBe(6);
      });

      test('overtakes what was asked for before it, which counts as made', async () => {
        const store = open([seeded(5)]);
        const changes = [
          store.add(made()),
          store.remove(5),
          store.reset(() => [seeded(7)]),
          store.add(made()),
        ];
        await Promise.all(changes);
        expect(idsOf(store)).toEqual([7]);
        await store.reset(() => []);
        await store.reset(() => [seeded(1)]);
        expect(idsOf(store)).toEqual([1]);
      });
    });

    describe('what is kept', () => {
      test('is told as it is at that moment, the oldest first', () => {
        const store = open([seeded(5, 9), seeded(9), seeded(7)]);
        const adding = store.add(made(5));
        const kept = store.kept();
        expect(kept).toEqual({ jobs: [seeded(7), seeded(9), made(5)(10), seeded(5, 9)], lastId: 10 });
        return adding;
      });

      test('stays as it was told, whatever is done then', async () => {
        const store = open([seeded(5), seeded(6)]);
        const kept = store.kept();
        const before = structuredClone(kept);
        await store.add(made());
        await store.replace(asked(5));
        await store.remove(6);
        await store.restore({ jobs: [], lastId: 0 });
        expect(kept).toEqual(before);
      });
    });

    describe('a restore', () => {
      test('takes everything back to what was kept: jobs, cancels, and ids', async () => {
        const store = open([seeded(5), asked(9, 1), asked(200)]);
        const kept = store.kept();
        await store.add(made());
        await store.remove(9);
        await store.remove(201);
        await store.replace(asked(5));
        await store.replace(seeded(200));
        await store.restore(kept);
        expect(store.kept()).toEqual(kept);
        expect([...store.newestFirst()]).toEqual([asked(200), asked(9, 1), seeded(5)]);
        expect([...store.cancelled()].map(({ id }) => id)).toEqual([200, 9]);
        expect(store.get(201)).toBeUndefined();
        expect((await store.add(made())).id).toBe(201);
      });

      test('takes the last id back to a lower one, and up to a higher one', async () => {
        const store = open([seeded(5)]);
        await store.add(made());
        await store.remove(6);
        await store.restore({ jobs: [seeded(3)], lastId: 4 });
        expect((await store.add(made())).id).toBe(5);
        await store.restore({ jobs: [], lastId: 0 });
        expect((await store.add(made())).id).toBe(1);
        await store.restore({ jobs: [seeded(3)], lastId: 1000 });
        expect((await store.add(made())).id).toBe(1001);
      });

      test('of another store makes both the same, and leaves what was handed over as it was', async () => {
        const jobs = Object.freeze([seeded(8, 3), seeded(1), asked(700)]);
        const [one, other] = [open(jobs), open([seeded(2)])];
        await other.restore({ jobs, lastId: 900 });
        expect(other.kept().jobs).toEqual(one.kept().jobs);
        await one.restore(other.kept());
        expect(one.kept()).toEqual(other.kept());
        await one.add(made());
        expect(jobs).toEqual([seeded(8, 3), seeded(1), asked(700)]);
        expect(other.kept().lastId).toBe(900);
      });

      test('may be done again and again', async () => {
        const store = open([seeded(1), seeded(70)]);
        const kept = [store.kept()];
        await store.remove(1);
        kept.push(store.kept());
        await store.add(made());
        kept.push(store.kept());
        for (const which of [0, 2, 1, 1, 0, 2, 0]) {
          const wanted = kept[which] as KeptState;
          await store.restore(wanted);
          expect(store.kept()).toEqual(wanted);
          await store.replace(asked(70));
          await store.add(made());
        }
      });

      test('calls at the moment from which it holds', async () => {
        const store = open([seeded(5)]);
        let seen: number[] | undefined;
        const restoring = store.restore({ jobs: [seeded(7)], lastId: 7 }, () => (seen = idsOf(store)));
        expect(seen).toBeUndefined();
        await restoring;
        expect(seen).toEqual([7]);
      });

      test('overtakes what was not stored before it, which counts as made, and goes in turn with others', async () => {
        const store = open([seeded(5)]);
        await Promise.all([
          store.add(made()),
          store.restore({ jobs: [seeded(7)], lastId: 7 }),
          store.replace(asked(5)),
          store.reset(() => [seeded(8)]),
          store.restore({ jobs: [seeded(9)], lastId: 9 }),
          store.add(made()),
        ]);
        expect(store.kept()).toEqual({ jobs: [seeded(9)], lastId: 9 });
      });
    });

    describe('settings', () => {
      test('are nothing at first, and then what was kept last, at once', async () => {
        const store = openStore([seeded(5)]);
        expect(store.settings).toBeUndefined();
        const keeping = [store.keepSettings({ clock: 1 }), store.keepSettings({ clock: 2 })];
        expect(store.settings).toEqual({ clock: 2 });
        await Promise.all(keeping);
        expect(store.settings).toEqual({ clock: 2 });
        expect(idsOf(store.jobs)).toEqual([5]);
      });

      test('stay as they are whatever is done to jobs, and are gone with a reset', async () => {
        const store = openStore([seeded(5)]);
        await store.keepSettings({ clock: 1 });
        await store.jobs.add(made());
        await store.jobs.remove(5);
        await store.jobs.restore({ jobs: [seeded(7)], lastId: 7 });
        expect(store.settings).toEqual({ clock: 1 });
        await store.jobs.reset(() => []);
        expect(store.settings).toBeUndefined();
      });

      test('are taken along by a restore that has some, which overtakes others', async () => {
        const store = openStore([]);
        await store.keepSettings({ clock: 1 });
        const taken: unknown[] = [];
        await Promise.all([
          store.keepSettings({ clock: 2 }),
          store.jobs.restore({ jobs: [], lastId: 0, settings: { clock: 3 } }, () =>
            taken.push(store.settings),
          ),
          store.keepSettings({ clock: 4 }),
        ]);
        expect(taken).toEqual([{ clock: 3 }]);
        expect(store.settings).toEqual({ clock: 3 });
      });

      test('are not overtaken by a restore that has none', async () => {
        const store = openStore([]);
        await Promise.all([
          store.keepSettings({ clock: 1 }),
          store.jobs.restore({ jobs: [], lastId: 0 }),
          store.keepSettings({ clock: 2 }),
        ]);
        expect(store.settings).toEqual({ clock: 2 });
      });
    });

    describe('a store that was removed', () => {
      test('holds nothing, and refuses what is to be kept', async () => {
        const store = openStore([seeded(5)]);
        await store.jobs.add(made());
        await store.keepSettings({ clock: 1 });
        await Promise.all([store.jobs.add(made()), store.remove(), store.jobs.remove(5)]);
        const kept = { jobs: [], lastId: 0 };
        expect(store.jobs.kept()).toEqual(kept);
        expect(store.settings).toBeUndefined();
        const refused = [
          store.jobs.add(made()),
          store.keepSettings({ clock: 2 }),
          store.jobs.reset(() => [seeded(5)]),
          store.jobs.restore({ jobs: [seeded(5)], lastId: 5 }),
        ];
        for (const change of refused) await expect(change).rejects.toThrow('the sandbox was removed');
        expect(store.jobs.kept().jobs).toEqual([]);
        expect(store.settings).toBeUndefined();
      });

      test('can be removed again, and without anything having been kept', async () => {
        const store = openStore([seeded(5)]);
        await Promise.all([store.remove(), store.remove()]);
        await store.remove();
        expect(idsOf(store.jobs)).toEqual([]);
      });
    });

    test('whatever is done to it, it holds what an array would that is sorted each time', async () => {
      await fc.assert(
        fc.asyncProperty(
          seeds,
          fc.array(changes, { maxLength: 30 }),
          fc.array(cursors),
          async (seed, done, asked) => {
            const store = open(seed);
            const model = new Model(seed, store);
            for (const change of done) {
              await model.change(change);
              expect([...store.newestFirst()]).toEqual(model.newestFirst());
            }
            for (const job of model.everHeld) expect(store.get(job.id)).toEqual(model.get(job.id));
            for (const cursor of [...asked, ...model.everHeld]) {
              expect([...store.newestFirst(cursor)]).toEqual(model.newestFirst(cursor));
            }
          },
        ),
      );
    });

    test('two stores know nothing of each other', async () => {
      const seed = [seeded(1)];
      const [mine, yours] = [open(seed), open(seed)];
      await mine.add(made());
      await mine.remove(1);
      expect(idsOf(mine)).toEqual([2]);
      expect(idsOf(yours)).toEqual([1]);
      expect((await yours.add(made())).id).toBe(2);
    });
  });
}

/** Few different times, so that many jobs share one. */
const times = fc.integer({ min: -2, max: 2 });
const seeds = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 30 }), times), { selector: ([id]) => id, maxLength: 6 })
  .map((jobs) => jobs.map(([id, after]) => seeded(id, after)));
const cursors = fc.tuple(times, fc.nat(40)).map(([after, id]) => at(after, id));

/** The numbers count through the jobs that were ever held, so that one may be gone, or through the states before. */
type Change =
  { add: number } | { replace: number; cancelRequestedAt: number } | { remove: number } | { restore: number };
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: times }) },
  { weight: 1, arbitrary: fc.record({ replace: fc.nat(), cancelRequestedAt: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ restore: fc.nat() }) },
);

/** A store as simple as can be, beside one that is to do the same: an array, sorted each time. */
class Model {
  readonly everHeld: JobFacts[];
  readonly #before: { jobs: JobFacts[]; lastId: number; kept: KeptState }[] = [];
  #jobs: JobFacts[];
  #lastId: number;

  constructor(
    seed: readonly JobFacts[],
    private readonly store: JobStore,
  ) {
    this.everHeld = [...seed];
    this.#jobs = [...seed];
    this.#lastId = Math.max(0, ...seed.map(({ id }) => id));
  }

  get(id: number): JobFacts | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  newestFirst(after: Cursor = { creationTime: Infinity, id: Infinity }): JobFacts[] {
    return [...this.#jobs]
      .sort((a, b) => b.creationTime - a.creationTime || b.id - a.id)
      .filter(
        ({ creationTime, id }) =>
          creationTime < after.creationTime || (creationTime === after.creationTime && id < after.id),
      );
  }

  /** Changes this and the store alike. */
  async change(change: Change): Promise<void> {
    const { store } = this;
    this.#before.push({ jobs: [...this.#jobs], lastId: this.#lastId, kept: store.kept() });
    if ('add' in change) {
      const job = made(change.add)(++this.#lastId);
      expect(await store.add(made(change.add))).toEqual(job);
      this.everHeld.push(job);
      this.#jobs.push(job);
    } else if ('remove' in change) {
      const id = this.everHeld[change.remove % this.everHeld.length]?.id ?? 1;
      await store.remove(id);
      this.#jobs = this.#jobs.filter((job) => job.id !== id);
    } else if ('restore' in change) {
      const before = this.#before[change.restore % this.#before.length];
      if (!before) return;
      await store.restore(before.kept);
      this.#jobs = [...before.jobs];
      this.#lastId = before.lastId;
    } else {
      const job = this.#jobs[change.replace % this.#jobs.length];
      if (!job) return;
      const replacement = { ...job, cancelRequestedAt: change.cancelRequestedAt };
      await store.replace(replacement);
      this.#jobs[this.#jobs.indexOf(job)] = replacement;
    }
  }
}
