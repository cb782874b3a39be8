import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { StoredJob } from '../../server/apis/segmentation/stored-job.js';
import { readSandboxes } from '../../server/storage/read-state.js';
import type { StoredRecord } from '../../server/storage/records.js';
import { createDiskFolder, getFolderName, type SandboxState } from '../../server/storage/sandbox-files.js';
import { SandboxStore } from '../../server/storage/sandbox-store.js';
import { CREATED_AT, simulatedJob, staticJob } from '../support/job-facts.js';
import { interruptedFolder, type Interruption } from '../support/interrupted-folder.js';
import {
  jobsIn,
  NO_CHECKS,
  NOTES_DEFINITION,
  openDirectory,
  temporaryDirectory,
  type Note,
} from '../support/sandbox-stores.js';

// A process is killed before or after each step on the disk, and the directory opened again.

const SANDBOX = { org: 'o', name: 'n' };
const CHECKS = { ...NO_CHECKS, collections: [...NO_CHECKS.collections, NOTES_DEFINITION] };
const made = (id: number) => simulatedJob({ id });
const asked = (id: number) => ({ ...staticJob({ id }), cancelRequestedAt: CREATED_AT });
const note = (id: string, text = 'as it was'): Note => ({ id, at: 0, text });

const SEED = [staticJob({ id: 1 }), staticJob({ id: 2 }), staticJob({ id: 70 }), staticJob({ id: 130 })];
const SEED_NOTES = [note('a'), note('b')];
const createSeed = () => ({ jobs: SEED, notes: SEED_NOTES });

interface State extends SandboxState {
  collections: Record<'jobs' | 'notes', { records: readonly StoredRecord[]; lastId: number }>;
}
const createState = (
  jobs: readonly StoredJob[],
  lastId: number,
  settings: object | undefined,
  notes: readonly Note[] = SEED_NOTES,
): State => ({
  collections: { jobs: { records: jobs, lastId }, notes: { records: notes, lastId: 0 } },
  settings,
});

const WRITTEN = createState([...SEED, made(131)], 131, { turn: 1 });
/** Jobs changed, a file gone, a file new, one as it is, a last id that no job has, and other notes. */
const OTHER_JOBS = [staticJob({ id: 1 }), asked(2), SEED[3] as StoredJob, staticJob({ id: 500 })];
const OTHER_NOTES = [note('b', 'changed'), note('c')];
const OTHER = createState(OTHER_JOBS, 640, { turn: 2 }, OTHER_NOTES);
const NOTHING = createState([], 0, { turn: 3 }, []);

/** Keeps WRITTEN in a new directory. */
async function written(): Promise<string> {
  const directory = temporaryDirectory();
  const state = await openDirectory(directory, { checks: CHECKS });
  const store = state.openStore(SANDBOX, createSeed);
  await jobsIn(store).add(made);
  await store.saveSettings(WRITTEN.settings ?? {});
  await state.close();
  return directory;
}

/** A new directory that keeps nothing. */
async function unwritten(): Promise<string> {
  const directory = temporaryDirectory();
  await (await openDirectory(directory, { checks: CHECKS })).close();
  return directory;
}

/** What a directory keeps, when it is opened again: nothing, where that is as good as the seed. */
async function keptIn(directory: string): Promise<State | undefined> {
  const state = await openDirectory(directory, { checks: CHECKS });
  const store = state.openStore(SANDBOX, createSeed);
  await state.close();
  return store.isFound ? sorted({ ...store.getState(), settings: store.settings }) : undefined;
}

const byId = <R extends StoredRecord>(records: readonly R[]) =>
  [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
const sorted = ({ collections: { jobs, notes }, settings }: State): State => ({
  collections: {
    jobs: { ...jobs, records: byId(jobs.records) },
    notes: { ...notes, records: byId(notes.records) },
  },
  settings,
});

type Act = (store: SandboxStore) => Promise<unknown>;

/** Acts on what a directory keeps until it comes to the interruption. */
async function interrupted(directory: string, acts: Act[], interruption: Interruption) {
  const sandboxes = join(directory, 'sandboxes');
  const found = (await readSandboxes(sandboxes, CHECKS)).get(getFolderName(SANDBOX));
  let acknowledged = 0;
  const isInterrupted = await new Promise<boolean>((resolve) => {
    const folder = interruptedFolder(createDiskFolder(sandboxes, SANDBOX), interruption, () => resolve(true));
    const { collections } = CHECKS;
    const store = new SandboxStore({
      folder,
      collections,
      found,
      seed: createSeed,
      toStorageError: (cause) => cause,
    });
    const acting = async () => {
      for (const act of acts) {
        await act(store);
        acknowledged++;
      }
      await store.whenIdle();
    };
    void acting().then(() => resolve(false));
  });
  return { acknowledged, isInterrupted };
}

/** The state with other jobs. */
const withJobs = (state: State, records: readonly StoredJob[], lastId: number): State => ({
  ...state,
  collections: { ...state.collections, jobs: { records, lastId } },
});
const only = ({ collections }: State, name: 'jobs' | 'notes', settings?: object): SandboxState => ({
  collections: { [name]: collections[name] },
  settings,
});

test.each<[what: string, from: () => Promise<string>, acts: Act[], states: (State | undefined)[]]>([
  ['a restore', written, [(store) => store.replace(OTHER)], [WRITTEN, OTHER]],
  ['a restore to nothing', written, [(store) => store.replace(NOTHING)], [WRITTEN, NOTHING]],
  [
    'a restore without settings',
    written,
    [(store) => store.replace({ collections: OTHER.collections })],
    [WRITTEN, { ...OTHER, settings: WRITTEN.settings }],
  ],
  ['a restore of what was not written yet', unwritten, [(store) => store.replace(OTHER)], [undefined, OTHER]],
  [
    'restores in a row',
    written,
    [(store) => store.replace(OTHER), (store) => store.replace(NOTHING), (store) => store.replace(WRITTEN)],
    [WRITTEN, OTHER, NOTHING, WRITTEN],
  ],
  [
    'a change after a restore',
    written,
    [
      (store) => store.replace(OTHER),
      (store) => jobsIn(store).replace(asked(1)),
      (store) => jobsIn(store).add(made),
    ],
    [
      WRITTEN,
      OTHER,
      withJobs(OTHER, [asked(1), ...OTHER_JOBS.slice(1)], 640),
      withJobs(OTHER, [asked(1), ...OTHER_JOBS.slice(1), made(641)], 641),
    ],
  ],
  [
    'a reset after a restore',
    written,
    [(store) => store.replace(OTHER), (store) => store.reset()],
    [WRITTEN, OTHER, undefined],
  ],
  [
    'a restore after a reset',
    written,
    [(store) => store.reset(), (store) => store.replace(OTHER)],
    [WRITTEN, undefined, OTHER],
  ],
  [
    'a replacement of the jobs alone',
    written,
    [(store) => store.replace(only(OTHER, 'jobs'))],
    [WRITTEN, withJobs(WRITTEN, OTHER_JOBS, 640)],
  ],
  [
    'a replacement of the notes and the settings, and then of the jobs',
    written,
    [
      (store) => store.replace(only(OTHER, 'notes', { turn: 7 })),
      (store) => store.replace(only(NOTHING, 'jobs', { turn: 8 })),
    ],
    [
      WRITTEN,
      { ...withJobs(OTHER, [...SEED, made(131)], 131), settings: { turn: 7 } },
      { ...withJobs(OTHER, [], 0), settings: { turn: 8 } },
    ],
  ],
  [
    'a replacement of the notes of what was not written yet',
    unwritten,
    [(store) => store.replace(only(OTHER, 'notes'))],
    [undefined, createState(SEED, 130, undefined, OTHER_NOTES)],
  ],
  [
    'a job, a note and the settings that change together',
    written,
    [
      (store) =>
        Promise.all([
          jobsIn(store).add(made),
          store.getCollection('notes').remove('a'),
          store.saveSettings({ turn: 9 }),
          jobsIn(store).remove(1),
        ]),
    ],
    [WRITTEN, createState([...SEED.slice(1), made(131), made(132)], 132, { turn: 9 }, [note('b')])],
  ],
  [
    'changes of notes',
    written,
    [
      (store) => store.getCollection('notes').replace(note('a', 'changed')),
      (store) => store.getCollection('notes').remove('b'),
      (store) => store.getCollection('notes').remove('a'),
    ],
    [
      WRITTEN,
      createState([...SEED, made(131)], 131, { turn: 1 }, [note('a', 'changed'), note('b')]),
      createState([...SEED, made(131)], 131, { turn: 1 }, [note('a', 'changed')]),
      createState([...SEED, made(131)], 131, { turn: 1 }, []),
    ],
  ],
  ['a removal', written, [(store) => store.delete()], [WRITTEN, undefined]],
  [
    'settings',
    written,
    [(store) => store.saveSettings({ turn: 8 }), (store) => store.saveSettings({ turn: 9 })],
    [WRITTEN, { ...WRITTEN, settings: { turn: 8 } }, { ...WRITTEN, settings: { turn: 9 } }],
  ],
])(
  'interrupted anywhere, %s is all there or not at all, and never less than was acknowledged',
  async (...parts) => {
    const [, from, acts, states] = parts;
    let step = 0;
    for (let isOver = false; !isOver;) {
      step++;
      for (const at of ['before', 'after'] as const) {
        const directory = await from();
        const { acknowledged, isInterrupted } = await interrupted(directory, acts, { step, at });
        isOver = !isInterrupted;
        const kept = await keptIn(directory);
        const possible = states.slice(acknowledged, acknowledged + 2).map((state) => state && sorted(state));
        expect(possible).toContainEqual(kept);
        // It goes on from there.
        const before = kept ?? createState(SEED, 130, undefined);
        const { records, lastId } = before.collections.jobs;
        expect(await addedTo(directory)).toBe(lastId + 1);
        const jobs = [...(records as StoredJob[]), made(lastId + 1)];
        expect(await keptIn(directory)).toEqual(sorted(withJobs(before, jobs, lastId + 1)));
      }
    }
    expect(step).toBeGreaterThan(1);
  },
);

/** Adds a job to what a directory keeps, and gives its id. */
async function addedTo(directory: string): Promise<number> {
  const state = await openDirectory(directory, { checks: CHECKS });
  const { id } = await jobsIn(state.openStore(SANDBOX, createSeed)).add(made);
  await state.close();
  return id;
}
