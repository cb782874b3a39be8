/**
 * Sends hard input to the built mock: generated from the contract and against it, whole, broken and cut short. Each
 * response has to be one that the contract allows, or the connection closed where HTTP has it so, and the mock's heap
 * may not grow.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { MockProcess } from './fuzz/mock-process.js';
import { fuzz, type Report } from './fuzz/fuzz.js';
import { loadOperations } from './fuzz/judge.js';

const MAX_HEAP_GROWTH_MIB = 50;
const MAX_SHOWN = 3000;
/** As many digits as an argument may have. */
const MAX_ARGUMENT = 999_999_999;

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' } },
});
const { path } = values;
const runs = integer('runs', values.runs ?? '2000');
const seed = integer('seed', values.seed ?? String(randomInt(MAX_ARGUMENT)));

function integer(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`--${name} is ${text}; allowed is an integer from 0 to ${MAX_ARGUMENT}`);
  return Number(text);
}

function printCounts(title: string, counts: Map<string, number>): void {
  console.log(`\n${title}`);
  for (const [kind, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${String(count).padStart(8)}  ${kind}`);
  }
}

function printFailure({ exchange, problems, path: at }: NonNullable<Report['failure']>): void {
  const { kind, bytes, cuts, leaves, expected } = exchange;
  console.log(`\nFAIL  ${kind}, the client leaves ${leaves}\n${problems}`);
  console.log(`sent, in ${cuts.length + 1} writes: ${JSON.stringify(bytes).slice(0, MAX_SHOWN)}`);
  console.log(`expected: ${JSON.stringify(expected).slice(0, MAX_SHOWN)}`);
  console.log(
    `again: npm run fuzz -- --seed ${seed} --runs ${runs}; this exchange alone: --seed ${seed} --path ${at}`,
  );
}

const mebibytes = (bytes: number) => bytes / 1024 / 1024;

console.log(`seed ${seed}, ${runs} runs`);
const target = new MockProcess();
try {
  const operations = await loadOperations();
  const before = await target.ask('state');
  const report = await fuzz({ operations, target, runs, seed, path });
  await target.reset();
  const after = await target.ask('state');

  printCounts('sent', report.sent);
  printCounts('received', report.received);
  if (report.failure) printFailure(report.failure);
  const growth = mebibytes(after.heapInBytes - before.heapInBytes);
  console.log(
    `\nseed ${seed}; ${report.failure ? 'a response is' : 'none is'} outside the contract, ` +
      `${after.contractViolations} stopped by the mock itself; heap before ` +
      `${mebibytes(before.heapInBytes).toFixed(1)} MiB, after ${mebibytes(after.heapInBytes).toFixed(1)} MiB`,
  );
  const isGood = !report.failure && after.contractViolations === 0 && growth <= MAX_HEAP_GROWTH_MIB;
  process.exitCode = isGood ? 0 : 1;
} finally {
  target.stop();
}
