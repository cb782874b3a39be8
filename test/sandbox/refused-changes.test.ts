import { beforeEach, describe, expect, test } from '@jest/globals';
import { Journals } from '../../server/journal/journals.js';
import { seededRandom } from '../../server/sandbox/random.js';
import type { Fault, NewRule } from '../../server/sandbox/rules.js';
import { Sandbox } from '../../server/sandbox/sandbox.js';
import { SandboxStore } from '../../server/storage/sandbox-store.js';
import { FailingFolder } from '../support/failing-folder.js';
import { simulatedJob, staticJob } from '../support/job-facts.js';
import { JOBS, type StoredJob } from '../../server/apis/segmentation/stored-job.js';
import { JOBS_DEFINITION, NOTES, NOTES_DEFINITION, type Note } from '../support/sandbox-stores.js';

const START = Date.UTC(2026, 0, 1);
const DOWN: Fault = { name: 'down', effect: { kind: 'reset' } };
const CUT: Fault = { ...DOWN, name: 'cut' };
const NOTE: Note = { id: 'a', at: 0, text: 'of the seed' };

let folder: FailingFolder;
let store: SandboxStore;
beforeEach(() => {
  folder = new FailingFolder();
});

/** A sandbox of two collections whose clock starts frozen and that starts with a rule. */
function openSandbox(): Sandbox {
  const collections = [JOBS_DEFINITION, NOTES_DEFINITION];
  return new Sandbox(
    { org: 'o', name: 'n' },
    {
      contents: {
        collections,
        // A seed depends on the clock.
        seed: ({ now }) => ({
          [JOBS]: [staticJob({ id: 1, creationTime: now }), staticJob({ id: 70, creationTime: now })],
          [NOTES]: [NOTE],
        }),
        adopt: (_collection, record) => record,
        resources: [],
      },
      initialRules: [{ fault: DOWN }],
      readRule: (given) => given as NewRule,
      frozenAt: START,
      createRandom: () => seededRandom('1'),
      openStore: (_sandbox, seed) => {
        const toStorageError = (cause: Error) => new Error(`refused: ${cause.message}`);
        store = new SandboxStore({ folder, collections, seed, toStorageError });
        return store;
      },
      journals: new Journals([]),
      validateState: () => [],
    },
  );
}

/** A sandbox in which everything was changed, and stored. */
async function openChanged(): Promise<Sandbox> {
  folder = new FailingFolder();
  const sandbox = openSandbox();
  const jobs = sandbox.getCollection<StoredJob>(JOBS);
  await jobs.add((id) => simulatedJob({ id }));
  await jobs.remove(71);
  await jobs.remove(1);
  await sandbox.getCollection<Note>(NOTES).replace({ ...NOTE, text: 'changed' });
  await sandbox.settings.change(() => {
    sandbox.clock.set(START + 5000);
    sandbox.addRule({ fault: CUT, nth: 3 });
  });
  await store.whenIdle();
  return sandbox;
}

/** What the folder has is what is in memory, and nothing where that is the seed. */
function expectStored(sandbox: Sandbox): void {
  const { collections, clock, rules } = sandbox.exportState() as unknown as {
    collections: Record<string, { records: { id: number | string }[] }>;
    clock: unknown;
    rules: unknown;
  };
  if (!folder.isThere) return;
  for (const name of [JOBS, NOTES]) {
    const inOrder = (records: { id: number | string }[]) =>
      [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(inOrder(folder.getRecords(name))).toEqual(inOrder(collections[name]?.records ?? []));
  }
  if (folder.settings !== undefined) expect(folder.settings).toEqual({ clock, rules });
}

type Act = (sandbox: Sandbox) => Promise<unknown>;

const RESETS: [parts: string, act: Act][] = [
  ['jobs'],
  ['notes'],
  ['clock'],
  ['rules'],
  ['jobs', 'clock'],
  ['jobs', 'rules'],
  ['clock', 'rules'],
  ['notes', 'clock', 'rules'],
  ['jobs', 'notes'],
  ['jobs', 'notes', 'clock', 'rules'],
].map((parts) => [`reset of ${parts.join(', ')}`, (sandbox) => sandbox.reset(parts)]);

const CHANGES: [what: string, act: Act][] = [
  ['clock that is set', ({ settings, clock }) => settings.change(() => clock.set(START + 9000))],
  [
    'clock that is turned back',
    ({ settings, clock }) => settings.change(() => clock.set(START + 5000 - 2000)),
  ],
  [
    'clock and rules at once',
    (sandbox) =>
      sandbox.settings.change(() => {
        sandbox.clock.set(START + 9000);
        sandbox.rules.clear();
        sandbox.addRule({ fault: DOWN });
      }),
  ],
];

describe.each([
  ['is refused', (nth: number, count: number) => count === nth],
  ['and all later ones are refused', (nth: number, count: number) => count >= nth],
])('when the n-th write %s', (_how, isRefused) => {
  test.each([...RESETS, ...CHANGES])('a %s is made as a whole or not at all', async (_what, act) => {
    const undisturbed = await openChanged();
    await act(undisturbed);
    await store.whenIdle();
    const after = undisturbed.exportState();

    let refusals = 0;
    for (let nth = 1, isReached = true; isReached; nth++) {
      const sandbox = await openChanged();
      const before = sandbox.exportState();
      let count = 0;
      folder.fails = () => isRefused(nth, ++count);
      const refused = await act(sandbox).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      if (refused) {
        refusals++;
        expect(refused.message).toMatch(/^refused: no space left for /);
        expect(sandbox.exportState()).toEqual(before);
      } else expect(sandbox.exportState()).toEqual(after);
      await store.whenIdle();
      expectStored(sandbox);
      isReached = count >= nth;

      folder.fails = () => false;
      await sandbox.getCollection<Note>(NOTES).replace({ ...NOTE, text: 'once more' });
      await act(sandbox);
      await store.whenIdle();
      expectStored(sandbox);
      expect(sandbox.exportState().clock).toEqual(after.clock);
    }
    expect(refusals).toBeGreaterThan(0);
  });
});

describe('a change of clock or rules that cannot be stored', () => {
  test('leaves both as they were when they were last stored', async () => {
    const sandbox = await openChanged();
    const before = sandbox.exportState();
    folder.fails = (step) => step === 'settings';
    sandbox.clock.advance(1000);
    sandbox.addRule({ fault: DOWN });
    sandbox.clock.resume();
    await expect(sandbox.settings.whenStored()).rejects.toThrow('refused');
    expect(sandbox.exportState()).toEqual(before);
    expect(sandbox.clock.now()).toBe(START + 5000);

    folder.fails = () => false;
    // The ids of rules that were refused are given again: nothing is left of them.
    expect(sandbox.addRule({ fault: DOWN }).id).toBe('r3');
    await sandbox.settings.whenStored();
    expectStored(sandbox);
  });

  test('undoes none that was stored before it', async () => {
    const sandbox = await openChanged();
    sandbox.addRule({ fault: DOWN });
    await new Promise((resolve) => setImmediate(resolve));
    const before = sandbox.exportState();
    folder.fails = () => true;
    await expect(sandbox.settings.change(() => sandbox.clock.set(7))).rejects.toThrow('refused');
    expect(sandbox.exportState()).toEqual(before);
    expect(sandbox.rules.list().map(({ id }) => id)).toEqual(['r3', 'r2', 'r1']);
    expectStored(sandbox);
  });

  test('undoes no job that is added later', async () => {
    const sandbox = await openChanged();
    folder.fails = (step) => step === 'settings';
    const letGo = folder.hold();
    const setting = sandbox.settings.change(() => sandbox.clock.set(7));
    await new Promise((resolve) => setImmediate(resolve));
    const adding = sandbox.getCollection<StoredJob>(JOBS).add((id) => simulatedJob({ id }));
    letGo();
    await expect(setting).rejects.toThrow('refused');
    expect((await adding).id).toBe(72);
    expectStored(sandbox);
  });

  test('undoes the job that lives by a rule which is counted at the same time, and leaves no trace of it', async () => {
    const sandbox = await openChanged();
    const counted: NewRule = { scenario: { name: 'of a test' }, times: 1 };
    sandbox.addRule(counted);
    await sandbox.settings.whenStored();
    const before = sandbox.exportState();
    folder.fails = () => true;
    expect(sandbox.rules.next('scenario', { operation: 'createExportJob' })).toEqual(counted);
    const adding = sandbox.getCollection<StoredJob>(JOBS).add((id) => simulatedJob({ id }));
    await expect(adding).rejects.toThrow('refused');
    await expect(sandbox.settings.whenStored()).rejects.toThrow('refused');
    const { collections, clock } = sandbox.exportState();
    expect(collections.jobs?.records).toEqual(before.collections.jobs?.records);
    expect(clock).toEqual(before.clock);

    folder.fails = () => false;
    expect((await sandbox.getCollection<StoredJob>(JOBS).add((id) => simulatedJob({ id }))).id).toBe(73);
    await store.whenIdle();
    expect(folder.getRecords<StoredJob>(JOBS).map(({ id }) => id)).toEqual([70, 73]);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])(
  'a snapshot is restored as a whole or not at all, when write %i is refused',
  async (nth) => {
    const sandbox = await openChanged();
    sandbox.snapshots.save('one');
    const saved = sandbox.exportState();
    await sandbox.reset(['jobs', 'clock']);
    await store.whenIdle();
    const before = sandbox.exportState();
    let count = 0;
    folder.fails = () => ++count === nth;
    const isRestored = await sandbox.snapshots.restore('one').then(
      () => true,
      () => false,
    );
    expect(isRestored).toBe(nth > 1);
    expect(sandbox.exportState()).toEqual(isRestored ? saved : before);
    await store.whenIdle();
    expectStored(sandbox);
  },
);

describe('a reset of some parts while others change', () => {
  test('undoes no rule that is set meanwhile', async () => {
    for (const parts of [['jobs', 'clock'], ['jobs']]) {
      const sandbox = await openChanged();
      const letGo = folder.hold();
      const resetting = sandbox.reset(parts);
      sandbox.addRule({ fault: DOWN });
      const stored = sandbox.settings.whenStored();
      letGo();
      await Promise.all([resetting, stored]);
      await store.whenIdle();
      expect(sandbox.rules.list().map(({ id }) => id)).toEqual(['r3', 'r2', 'r1']);
      expect(sandbox.clock.now()).toBe(START + (parts.includes('clock') ? 0 : 5000));
      expectStored(sandbox);
    }
  });

  test('is one thing, and a rule that is refused meanwhile another', async () => {
    const sandbox = await openChanged();
    const letGo = folder.hold();
    const resetting = sandbox.reset(['jobs', 'clock']);
    await new Promise((resolve) => setImmediate(resolve));
    sandbox.addRule({ fault: DOWN });
    const stored = sandbox.settings.whenStored();
    // What is pending is written to the same file first.
    let isPending = true;
    folder.fails = (step) => {
      if (step === 'remove pending') isPending = false;
      return step === 'settings' && !isPending;
    };
    letGo();
    await resetting;
    await expect(stored).rejects.toThrow('refused');
    await store.whenIdle();
    expect(sandbox.rules.list().map(({ id }) => id)).toEqual(['r2', 'r1']);
    expect(sandbox.clock.now()).toBe(START);
    expectStored(sandbox);
  });

  test('undoes no turn of the clock meanwhile', async () => {
    const sandbox = await openChanged();
    const letGo = folder.hold();
    const resetting = sandbox.reset(['notes', 'rules']);
    await new Promise((resolve) => setImmediate(resolve));
    sandbox.clock.set(START + 8000);
    const stored = sandbox.settings.whenStored();
    letGo();
    await Promise.all([resetting, stored]);
    await store.whenIdle();
    expect(sandbox.clock.now()).toBe(START + 8000);
    expect(sandbox.rules.list().map(({ id }) => id)).toEqual(['r1']);
    expectStored(sandbox);
  });

  test('undoes no other collection, whatever is added there meanwhile', async () => {
    const sandbox = await openChanged();
    const letGo = folder.hold();
    const notes = sandbox.getCollection<Note>(NOTES);
    const changes = [notes.add(() => ({ ...NOTE, id: 'b' })), sandbox.reset(['jobs', 'clock'])];
    changes.push(notes.add(() => ({ ...NOTE, id: 'c' })));
    letGo();
    await Promise.all(changes);
    await store.whenIdle();
    expect([...notes.newestFirst()].map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(sandbox.getCollection<StoredJob>(JOBS).get(1)?.creationTime).toBe(START);
    expectStored(sandbox);
  });

  test('leaves alone what is counted for rules, and the windows of their limits', async () => {
    const sandbox = await openChanged();
    const busy: Fault = { ...DOWN, name: 'busy', limit: { calls: 1, inMs: 60_000 } };
    sandbox.addRule({ fault: busy });
    await sandbox.settings.whenStored();
    const request = { operation: 'listExportJobs' };
    expect(sandbox.rules.nextFault(request)?.name).toBe('down');
    await sandbox.reset(['jobs', 'clock']);
    expect(sandbox.rules.nextFault(request)?.name).toBe('busy');
  });
});
