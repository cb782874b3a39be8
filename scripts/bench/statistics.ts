/** Values of several rounds, summed up. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** The middle one, and how far they spread. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('There are no values.');
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  return { median: (lower + upper) / 2, min: sorted[0] ?? NaN, max: sorted.at(-1) ?? NaN };
}

/** Each round's value by the other's of the same round: what slows a whole round down leaves its ratio as it is. */
export function ratiosByRound(values: readonly number[], others: readonly number[]): number[] {
  if (values.length !== others.length)
    throw new Error(`${values.length} rounds, and ${others.length} of the other.`);
  return values.map((value, round) => value / (others[round] ?? NaN));
}
