import { expect, test } from '@jest/globals';
import { runSystematic } from '../scripts/durability/systematic.js';
import { LoadRun } from '../scripts/durability/under-load.js';

/** Starts of the command take longest: some of a second each, on a busy machine some seconds. */
const MAX_RUN_MS = 120_000;
/** `npm run durability` does more of each. */
const KINDS = ['create', 'clock set', 'reset', 'reset of jobs clock', 'reset of clock rules'];
const ROUNDS = 2;

test(
  'a request is stored wholly or not at all, whichever operation of the disk a kill comes at or is refused',
  async () => {
    for (const { kills, refusals, failures } of await runSystematic(['stored, frozen', ...KINDS])) {
      expect(failures).toEqual([]);
      expect(Math.min(kills, refusals)).toBeGreaterThan(0);
    }
  },
  MAX_RUN_MS,
);

test.each(['in-place', 'late'])(
  'a disk that writes %s is found out',
  async (sabotage) => {
    const [result] = await runSystematic(['stored, frozen', 'create'], { sabotage });
    expect(result?.failures).toContainEqual(expect.stringMatching(/^killed/));
  },
  MAX_RUN_MS,
);

test(
  'a server that is killed under load lacks nothing at the next start of what it had acknowledged',
  async () => {
    const load = new LoadRun();
    await load.run(ROUNDS);
    expect(load.failures).toEqual([]);
    expect(load.counts.creates).toBeGreaterThan(0);
  },
  MAX_RUN_MS,
);
