/** The figures of a benchmark, its targets and its report. Pure: nothing here measures, reads or writes. */
import { parseArgs } from 'node:util';

/** Title and unit of everything that is measured. */
const MEASUREMENTS = {
  retrieve: ['Retrieve one', 'requests/s'],
  retrieveCpu: ['Retrieve one, CPU time', 'µs/request'],
  list: ['List 10', 'requests/s'],
  listCpu: ['List 10, CPU time', 'µs/request'],
  create: ['Create, acknowledged on disk', 'creates/s'],
  healthy: ['Start to healthy', 'ms'],
  firstList: ['Start to the first list', 'ms'],
  inCode: ['`createMockServer()` to the first answer, in a warm process', 'ms'],
  idleMemory: ['Memory, idle', 'bytes'],
  loadedMemory: ['Memory after the first list', 'bytes'],
  memoryPerJob: ['Memory per job', 'bytes/job'],
} as const;
export type Measurement = keyof typeof MEASUREMENTS;
export const ALL_MEASUREMENTS = Object.keys(MEASUREMENTS) as Measurement[];

/** In the order of the columns. */
const CONTENDERS = {
  ours: 'This mock',
  express: 'Express',
  'node-http': 'node:http',
  prism: 'Prism',
} as const;
const CONTENDER_NAMES = Object.keys(CONTENDERS) as (keyof typeof CONTENDERS)[];

/** How our mock differs from its default: no journal, many sandboxes, jobs created over HTTP in place of a seed. */
const SETTINGS = {
  unrecorded: ', without journal and coverage',
  crowded: ', among 1,000 sandboxes',
  created: ', created over HTTP',
} as const;

/** What a figure belongs to. Only our mock has a number of jobs: the others store none. */
export interface Subject {
  contender: keyof typeof CONTENDERS;
  jobs?: number;
  setting?: keyof typeof SETTINGS;
}

/** One value of one round. */
export interface Sample extends Subject {
  measurement: Measurement;
  value: number;
}

/** How much is measured. */
export interface Plan {
  rounds: number;
  connections: number;
  /** Seconds before each load that are not counted, while a server's code is still being compiled. */
  warmUp: number;
  /** Seconds. */
  load: number;
  /** How long a started server is left alone before its memory is read, in milliseconds. */
  settleInMs: number;
  /** How many jobs are stored. */
  jobs: { fewest: number; few: number; many: number; most: number };
  /** How many other sandboxes there are, where their cost is measured. */
  sandboxes: number;
  creates: { batch: number; warmUpBatches: number; batches: number };
  /** How many mocks are created in one process. */
  inCode: { warmUps: number; mocks: number };
}

/** With fewer, the spread says little. */
const MIN_ROUNDS = 5;
const FULL: Plan = {
  rounds: MIN_ROUNDS,
  connections: 10,
  warmUp: 4,
  load: 3,
  settleInMs: 1_000,
  jobs: { fewest: 20, few: 100, many: 10_000, most: 100_000 },
  sandboxes: 1_000,
  creates: { batch: 100, warmUpBatches: 15, batches: 40 },
  inCode: { warmUps: 3, mocks: 21 },
};
const QUICK: Plan = {
  ...FULL,
  rounds: 2,
  warmUp: 0.4,
  load: 0.5,
  settleInMs: 200,
  jobs: { ...FULL.jobs, many: 2_000, most: 20_000 },
  creates: { batch: 50, warmUpBatches: 2, batches: 4 },
  inCode: { warmUps: 1, mocks: 5 },
};

/** Reads the command line. Rough figures are not to be published. Throws an error that says what is allowed. */
export function readPlan(args: string[]): { plan: Plan; isRough: boolean } {
  const options = { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } } as const;
  let flags: { quick: boolean; rounds?: string };
  try {
    flags = parseArgs({ args, options }).values;
  } catch (error) {
    const message = (error as Error).message.replace(/\.?$/, '.');
    throw new Error(`${message} Allowed: --quick, --rounds <n>.`, { cause: error });
  }
  const plan = flags.quick ? QUICK : FULL;
  const rounds = flags.rounds ?? String(plan.rounds);
  if (!/^[1-9]\d{0,2}$/.test(rounds)) throw new Error(`--rounds is '${rounds}'. Allowed: 1 to 999.`);
  return {
    plan: { ...plan, rounds: Number(rounds) },
    isRough: flags.quick || Number(rounds) < MIN_ROUNDS,
  };
}

/** The values of several rounds. */
interface Spread {
  rounds: number[];
  median: number;
  min: number;
  max: number;
}

/** A bound for a figure, in its unit, or for the ratio of two figures of one measurement. */
interface Target {
  measurement: Measurement;
  of: Subject;
  to?: Subject;
  atLeast?: number;
  atMost?: number;
}
type Figure = Omit<Sample, 'value'> & Spread & { unit: string };
type Column = [title: string, subject: Subject];
type Verdict = Target & Spread & { isMet: boolean };

/** What `bench/results.json` holds. */
export interface Results {
  /** The day, as `2026-01-01`. */
  date: string;
  machine: { cpu: string; cores: number; memoryInGiB: number; system: string };
  /** The version of each package that takes part. */
  versions: Record<string, string>;
  plan: Plan;
  figures: Figure[];
  targets: Verdict[];
}

export function targetsFor({ fewest, few, many, most }: Plan['jobs']): Target[] {
  const ours = (jobs: number, setting?: 'crowded' | 'unrecorded'): Subject => {
    return { contender: 'ours', jobs, ...(setting && { setting }) };
  };
  const express: Subject = { contender: 'express' };
  const prism: Subject = { contender: 'prism' };
  return [
    { measurement: 'retrieve', of: ours(few), to: express, atLeast: 0.75 },
    { measurement: 'list', of: ours(few), to: express, atLeast: 0.75 },
    { measurement: 'retrieve', of: ours(few), to: prism, atLeast: 1.25 },
    { measurement: 'list', of: ours(few), to: prism, atLeast: 1 },
    { measurement: 'create', of: ours(many), to: ours(few), atLeast: 0.8 },
    { measurement: 'retrieve', of: ours(most), to: ours(few), atLeast: 0.9 },
    { measurement: 'list', of: ours(most), to: ours(few), atLeast: 0.9 },
    // Among many sandboxes, a request takes at most 1.2 times as long.
    { measurement: 'retrieve', of: ours(fewest, 'crowded'), to: ours(fewest), atLeast: 0.833 },
    { measurement: 'list', of: ours(fewest, 'crowded'), to: ours(fewest), atLeast: 0.833 },
    { measurement: 'create', of: ours(fewest, 'crowded'), to: ours(fewest), atLeast: 0.833 },
    { measurement: 'retrieve', of: ours(few), to: ours(few, 'unrecorded'), atLeast: 0.9 },
    { measurement: 'list', of: ours(few), to: ours(few, 'unrecorded'), atLeast: 0.9 },
    { measurement: 'create', of: ours(few), to: ours(few, 'unrecorded'), atLeast: 0.9 },
    { measurement: 'healthy', of: ours(0), to: prism, atMost: 0.6 },
    { measurement: 'healthy', of: ours(many), to: prism, atMost: 0.6 },
    { measurement: 'idleMemory', of: ours(0), to: prism, atMost: 0.6 },
    { measurement: 'inCode', of: ours(0), atMost: 50 },
    // The bounds of the rates, as CPU time: it changes less on a busy machine.
    { measurement: 'retrieveCpu', of: ours(few), to: express, atMost: 1.333 },
    { measurement: 'listCpu', of: ours(few), to: express, atMost: 1.333 },
    { measurement: 'retrieveCpu', of: ours(few), to: prism, atMost: 0.8 },
    { measurement: 'listCpu', of: ours(few), to: prism, atMost: 1 },
  ];
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There are no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return (lower + upper) / 2;
}

function createSpread(values: number[], decimals: number): Spread {
  const round = (value: number) => Number(value.toFixed(decimals));
  return {
    rounds: values.map(round),
    median: round(median(values)),
    min: round(Math.min(...values)),
    max: round(Math.max(...values)),
  };
}

export function findSample<Found extends Omit<Sample, 'value'>>(
  samples: Found[],
  measurement: Measurement,
  { contender, jobs, setting }: Subject,
): Found | undefined {
  return samples.find(
    (each) =>
      each.measurement === measurement &&
      each.contender === contender &&
      each.jobs === jobs &&
      each.setting === setting,
  );
}

/** Sums up the samples of all rounds, and compares them to the targets. Throws when a round lacks a figure. */
export function createResults(
  rounds: Sample[][],
  about: Pick<Results, 'date' | 'machine' | 'versions' | 'plan'>,
): Results {
  const getRounds = (measurement: Measurement, subject: Subject) =>
    rounds.map((samples) => {
      const sample = findSample(samples, measurement, subject);
      if (!sample) throw new Error(`A round lacks ${measurement} of ${JSON.stringify(subject)}.`);
      return sample.value;
    });
  const figures = (rounds[0] ?? []).map(({ measurement, contender, jobs, setting }): Figure => {
    const subject = { contender, ...(jobs !== undefined && { jobs }), ...(setting && { setting }) };
    const unit = MEASUREMENTS[measurement][1];
    return { measurement, ...subject, unit, ...createSpread(getRounds(measurement, subject), 1) };
  });
  const targets = targetsFor(about.plan.jobs).map((target): Verdict => {
    const values = getRounds(target.measurement, target.of);
    // Round by round: what slows a whole round down leaves its ratio as it is.
    const others = target.to && getRounds(target.measurement, target.to);
    const ratio = createSpread(
      others ? values.map((value, round) => value / (others[round] ?? NaN)) : values,
      4,
    );
    const { atLeast = -Infinity, atMost = Infinity } = target;
    return { ...target, ...ratio, isMet: ratio.median >= atLeast && ratio.median <= atMost };
  });
  return { ...about, figures, targets };
}

/** The text between these lines is generated; the rest of the document is written by hand. */
const GENERATED =
  /(?<=^<!-- Generated from bench\/results\.json.* -->\n)[^]*(?=^<!-- End of what is generated\. -->$)/m;

/** Renders docs/performance.md anew. Throws when it lacks the lines between which it is generated. */
export function updatePerformanceDocument(document: string, results: Results): string {
  if (!GENERATED.test(document))
    throw new Error('docs/performance.md lacks the lines between which it is generated.');
  return document.replace(GENERATED, () => `\n${report(results)}\n\n`);
}

/** Renders results in Markdown: each figure as the median of the rounds, with the least and the most. */
export function report({ date, machine, versions, plan, figures, targets }: Results): string {
  const { few, many, most } = plan.jobs;
  const besideOthers = (jobs: number) =>
    CONTENDER_NAMES.map((contender): Column => {
      return [CONTENDERS[contender], contender === 'ours' ? { contender, jobs } : { contender }];
    });
  const byJobs = [0, few, many, most].map((jobs): Column => [count(jobs), { contender: 'ours', jobs }]);
  const created = { contender: 'ours', jobs: many, setting: 'created' } as const;
  const perJob = findSample(figures, 'memoryPerJob', { contender: 'ours', jobs: most });
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const loads = ['retrieve', 'retrieveCpu', 'list', 'listCpu'] as const;
  return [
    [
      `- **When**: ${date}, by \`npm run bench\``,
      `- **Where**: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryInGiB} GiB; ${machine.system}`,
      `- **What**: ${packages.join(', ')}`,
      `- **How much**: ${plan.rounds} rounds; ${plan.connections} connections; each load of ${plan.load} s after ${plan.warmUp} s of warm-up`,
      '\nFigures are the median of the rounds, with the least and the most. Ratios are taken round by round.',
    ].join('\n'),
    '### Targets',
    table(['Ratio or figure', 'Target', 'Measured', ''], targets.map(verdictRow)),
    `### Beside others, with ${count(few)} jobs stored`,
    figureTable(figures, [...loads], besideOthers(few)),
    '### Beside others, without a job',
    figureTable(figures, ['healthy', 'idleMemory'], besideOthers(0)),
    '### By the number of jobs stored',
    figureTable(
      figures,
      [...loads, 'create', 'healthy', 'firstList', 'loadedMemory'],
      [...byJobs, [count(many) + SETTINGS.created, created]],
    ),
    ...(perJob ? [`${MEASUREMENTS.memoryPerJob[0]}: ${formatSpread(perJob, count)} bytes.`] : []),
  ].join('\n\n');
}

function verdictRow({ measurement, of, to, atLeast, atMost, isMet, ...ratio }: Verdict): string[] {
  const [title, unitOfFigure] = MEASUREMENTS[measurement];
  const unit = to ? '' : ` ${unitOfFigure}`;
  const bound = (atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`) + unit;
  const measured = formatSpread(ratio, (value) => value.toFixed(to ? 3 : 1)) + unit;
  const what = `${title}: ${formatSubject(of)}${to ? ` to ${formatSubject(to)}` : ''}`;
  return [what, bound, measured, isMet ? 'met' : '**missed**'];
}

function formatSubject({ contender, jobs, setting }: Subject): string {
  if (contender !== 'ours') return CONTENDERS[contender];
  const stored = jobs === 0 ? 'this mock empty' : `this mock with ${count(jobs ?? 0)} jobs`;
  return stored + (setting ? SETTINGS[setting] : '');
}

/** Leaves out rows and columns of which nothing was measured. */
function figureTable(figures: Figure[], rows: Measurement[], columns: Column[]): string {
  const isMeasured = (measurement: Measurement, subject: Subject) =>
    findSample(figures, measurement, subject) !== undefined;
  const shown = columns.filter(([, subject]) => rows.some((row) => isMeasured(row, subject)));
  const body = rows
    .filter((row) => shown.some(([, subject]) => isMeasured(row, subject)))
    .map((row) => {
      const [title, unit] = MEASUREMENTS[row];
      const cells = shown.map(([, subject]) => {
        const figure = findSample(figures, row, subject);
        return figure
          ? formatSpread(figure, (value) => count(unit === 'bytes' ? value / 1024 ** 2 : value))
          : '–';
      });
      return [`${title}, ${unit === 'bytes' ? 'MiB' : unit}`, ...cells];
    });
  return table(['', ...shown.map(([title]) => title)], body);
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function formatSpread(
  { median, min, max }: Omit<Spread, 'rounds'>,
  format: (value: number) => string,
): string {
  return `${format(median)} (${format(min)}–${format(max)})`;
}

function table(head: string[], rows: string[][]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
