import { expect, test } from '@jest/globals';
import { runRounds, type DurabilityOptions } from '../scripts/durability/rounds.js';

/** A start of the command takes longest: some of a second, on a busy machine some seconds. */
const LONGEST_ROUND_IN_MS = 12_000;
/** `npm run durability` does more. */
const ROUNDS = 2;
const MOST_UNFLUSHED_ROUNDS = 10;

async function run(options: Omit<DurabilityOptions, 'report'>) {
  const lines: string[] = [];
  const tally = await runRounds({ ...options, report: (line) => lines.push(line) });
  return { ...tally, lines };
}

test(
  'a server that is killed while it stores lacks nothing at the next start of what it had acknowledged',
  async () => {
    const result = await run({ rounds: ROUNDS, isFlushTakenAway: false, seed: 1 });
    expect(result).toMatchObject({ lines: [], sound: ROUNDS, lost: 0, halfThere: 0 });
    expect(result.creates).toBeGreaterThan(0);
  },
  ROUNDS * LONGEST_ROUND_IN_MS,
);

test(
  'one that acknowledges what it has not stored is found out',
  async () => {
    // A kill may come when nothing is under way, on a busy machine above all: one loss in some rounds is enough.
    let found = { lost: 0, sound: 0 };
    for (let round = 0; round < MOST_UNFLUSHED_ROUNDS && found.lost === 0; round++) {
      found = await run({ rounds: 1, isFlushTakenAway: true, seed: round });
    }
    expect(found.lost).toBeGreaterThan(0);
    expect(found.sound).toBe(0);
  },
  MOST_UNFLUSHED_ROUNDS * LONGEST_ROUND_IN_MS,
);
