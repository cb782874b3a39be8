import type { Machine } from './machine.js';
import { UNITS, type Measurement, type Subject } from './measurements.js';
import { findFigure, type Figure, type Results, type Verdict } from './results.js';
import type { Spread } from './statistics.js';

const MIB = 1024 ** 2;

/** In the order of the columns and bars. */
export const CONTENDERS: Record<Subject['contender'], string> = {
  ours: 'This mock',
  express: 'Express',
  'node-http': 'node:http',
  prism: 'Prism',
};

const TITLES: Record<Measurement, string> = {
  retrieve: 'Retrieve one',
  list: 'List 10',
  create: 'Create, acknowledged on disk',
  healthy: 'Start to healthy',
  firstList: 'Start to the first list',
  inCode: '`createMockServer()` to the first answer, in a warm process',
  idleMemory: 'Memory, idle',
  loadedMemory: 'Memory after the first list',
  memoryPerJob: 'Memory per job',
};

/** Tells results in Markdown: figures as the median of the rounds, with the least and the most. */
export function report(results: Results): string {
  const columns = Object.keys(CONTENDERS) as Subject['contender'][];
  const besideOthers = (jobs: number): Subject[] =>
    columns.map((contender) => (contender === 'ours' ? { contender, jobs } : { contender }));
  const { few, many, most } = results.plan.jobs;
  const stored = [0, few, many, most];
  const ours = stored.map((jobs): Subject => ({ contender: 'ours', jobs }));
  return [
    setting(results),
    '### Targets',
    table(
      ['Ratio or figure', 'Target', 'Measured', ''],
      results.targets.map((verdict) => verdictRow(verdict)),
    ),
    `### Beside others, with ${count(few)} jobs stored`,
    figureTable(Object.values(CONTENDERS), results, ['retrieve', 'list'], besideOthers(few)),
    '### Beside others, without a job',
    figureTable(Object.values(CONTENDERS), results, ['healthy', 'idleMemory'], besideOthers(0)),
    '### By the number of jobs stored',
    figureTable(
      stored.map(count),
      results,
      ['retrieve', 'list', 'create', 'healthy', 'firstList', 'loadedMemory'],
      ours,
    ),
    perJob(results.figures, most),
  ].join('\n\n');
}

/** As it is shown: the number with its thousands set apart. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function setting({ date, machine, versions, plan }: Results): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `- **When**: ${date}, by \`npm run bench\``,
    `- **Where**: ${inWords(machine)}`,
    `- **What**: ${packages.join(', ')}`,
    `- **How much**: ${plan.rounds} rounds; ${plan.connections} connections; each load of ${plan.load} s after ${plan.warmUp} s of warm-up`,
    '\nFigures are the median of the rounds, with the least and the most. Ratios are taken round by round.',
  ].join('\n');
}

function inWords({ cpu, cores, memoryInGiB, system }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryInGiB} GiB; ${system}`;
}

function verdictRow({ measurement, of, to, atLeast, atMost, isMet, ...ratio }: Verdict): string[] {
  const unit = to ? '' : ` ${UNITS[measurement]}`;
  const bound = (atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`) + unit;
  const what = `${TITLES[measurement]}: ${inFull(of)}${to ? ` to ${inFull(to)}` : ''}`;
  const measured = spread(ratio, (value) => value.toFixed(to ? 3 : 1)) + unit;
  return [what, bound, measured, isMet ? 'met' : '**missed**'];
}

const SETTINGS = { unrecorded: ', without journal and coverage', crowded: ', among 1,000 sandboxes' };

function inFull({ contender, jobs, setting }: Subject): string {
  if (contender !== 'ours') return CONTENDERS[contender];
  const stored = jobs === 0 ? 'this mock empty' : `this mock with ${count(jobs ?? 0)} jobs`;
  return stored + (setting ? SETTINGS[setting] : '');
}

function figureTable(
  columns: string[],
  { figures }: Results,
  rows: Measurement[],
  subjects: Subject[],
): string {
  const body = rows.map((measurement) => {
    const found = subjects.map((subject) => findFigure(figures, measurement, subject));
    return [rowTitle(measurement, found), ...found.map((figure) => (figure ? figureCell(figure) : '–'))];
  });
  return table(['', ...columns], body);
}

function rowTitle(measurement: Measurement, found: (Figure | undefined)[]): string {
  const unit = found.find((figure) => figure)?.unit ?? '';
  return `${TITLES[measurement]}, ${unit === 'bytes' ? 'MiB' : unit}`;
}

function figureCell({ unit, ...figure }: Figure): string {
  return spread(figure, (value) => count(unit === 'bytes' ? value / MIB : value));
}

function perJob(figures: Figure[], jobs: number): string {
  const figure = findFigure(figures, 'memoryPerJob', { contender: 'ours', jobs });
  if (!figure) throw new Error('No memory per job was measured.');
  return `${TITLES.memoryPerJob}: ${spread(figure, count)} bytes.`;
}

function spread({ median, min, max }: Spread, shown: (value: number) => string): string {
  return `${shown(median)} (${shown(min)}–${shown(max)})`;
}

function table(head: string[], rows: string[][]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
