import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { JobFacts } from '../../server/domain/export-job.js';
import type { JobStore } from '../../server/domain/job-store.js';
import type { Cursor } from '../../server/domain/paging.js';
import { CREATED_AT, recorded, timedJob } from '../support/job-facts.js';

/** Opens a new store that holds the jobs of a seed. */
type OpenStore = (seed: readonly JobFacts[]) => JobStore | Promise<JobStore>;

/** A job of a seed, created that many milliseconds after CREATED_AT. */
const seeded = (id: number, after = 0) => recorded({ id, creationTime: CREATED_AT + after });
/** Makes a job for `add`, created that many milliseconds after CREATED_AT. */
const made =
  (after = 0) =>
  (id: number) =>
    timedJob({ id, creationTime: CREATED_AT + after });
const at = (after: number, id: number): Cursor => ({ creationTime: CREATED_AT + after, id });
const idsOf = (store: JobStore, after?: Cursor) => [...store.newestFirst(after)].map(({ id }) => id);

/** What every store must do, whatever it keeps jobs in. */
export function describeJobStore(name: string, open: OpenStore): void {
  describe(name, () => {
    describe('a store that was opened with a seed', () => {
      test('holds its jobs, newest first, whatever their order there', async () => {
        const [oldest, middle, newest] = [seeded(9, -5), seeded(7), seeded(8, 5)];
        for (const seed of [
          [oldest, middle, newest],
          [newest, oldest, middle],
          [middle, newest, oldest],
        ]) {
          const store = await open(seed);
          expect([...store.newestFirst()]).toEqual([newest, middle, oldest]);
          expect(store.get(9)).toEqual(oldest);
        }
      });

      test('holds nothing else', async () => {
        const store = await open([seeded(7)]);
        expect([0, 1, 6, 8, -7, 7.5, NaN].map((id) => store.get(id))).toEqual(Array(7).fill(undefined));
        expect(idsOf(await open([]))).toEqual([]);
      });

      test('leaves the seed as it was handed over', async () => {
        const seed = Object.freeze([seeded(1), seeded(3, 9), seeded(2, 5)]);
        const before = structuredClone(seed);
        const store = await open(seed);
        await store.add(made(7));
        await store.replace({ ...seeded(1), cancelRequestedAt: CREATED_AT });
        await store.remove(3);
        expect(seed).toEqual(before);
        expect(idsOf(await open(seed))).toEqual([3, 2, 1]);
      });
    });

    describe('an id', () => {
      test('counts up from 1 in a store that began empty', async () => {
        const store = await open([]);
        const jobs = [await store.add(made()), await store.add(made()), await store.add(made())];
        expect(jobs.map(({ id }) => id)).toEqual([1, 2, 3]);
      });

      test('counts up from the highest of the seed, wherever it stands there', async () => {
        const store = await open([seeded(5, 9), seeded(900, 1), seeded(7, 5)]);
        expect((await store.add(made())).id).toBe(901);
      });

      test('is never used again, whatever is removed', async () => {
        const store = await open([seeded(40), seeded(41)]);
        await store.remove(41);
        expect((await store.add(made())).id).toBe(42);
        await store.remove(42);
        expect((await store.add(made())).id).toBe(43);
        for (const id of idsOf(store)) await store.remove(id);
        expect((await store.add(made())).id).toBe(44);
      });

      test('is given once, however many jobs are added at a time', async () => {
        const store = await open([]);
        const jobs = await Promise.all(Array.from({ length: 50 }, () => store.add(made())));
        expect(jobs.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
      });

      test('may be the largest that is exact', async () => {
        const store = await open([seeded(Number.MAX_SAFE_INTEGER - 1)]);
        expect((await store.add(made())).id).toBe(Number.MAX_SAFE_INTEGER);
        expect(store.get(Number.MAX_SAFE_INTEGER)).toBeDefined();
      });
    });

    describe('the order', () => {
      test('is by creation time, and by id where that is the same', async () => {
        const store = await open([seeded(4), seeded(2), seeded(9, -1), seeded(3), seeded(1, 1)]);
        expect(idsOf(store)).toEqual([1, 4, 3, 2, 9]);
      });

      test('of jobs that are added at one time is by their ids', async () => {
        const store = await open([]);
        for (let count = 0; count < 3; count++) await store.add(made());
        expect(idsOf(store)).toEqual([3, 2, 1]);
      });

      test('holds for a job that is added after the clock was turned back', async () => {
        const store = await open([seeded(1, 10), seeded(2, 20), seeded(3, 30)]);
        await store.add(made(20));
        await store.add(made(-1));
        await store.add(made(40));
        expect(idsOf(store)).toEqual([6, 3, 4, 2, 1, 5]);
      });

      test('is by the numbers, and not by their digits', async () => {
        const jobs = [recorded({ id: 2, creationTime: 900 }), recorded({ id: 10, creationTime: 1000 })];
        const tied = [recorded({ id: 9, creationTime: 900 }), recorded({ id: 100, creationTime: 900 })];
        expect(idsOf(await open([...jobs, ...tied]))).toEqual([10, 100, 9, 2]);
      });

      test('is told anew each time', async () => {
        const store = await open([seeded(1)]);
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
      ])('there are the jobs strictly after it: %s', async (_where, cursor, ids) => {
        expect(idsOf(await open(seed), cursor)).toEqual(ids);
      });

      test.each([5, 4, 3, 2, 1])('there are the same jobs when its own, %i, is gone', async (id) => {
        const store = await open(seed);
        const cursor = store.get(id);
        const before = idsOf(store, cursor);
        await store.remove(id);
        expect(idsOf(store, cursor)).toEqual(before);
      });

      test('there is nothing in an empty store', async () => {
        expect(idsOf(await open([]), at(0, 1))).toEqual([]);
      });
    });

    describe('a job that is added', () => {
      test('is handed back as it was made, and can be had at once', async () => {
        const store = await open([]);
        const adding = store.add(made(3));
        expect(store.get(1)).toEqual(made(3)(1));
        expect(idsOf(store)).toEqual([1]);
        expect(await adding).toEqual(made(3)(1));
      });

      test('leaves no trace when it can not be made', async () => {
        const store = await open([seeded(1)]);
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
        const store = await open([seeded(3), seeded(2), seeded(1)]);
        const replacement = { ...seeded(2), cancelRequestedAt: CREATED_AT };
        const replacing = store.replace(replacement);
        expect(store.get(2)).toEqual(replacement);
        expect([...store.newestFirst()]).toEqual([seeded(3), replacement, seeded(1)]);
        await replacing;
        expect([...store.newestFirst()]).toEqual([seeded(3), replacement, seeded(1)]);
      });

      test('takes its place anew when its time is another', async () => {
        const store = await open([seeded(1), seeded(2, 5), seeded(3, 9)]);
        await store.replace(seeded(1, 7));
        expect(idsOf(store)).toEqual([3, 1, 2]);
        expect(store.get(1)).toEqual(seeded(1, 7));
      });

      test('is not kept without one to take the place of, and harms no other', async () => {
        const store = await open([seeded(1), seeded(3, 9)]);
        await store.replace(seeded(2, 5));
        expect(store.get(2)).toBeUndefined();
        expect(idsOf(store)).toEqual([3, 1]);
      });

      test('leaves what was read before as it was', async () => {
        const store = await open([seeded(1)]);
        const before = store.get(1);
        await store.replace({ ...seeded(1), cancelRequestedAt: CREATED_AT });
        expect(before).toEqual(seeded(1));
      });
    });

    describe('the jobs that were asked to cancel', () => {
      const asked = (id: number) => ({ ...seeded(id), cancelRequestedAt: CREATED_AT });
      const idsOfCancelled = (store: JobStore) => [...store.cancelled()].map(({ id }) => id);

      test('are told in the order in which they were asked, until they are removed', async () => {
        const store = await open([seeded(1), seeded(2), seeded(3)]);
        expect(idsOfCancelled(store)).toEqual([]);
        await store.replace(asked(3));
        await store.replace(asked(1));
        expect(idsOfCancelled(store)).toEqual([3, 1]);
        await store.remove(3);
        expect([...store.cancelled()]).toEqual([asked(1)]);
        await store.replace(seeded(1));
        expect(idsOfCancelled(store)).toEqual([]);
      });

      test('are known from the seed', async () => {
        expect(idsOfCancelled(await open([seeded(1), asked(2)]))).toEqual([2]);
      });
    });

    describe('a job that is removed', () => {
      test('is gone at once, and no other', async () => {
        const store = await open([seeded(3), seeded(2), seeded(1)]);
        const removing = store.remove(2);
        expect(store.get(2)).toBeUndefined();
        expect(idsOf(store)).toEqual([3, 1]);
        await removing;
        expect([store.get(3), store.get(1)]).toEqual([seeded(3), seeded(1)]);
      });

      test('can be removed again, or never have been there', async () => {
        const store = await open([seeded(2), seeded(1)]);
        await store.remove(2);
        await store.remove(2);
        await store.remove(77);
        expect(idsOf(store)).toEqual([1]);
      });
    });

    describe('a reset', () => {
      test('takes everything back to a seed, which may be another, ids included', async () => {
        const store = await open([seeded(5), seeded(9)]);
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
        const store = await open([seeded(5)]);
        await store.reset(() => [seeded(5)]);
        expect(idsOf(store)).toEqual([5]);
        expect((await store.add(made())).id).toBe(6);
      });

      test('overtakes what was asked for before it, which counts as made', async () => {
        const store = await open([seeded(5)]);
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

    test('whatever is done to it, it holds what an array would that is sorted each time', async () => {
      await fc.assert(
        fc.asyncProperty(
          seeds,
          fc.array(changes, { maxLength: 30 }),
          fc.array(cursors),
          async (seed, done, asked) => {
            const store = await open(seed);
            const model = new Model(seed);
            for (const change of done) {
              await model.change(change, store);
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
      const [mine, yours] = [await open(seed), await open(seed)];
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

/** `nth` counts through the jobs that were ever held, so that it may name one that is gone. */
type Change = { add: number } | { replace: number; cancelRequestedAt: number } | { remove: number };
const changes: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: times }) },
  { weight: 1, arbitrary: fc.record({ replace: fc.nat(), cancelRequestedAt: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ remove: fc.nat() }) },
);

/** A store as simple as can be: an array, sorted each time. */
class Model {
  readonly everHeld: JobFacts[];
  #jobs: JobFacts[];

  constructor(seed: readonly JobFacts[]) {
    this.everHeld = [...seed];
    this.#jobs = [...seed];
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

  /** Changes this and a store alike. */
  async change(change: Change, store: JobStore): Promise<void> {
    if ('add' in change) {
      const job = made(change.add)(Math.max(0, ...this.everHeld.map(({ id }) => id)) + 1);
      expect(await store.add(made(change.add))).toEqual(job);
      this.everHeld.push(job);
      this.#jobs.push(job);
    } else if ('remove' in change) {
      const id = this.everHeld[change.remove % this.everHeld.length]?.id ?? 1;
      await store.remove(id);
      this.#jobs = this.#jobs.filter((job) => job.id !== id);
    } else {
      const job = this.#jobs[change.replace % this.#jobs.length];
      if (!job) return;
      const replacement = { ...job, cancelRequestedAt: change.cancelRequestedAt };
      await store.replace(replacement);
      this.#jobs[this.#jobs.indexOf(job)] = replacement;
    }
  }
}
