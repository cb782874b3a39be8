import type { Machine } from './machine.js';
import { isOf, UNITS, type Measurement, type Sample, type Subject } from './measurements.js';
import type { Plan } from './plan.js';
import { ratiosByRound, spreadOf, type Spread } from './statistics.js';
import { targetsFor, type Target } from './targets.js';

const DECIMALS_OF_FIGURES = 1;
const DECIMALS_OF_RATIOS = 4;

export interface Figure extends Subject, Spread {
  measurement: Measurement;
  unit: string;
  /** The value of each round. */
  rounds: number[];
}

export interface Verdict extends Target, Spread {
  /** The figure, or the ratio, of each round. */
  rounds: number[];
  isMet: boolean;
}

/** What `bench/results.json` holds. */
export interface Results {
  /** The day. */
  date: string;
  machine: Machine;
  /** Of each package that takes part, by its name. */
  versions: Record<string, string>;
  plan: Plan;
  figures: Figure[];
  targets: Verdict[];
}

/** Sums up the samples of all rounds, and holds them to the targets. */
export function resultsOf(
  rounds: Sample[][],
  { plan, ...about }: Pick<Results, 'date' | 'machine' | 'versions' | 'plan'>,
): Results {
  const figures = (rounds[0] ?? []).map((sample) => figureOf(sample, rounds));
  const targets = targetsFor(plan.jobs).map((target) => verdictOn(target, figures));
  return { ...about, plan, figures, targets };
}

/** The figure of a measurement, if there is one. */
export function findFigure(
  figures: Figure[],
  measurement: Measurement,
  subject: Subject,
): Figure | undefined {
  return figures.find((figure) => isOf(figure, measurement, subject));
}

function figureOf({ measurement, contender, jobs, setting }: Sample, rounds: Sample[][]): Figure {
  const subject = { contender, ...(jobs !== undefined && { jobs }), ...(setting && { setting }) };
  const values = rounds.map((samples) => {
    const sample = samples.find((each) => isOf(each, measurement, subject));
    if (!sample) throw new Error(`A round lacks ${measurement} of ${JSON.stringify(subject)}.`);
    return sample.value;
  });
  return {
    measurement,
    ...subject,
    unit: UNITS[measurement],
    ...rounded({ rounds: values, ...spreadOf(values) }, DECIMALS_OF_FIGURES),
  };
}

function verdictOn(target: Target, figures: Figure[]): Verdict {
  const valuesOf = (subject: Subject) => {
    const figure = findFigure(figures, target.measurement, subject);
    if (!figure)
      throw new Error(`Nothing was measured as ${target.measurement} of ${JSON.stringify(subject)}.`);
    return figure.rounds;
  };
  const rounds = target.to ? ratiosByRound(valuesOf(target.of), valuesOf(target.to)) : valuesOf(target.of);
  const ratio = rounded({ rounds, ...spreadOf(rounds) }, DECIMALS_OF_RATIOS);
  const { atLeast = -Infinity, atMost = Infinity } = target;
  return { ...target, ...ratio, isMet: ratio.median >= atLeast && ratio.median <= atMost };
}

function rounded(
  { rounds, median, min, max }: Spread & { rounds: number[] },
  decimals: number,
): Spread & { rounds: number[] } {
  const round = (value: number) => Number(value.toFixed(decimals));
  return { rounds: rounds.map(round), median: round(median), min: round(min), max: round(max) };
}
