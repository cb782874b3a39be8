/**
 * Measures the built mock beside others: starts each contender itself, one at a time, in rounds; prints the figures, and
 * writes them to bench/results.json and docs/performance.md. It judges nothing by its exit code but whether it could
 * measure.
 */
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './bench/contenders.js';
import { describeMachine, readVersions } from './bench/machine.js';
import type { Sample } from './bench/measurements.js';
import { performanceFiles, RESULTS } from './bench/performance-files.js';
import { readPlan } from './bench/plan.js';
import { prepare } from './bench/prepared.js';
import { report } from './bench/report.js';
import { resultsOf, type Results } from './bench/results.js';
import { measureRound } from './bench/round.js';

async function run(): Promise<void> {
  const { plan, isRough } = readPlan(process.argv.slice(2));
  const folder = await mkdtemp(join(tmpdir(), 'aep-export-jobs-mock-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  console.log(`Preparing states of up to ${plan.jobs.most} jobs`);
  const prepared = await prepare(folder, plan);

  const rounds: Sample[][] = [];
  for (let round = 0; round < plan.rounds; round++) rounds.push(await measureRound(round, plan, prepared));

  const date = new Date().toISOString().slice(0, 'YYYY-MM-DD'.length);
  const about = { date, machine: await describeMachine(), versions: await readVersions(), plan };
  const results = resultsOf(rounds, about);
  console.log(`\n${await format(report(results), { parser: 'markdown' })}`);
  if (isRough) {
    console.log('These figures are rough: bench/results.json and docs/performance.md are left as they were.');
  } else {
    await write(results);
  }
}

async function write(results: Results): Promise<void> {
  const file = join(ROOT, RESULTS);
  const style = await resolveConfig(file);
  await writeFile(file, await format(JSON.stringify(results), { ...style, parser: 'json' }));
  const files = await performanceFiles(ROOT);
  for (const [path, text] of files) await writeFile(join(ROOT, path), text);
  console.log(`Written: ${[RESULTS, ...files.map(([path]) => path)].join(', ')}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
