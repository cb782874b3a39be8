import { describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import type { Jobs, StoredJob } from '../../server/apis/segmentation/stored-job.js';
import type { Position } from '../../server/storage/records.js';
import type { SandboxState } from '../../server/storage/sandbox-files.js';
import type { SandboxStore } from '../../server/storage/sandbox-store.js';
import { CREATED_AT, simulatedJob, staticJob } from '../support/job-facts.js';
import { getJobs, jobsIn, jobsState } from '../support/sandbox-stores.js';

/** Opens a new store that begins with the jobs of a seed. */
type OpenStore = (seed: () => readonly StoredJob[]) => SandboxStore;

/** A job of a seed, created that many milliseconds after CREATED_AT. */
const seeded = (id: number, after = 0) => staticJob({ id, creationTime: CREATED_AT + after });
/** Makes a job for `add`, created that many milliseconds after CREATED_AT. */
const made =
  (after = 0) =>
  (id: number) =>
    simulatedJob({ id, creationTime: CREATED_AT + after });
const at = (after: number, id: number) => ({ sortKey: CREATED_AT + after, id });
const asked = (id: number, after = 0) => ({ ...seeded(id), cancelRequestedAt: CREATED_AT + after });
const getIds = (jobs: Jobs, after?: Position) => [...jobs.newestFirst(after)].map(({ id }) => id);

/** What every store must do, whatever it keeps jobs in. */
export function describeSandboxStore(name: string, createStore: OpenStore): void {
  const setSeed = new WeakMap<SandboxStore, (seed: readonly StoredJob[]) => void>();
  const openStore = (first: readonly StoredJob[]) => {
    let seed = first;
    const store = createStore(() => seed);
    setSeed.set(store, (other) => (seed = other));
    return store;
  };
  const open = (seed: readonly StoredJob[]) => jobsIn(openStore(seed));
  /** Resets to another seed than the store began with. */
  const resetTo = (store: SandboxStore, seed: readonly StoredJob[]) => {
    setSeed.get(store)?.(seed);
    return store.reset();
  };

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
        expect(getIds(open([]))).toEqual([]);
      });

      test('leaves the seed as it was handed over', async () => {
        const seed = Object.freeze([seeded(1), seeded(3, 9), seeded(2, 5)]);
        const before = structuredClone(seed);
        const store = open(seed);
        await store.add(made(7));
        await store.replace({ ...seeded(1), cancelRequestedAt: CREATED_AT });
        await store.remove(3);
        expect(seed).toEqual(before);
        expect(getIds(open(seed))).toEqual([3, 2, 1]);
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
        for (const id of getIds(store)) await store.remove(id);
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
        expect(getIds(store)).toEqual([1, 4, 3, 2, 9]);
      });

      test('of jobs that are added at one time is by their ids', async () => {
        const store = open([]);
        for (let count = 0; count < 3; count++) await store.add(made());
        expect(getIds(store)).toEqual([3, 2, 1]);
      });

      test('holds for a job that is added after the clock was turned back', async () => {
        const store = open([seeded(1, 10), seeded(2, 20), seeded(3, 30)]);
        await store.add(made(20));
        await store.add(made(-1));
        await store.add(made(40));
        expect(getIds(store)).toEqual([6, 3, 4, 2, 1, 5]);
      });

      test('is by the numbers, and not by their digits', () => {
        const jobs = [staticJob({ id: 2, creationTime: 900 }), staticJob({ id: 10, creationTime: 1000 })];
        const tied = [staticJob({ id: 9, creationTime: 900 }), staticJob({ id: 100, creationTime: 900 })];
        expect(getIds(open([...jobs, ...tied]))).toEqual([10, 100, 9, 2]);
      });

      test('is told anew each time', async () => {
        const store = open([seeded(1)]);
        const list = store.newestFirst();
        expect([...list].map(({ id }) => id)).toEqual([1]);
        await store.add(made());
        expect(getIds(store)).toEqual([2, 1]);
        expect(getIds(store)).toEqual([2, 1]);
      });
    });

    describe('from a cursor', () => {
      const seed = [seeded(5, 2), seeded(4, 1), seeded(3, 1), seeded(2, 1), seeded(1)];

      test.each<[where: string, cursor: Position, ids: number[]]>([
        ['the first job', at(2, 5), [4, 3, 2, 1]],
        ['a job among ties', at(1, 3), [2, 1]],
        ['the last of ties', at(1, 2), [1]],
        ['the last job', at(0, 1), []],
        ['a place before all', at(3, 1), [5, 4, 3, 2, 1]],
        ['a place after all', at(-1, 9), []],
        ['the beginning of time', { sortKey: 0, id: 0 }, []],
        ['a place between two times', { sortKey: CREATED_AT + 1.5, id: 1 }, [4, 3, 2, 1]],
        ['a higher id than that of any tie', at(1, 9), [4, 3, 2, 1]],
        ['a lower id than that of any tie', at(1, 1), [1]],
        ['an id of another time', at(2, 4), [4, 3, 2, 1]],
      ])('there are the jobs strictly after it: %s', (_where, cursor, ids) => {
        expect(getIds(open(seed), cursor)).toEqual(ids);
      });

      test.each([5, 4, 3, 2, 1])('there are the same jobs when its own, %i, is gone', async (id) => {
        const store = open(seed);
        const cursor = at((store.get(id)?.creationTime ?? 0) - CREATED_AT, id);
        const before = getIds(store, cursor);
        await store.remove(id);
        expect(getIds(store, cursor)).toEqual(before);
      });

      test('there is nothing in an empty store', () => {
        expect(getIds(open([]), at(0, 1))).toEqual([]);
      });
    });

    describe('a job that is added', () => {
      test('is handed back as it was made, and can be had at once', async () => {
        const store = open([]);
        const adding = store.add(made(3));
        expect(store.get(1)).toEqual(made(3)(1));
        expect(getIds(store)).toEqual([1]);
        expect(await adding).toEqual(made(3)(1));
      });

      test('leaves no trace when it cannot be made', async () => {
        const store = open([seeded(1)]);
        const adding = store.add(() => {
          throw new Error('no such job');
        });
        await expect(adding).rejects.toThrow('no such job');
        expect(getIds(store)).toEqual([1]);
        expect((await store.add(made())).id).toBeGreaterThan(1);
        expect(getIds(store)).toHaveLength(2);
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
        expect(getIds(store)).toEqual([3, 1, 2]);
        expect(store.get(1)).toEqual(seeded(1, 7));
      });

      test('is not kept without one to take the place of, and harms no other', async () => {
        const store = open([seeded(1), seeded(3, 9)]);
        await store.replace(seeded(2, 5));
        expect(store.get(2)).toBeUndefined();
        expect(getIds(store)).toEqual([3, 1]);
      });

      test('leaves what was read before as it was', async () => {
        const store = open([seeded(1)]);
        const before = store.get(1);
        await store.replace({ ...seeded(1), cancelRequestedAt: CREATED_AT });
        expect(before).toEqual(seeded(1));
      });
    });

    describe('the jobs that were asked to cancel', () => {
      const getMarkedIds = (store: Jobs) => [...store.marked()].map(({ id }) => id);

      test('are told in the order in which they were asked, until they are removed', async () => {
        const store = open([seeded(1), seeded(2), seeded(3)]);
        expect(getMarkedIds(store)).toEqual([]);
        await store.replace(asked(3));
        await store.replace(asked(1));
        expect(getMarkedIds(store)).toEqual([3, 1]);
        await store.remove(3);
        expect([...store.marked()]).toEqual([asked(1)]);
        await store.replace(seeded(1));
        expect(getMarkedIds(store)).toEqual([]);
      });

      test('are known from the seed', () => {
        expect(getMarkedIds(open([seeded(1), asked(2)]))).toEqual([2]);
      });
    });

    describe('a job that is removed', () => {
      test('is gone at once, and no other', async () => {
        const store = open([seeded(3), seeded(2), seeded(1)]);
        const removing = store.remove(2);
        expect(store.get(2)).toBeUndefined();
        expect(getIds(store)).toEqual([3, 1]);
        await removing;
        expect([store.get(3), store.get(1)]).toEqual([seeded(3), seeded(1)]);
      });

      test('can be removed again, or never have been there', async () => {
        const store = open([seeded(2), seeded(1)]);
        await store.remove(2);
        await store.remove(2);
        await store.remove(77);
        expect(getIds(store)).toEqual([1]);
      });
    });

    describe('a reset', () => {
      test('takes everything back to a seed, which may be another, ids included', async () => {
        const store = openStore([seeded(5), seeded(9)]);
        await jobsIn(store).add(made());
        await jobsIn(store).replace({ ...seeded(5), cancelRequestedAt: CREATED_AT });
        await jobsIn(store).remove(9);
        await resetTo(store, [seeded(3), seeded(2)]);
        expect([...jobsIn(store).newestFirst()]).toEqual([seeded(3), seeded(2)]);
        expect([...jobsIn(store).marked()]).toEqual([]);
        expect(jobsIn(store).get(5)).toBeUndefined();
        expect((await jobsIn(store).add(made())).id).toBe(4);
      });

      test('of a store that nothing was done to is none', async () => {
        const store = openStore([seeded(5)]);
        await resetTo(store, [seeded(5)]);
        expect(getIds(jobsIn(store))).toEqual([5]);
        expect((await jobsIn(store).add(made())).id).toBe(6);
      });

      test('overtakes what was asked for before it, which counts as made', async () => {
        const store = openStore([seeded(5)]);
        const changes = [
          jobsIn(store).add(made()),
          jobsIn(store).remove(5),
          resetTo(store, [seeded(7)]),
          jobsIn(store).add(made()),
        ];
        await Promise.all(changes);
        expect(getIds(jobsIn(store))).toEqual([7]);
        await resetTo(store, []);
        await resetTo(store, [seeded(1)]);
        expect(getIds(jobsIn(store))).toEqual([1]);
      });
    });

    describe('what is kept', () => {
      test('is told as it is at that moment, the oldest first', () => {
        const store = openStore([seeded(5, 9), seeded(9), seeded(7)]);
        const adding = jobsIn(store).add(made(5));
        const kept = store.getState();
        expect(kept).toEqual(jobsState([seeded(7), seeded(9), made(5)(10), seeded(5, 9)], 10));
        return adding;
      });

      test('stays as it was told, whatever is done then', async () => {
        const store = openStore([seeded(5), seeded(6)]);
        const kept = store.getState();
        const before = structuredClone(kept);
        await jobsIn(store).add(made());
        await jobsIn(store).replace(asked(5));
        await jobsIn(store).remove(6);
        await store.replace(jobsState([], 0));
        expect(kept).toEqual(before);
      });
    });

    describe('a restore', () => {
      test('takes everything back to what was kept: jobs, cancels, and ids', async () => {
        const store = openStore([seeded(5), asked(9, 1), asked(200)]);
        const kept = store.getState();
        await jobsIn(store).add(made());
        await jobsIn(store).remove(9);
        await jobsIn(store).remove(201);
        await jobsIn(store).replace(asked(5));
        await jobsIn(store).replace(seeded(200));
        await store.replace(kept);
        expect(store.getState()).toEqual(kept);
        expect([...jobsIn(store).newestFirst()]).toEqual([asked(200), asked(9, 1), seeded(5)]);
        expect([...jobsIn(store).marked()].map(({ id }) => id)).toEqual([200, 9]);
        expect(jobsIn(store).get(201)).toBeUndefined();
        expect((await jobsIn(store).add(made())).id).toBe(201);
      });

      test('takes the last id back to a lower one, and up to a higher one', async () => {
        const store = openStore([seeded(5)]);
        await jobsIn(store).add(made());
        await jobsIn(store).remove(6);
        await store.replace(jobsState([seeded(3)], 4));
        expect((await jobsIn(store).add(made())).id).toBe(5);
        await store.replace(jobsState([], 0));
        expect((await jobsIn(store).add(made())).id).toBe(1);
        await store.replace(jobsState([seeded(3)], 1000));
        expect((await jobsIn(store).add(made())).id).toBe(1001);
      });

      test('of another store makes both the same, and leaves what was handed over as it was', async () => {
        const jobs = Object.freeze([seeded(8, 3), seeded(1), asked(700)]);
        const [one, other] = [openStore(jobs), openStore([seeded(2)])];
        await other.replace(jobsState(jobs, 900));
        expect(getJobs(other).records).toEqual(getJobs(one).records);
        await one.replace(other.getState());
        expect(one.getState()).toEqual(other.getState());
        await jobsIn(one).add(made());
        expect(jobs).toEqual([seeded(8, 3), seeded(1), asked(700)]);
        expect(getJobs(other).lastId).toBe(900);
      });

      test('may be done again and again', async () => {
        const store = openStore([seeded(1), seeded(70)]);
        const kept = [store.getState()];
        await jobsIn(store).remove(1);
        kept.push(store.getState());
        await jobsIn(store).add(made());
        kept.push(store.getState());
        for (const which of [0, 2, 1, 1, 0, 2, 0]) {
          const wanted = kept[which] as SandboxState;
          await store.replace(wanted);
          expect(store.getState()).toEqual(wanted);
          await jobsIn(store).replace(asked(70));
          await jobsIn(store).add(made());
        }
      });

      test('calls at the moment from which it holds', async () => {
        const store = openStore([seeded(5)]);
        let seen: number[] | undefined;
        const restoring = store.replace(jobsState([seeded(7)], 7), () => (seen = getIds(jobsIn(store))));
        expect(seen).toBeUndefined();
        await restoring;
        expect(seen).toEqual([7]);
      });

      test('overtakes what was not stored before it, which counts as made, and goes in turn with others', async () => {
        const store = openStore([seeded(5)]);
        await Promise.all([
          jobsIn(store).add(made()),
          store.replace(jobsState([seeded(7)], 7)),
          jobsIn(store).replace(asked(5)),
          resetTo(store, [seeded(8)]),
          store.replace(jobsState([seeded(9)], 9)),
          jobsIn(store).add(made()),
        ]);
        expect(store.getState()).toEqual(jobsState([seeded(9)], 9));
      });
    });

    describe('settings', () => {
      test('are nothing at first, and then what was kept last, at once', async () => {
        const store = openStore([seeded(5)]);
        expect(store.settings).toBeUndefined();
        const keeping = [store.saveSettings({ clock: 1 }), store.saveSettings({ clock: 2 })];
        expect(store.settings).toEqual({ clock: 2 });
        await Promise.all(keeping);
        expect(store.settings).toEqual({ clock: 2 });
        expect(getIds(jobsIn(store))).toEqual([5]);
      });

      test('stay as they are whatever is done to jobs, and are gone with a reset', async () => {
        const store = openStore([seeded(5)]);
        await store.saveSettings({ clock: 1 });
        await jobsIn(store).add(made());
        await jobsIn(store).remove(5);
        await store.replace(jobsState([seeded(7)], 7));
        expect(store.settings).toEqual({ clock: 1 });
        await resetTo(store, []);
        expect(store.settings).toBeUndefined();
      });

      test('are taken along by a restore that has some, which overtakes others', async () => {
        const store = openStore([]);
        await store.saveSettings({ clock: 1 });
        const taken: unknown[] = [];
        await Promise.all([
          store.saveSettings({ clock: 2 }),
          store.replace(jobsState([], 0, { clock: 3 }), () => taken.push(store.settings)),
          store.saveSettings({ clock: 4 }),
        ]);
        expect(taken).toEqual([{ clock: 3 }]);
        expect(store.settings).toEqual({ clock: 3 });
      });

      test('are not overtaken by a restore that has none', async () => {
        const store = openStore([]);
        await Promise.all([
          store.saveSettings({ clock: 1 }),
          store.replace(jobsState([], 0)),
          store.saveSettings({ clock: 2 }),
        ]);
        expect(store.settings).toEqual({ clock: 2 });
      });
    });

    describe('a store that was deleted', () => {
      test('holds nothing, and refuses what is to be kept', async () => {
        const store = openStore([seeded(5)]);
        await jobsIn(store).add(made());
        await store.saveSettings({ clock: 1 });
        await Promise.all([jobsIn(store).add(made()), store.delete(), jobsIn(store).remove(5)]);
        expect(store.getState()).toEqual(jobsState([], 0));
        expect(store.settings).toBeUndefined();
        const refused = [
          jobsIn(store).add(made()),
          store.saveSettings({ clock: 2 }),
          resetTo(store, [seeded(5)]),
          store.replace(jobsState([seeded(5)], 5)),
        ];
        for (const change of refused) await expect(change).rejects.toThrow('the sandbox was deleted');
        expect(getJobs(store).records).toEqual([]);
        expect(store.settings).toBeUndefined();
      });

      test('can be deleted again, and without anything having been kept', async () => {
        const store = openStore([seeded(5)]);
        await Promise.all([store.delete(), store.delete()]);
        await store.delete();
        expect(getIds(jobsIn(store))).toEqual([]);
      });
    });

    test('whatever is done to it, it holds what an array would that is sorted each time', async () => {
      await fc.assert(
        fc.asyncProperty(
          seeds,
          fc.array(changes, { maxLength: 30 }),
          fc.array(cursors),
          async (seed, done, asked) => {
            const store = openStore(seed);
            const jobs = jobsIn(store);
            const model = new Model(seed, store);
            for (const change of done) {
              await model.change(change);
              expect([...jobs.newestFirst()]).toEqual(model.newestFirst());
            }
            for (const job of model.everHeld) expect(jobs.get(job.id)).toEqual(model.get(job.id));
            const held = model.everHeld.map(({ creationTime, id }) => ({ sortKey: creationTime, id }));
            for (const cursor of [...asked, ...held]) {
              expect([...jobs.newestFirst(cursor)]).toEqual(model.newestFirst(cursor));
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
      expect(getIds(mine)).toEqual([2]);
      expect(getIds(yours)).toEqual([1]);
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
  readonly everHeld: StoredJob[];
  readonly #before: { jobs: StoredJob[]; lastId: number; kept: SandboxState }[] = [];
  #jobs: StoredJob[];
  #lastId: number;

  constructor(
    seed: readonly StoredJob[],
    private readonly store: SandboxStore,
  ) {
    this.everHeld = [...seed];
    this.#jobs = [...seed];
    this.#lastId = Math.max(0, ...seed.map(({ id }) => id));
  }

  get(id: number): StoredJob | undefined {
    return this.#jobs.find((job) => job.id === id);
  }

  newestFirst(after: { sortKey: number; id: number } = { sortKey: Infinity, id: Infinity }): StoredJob[] {
    return [...this.#jobs]
      .sort((a, b) => b.creationTime - a.creationTime || b.id - a.id)
      .filter(
        ({ creationTime, id }) =>
          creationTime < after.sortKey || (creationTime === after.sortKey && id < after.id),
      );
  }

  /** Changes this and the store alike. */
  async change(change: Change): Promise<void> {
    const { store } = this;
    const jobs = jobsIn(store);
    this.#before.push({ jobs: [...this.#jobs], lastId: this.#lastId, kept: store.getState() });
    if ('add' in change) {
      const job = made(change.add)(++this.#lastId);
      expect(await jobs.add(made(change.add))).toEqual(job);
      this.everHeld.push(job);
      this.#jobs.push(job);
    } else if ('remove' in change) {
      const id = this.everHeld[change.remove % this.everHeld.length]?.id ?? 1;
      await jobs.remove(id);
      this.#jobs = this.#jobs.filter((job) => job.id !== id);
    } else if ('restore' in change) {
      const before = this.#before[change.restore % this.#before.length];
      if (!before) return;
      await store.replace(before.kept);
      this.#jobs = [...before.jobs];
      this.#lastId = before.lastId;
    } else {
      const job = this.#jobs[change.replace % this.#jobs.length];
      if (!job) return;
      const replacement = { ...job, cancelRequestedAt: change.cancelRequestedAt };
      await jobs.replace(replacement);
      this.#jobs[this.#jobs.indexOf(job)] = replacement;
    }
  }
}
