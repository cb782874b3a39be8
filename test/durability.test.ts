import { randomInt } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { runRounds, type DurabilityOptions } from '../scripts/durability/rounds.js';

/** A start of the command takes longest: some of a second, on a busy machine some seconds. */
const LONGEST_ROUND_IN_MS = 12_000;

async function run(options: Pick<DurabilityOptions, 'rounds' | 'isFlushTakenAway'>) {
  const lines: string[] = [];
  // The instants of the kills are random; a failure tells by which seed.
  const seed = randomInt(2 ** 32);
  const tally = await runRounds({ ...options, seed, report: (line) => lines.push(line) });
  return { ...tally, seed, lines };
}

test(
  'a server that is killed while it stores lacks nothing at the next start of what it had acknowledged',
  async () => {
    const result = await run({ rounds: 10, isFlushTakenAway: false });
    expect(result).toMatchObject({ lines: [], sound: 10, lost: 0, halfThere: 0 });
    expect(result.creates).toBeGreaterThan(0);
  },
  10 * LONGEST_ROUND_IN_MS,
);

test(
  'one that acknowledges what it has not stored is found out',
  async () => {
    const { lost, sound } = await run({ rounds: 3, isFlushTakenAway: true });
    expect(lost).toBeGreaterThan(0);
    expect(sound).toBeLessThan(3);
  },
  3 * LONGEST_ROUND_IN_MS,
);
