import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { JobFacts } from '../../server/apis/segmentation/stored-job.js';
import type { KeptState } from '../../server/apis/segmentation/job-store.js';
import { diskFolder, folderName } from '../../server/storage/disk-folder.js';
import { readSandboxes } from '../../server/storage/kept-sandboxes.js';
import { LowdbJobStore } from '../../server/storage/lowdb-job-store.js';
import { CREATED_AT, recorded, timedJob } from '../support/job-facts.js';
import { interruptedFolder, type Interruption } from '../support/interrupted-folder.js';
import { openDirectory, temporaryDirectory } from '../support/job-stores.js';

// A process is killed before or after each step on the disk, and the directory opened again.

const SANDBOX = { org: 'o', name: 'n' };
const CHECKS = { facts: () => undefined, settings: () => undefined };
const made = (id: number) => timedJob({ id });
const asked = (id: number) => ({ ...recorded({ id }), cancelRequestedAt: CREATED_AT });
const refuse = (cause: Error) => cause;

const SEED = [recorded({ id: 1 }), recorded({ id: 2 }), recorded({ id: 70 }), recorded({ id: 130 })];
const WRITTEN: KeptState = { jobs: [...SEED, made(131)], lastId: 131, settings: { turn: 1 } };
/** A job changed, a file gone, a file new, one as it is, a last id that no job has. */
const OTHER: KeptState = {
  jobs: [recorded({ id: 1 }), asked(2), SEED[3] as JobFacts, recorded({ id: 500 })],
  lastId: 640,
  settings: { turn: 2 },
};
const NOTHING: KeptState = { jobs: [], lastId: 0, settings: { turn: 3 } };

/** Keeps WRITTEN in a new directory. */
async function written(): Promise<string> {
  const directory = temporaryDirectory();
  const state = await openDirectory(directory);
  const { jobs, keepSettings } = state.openStore(SANDBOX, () => SEED);
  await jobs.add(made);
  await keepSettings(WRITTEN.settings ?? {});
  await state.close();
  return directory;
}

/** A new directory that keeps nothing. */
async function unwritten(): Promise<string> {
  const directory = temporaryDirectory();
  await (await openDirectory(directory)).close();
  return directory;
}

/** What a directory keeps, when it is opened again: nothing, where that is as good as the seed. */
async function keptIn(directory: string): Promise<KeptState | undefined> {
  const state = await openDirectory(directory);
  const { jobs, settings, isFound } = state.openStore(SANDBOX, () => SEED);
  await state.close();
  return isFound ? { ...byId(jobs.kept()), settings } : undefined;
}

const byId = (kept: KeptState) => ({ ...kept, jobs: [...kept.jobs].sort((a, b) => a.id - b.id) });

type Act = (store: LowdbJobStore) => Promise<unknown>;

/** Acts on what a directory keeps until it comes to the interruption. */
async function interrupted(directory: string, acts: Act[], interruption: Interruption) {
  const sandboxes = join(directory, 'sandboxes');
  const found = (await readSandboxes(sandboxes, CHECKS)).get(folderName(SANDBOX));
  let acknowledged = 0;
  const isInterrupted = await new Promise<boolean>((resolve) => {
    const folder = interruptedFolder(diskFolder(sandboxes, SANDBOX), interruption, () => resolve(true));
    const store = new LowdbJobStore(folder, found, () => SEED, refuse);
    const acting = async () => {
      for (const act of acts) {
        await act(store);
        acknowledged++;
      }
      await store.settled();
    };
    void acting().then(() => resolve(false));
  });
  return { acknowledged, isInterrupted };
}

test.each<[what: string, from: () => Promise<string>, acts: Act[], states: (KeptState | undefined)[]]>([
  ['a restore', written, [(store) => store.restore(OTHER)], [WRITTEN, OTHER]],
  ['a restore to nothing', written, [(store) => store.restore(NOTHING)], [WRITTEN, NOTHING]],
  [
    'a restore without settings',
    written,
    [(store) => store.restore({ jobs: OTHER.jobs, lastId: 640 })],
    [WRITTEN, { ...OTHER, settings: WRITTEN.settings }],
  ],
  ['a restore of what was not written yet', unwritten, [(store) => store.restore(OTHER)], [undefined, OTHER]],
  [
    'restores in a row',
    written,
    [(store) => store.restore(OTHER), (store) => store.restore(NOTHING), (store) => store.restore(WRITTEN)],
    [WRITTEN, OTHER, NOTHING, WRITTEN],
  ],
  [
    'a change after a restore',
    written,
    [(store) => store.restore(OTHER), (store) => store.replace(asked(1)), (store) => store.add(made)],
    [
      WRITTEN,
      OTHER,
      { ...OTHER, jobs: [asked(1), ...OTHER.jobs.slice(1)] },
      { ...OTHER, jobs: [asked(1), ...OTHER.jobs.slice(1), made(641)], lastId: 641 },
    ],
  ],
  [
    'a reset after a restore',
    written,
    [(store) => store.restore(OTHER), (store) => store.reset(() => SEED)],
    [WRITTEN, OTHER, undefined],
  ],
  [
    'a restore after a reset',
    written,
    [(store) => store.reset(() => SEED), (store) => store.restore(OTHER)],
    [WRITTEN, undefined, OTHER],
  ],
  ['a removal', written, [(store) => store.giveUp()], [WRITTEN, undefined]],
  [
    'settings',
    written,
    [(store) => store.keepSettings({ turn: 8 }), (store) => store.keepSettings({ turn: 9 })],
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
        const possible = states.slice(acknowledged, acknowledged + 2).map((state) => state && byId(state));
        expect(possible).toContainEqual(kept);
        // It goes on from there.
        const lastId = kept ? kept.lastId + 1 : 131;
        expect(await addedTo(directory)).toBe(lastId);
        const jobs = [...(kept?.jobs ?? SEED), made(lastId)];
        expect(await keptIn(directory)).toEqual({ jobs, lastId, settings: kept?.settings });
      }
    }
    expect(step).toBeGreaterThan(1);
  },
);

/** Adds a job to what a directory keeps, and gives its id. */
async function addedTo(directory: string): Promise<number> {
  const state = await openDirectory(directory);
  const { id } = await state.openStore(SANDBOX, () => SEED).jobs.add(made);
  await state.close();
  return id;
}
