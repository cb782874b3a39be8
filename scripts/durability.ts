/**
 * Kills the built command while creates and cancels run, restarts it at once, and sees whether all that it had
 * acknowledged is there. With `--without-flush` the server acknowledges what it has not stored, to show that the check
 * finds losses. Flags: `--rounds <n>`, `--seed <n>`, `--without-flush`.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runRounds } from './durability/rounds.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(randomInt(2 ** 32)) },
    'without-flush': { type: 'boolean', default: false },
  },
});
const isFlushTakenAway = values['without-flush'];
const [rounds, seed] = [integer('--rounds', values.rounds), integer('--seed', values.seed)];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

console.log(`${rounds} rounds, --seed ${seed}${isFlushTakenAway ? ', without the flush' : ''}`);
const tally = await runRounds({ rounds, seed, isFlushTakenAway, report: (line) => console.log(line) });
const { sound, creates, cancels, unanswered, stored, lost, halfThere } = tally;
console.log(
  `${sound} of ${rounds} restarts sound: ${creates} creates and ${cancels} cancels acknowledged, ` +
    `${unanswered} unanswered (${stored} of them stored); ${lost} lost, ${halfThere} half there`,
);
process.exitCode = sound === rounds ? 0 : 1;

function integer(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  console.error(`${flag} is ${text}; allowed is an integer in decimal digits`);
  process.exit(2);
}
