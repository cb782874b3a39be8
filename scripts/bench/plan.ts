import { parseArgs } from 'node:util';

/** How much is measured. Times are in seconds unless they say otherwise. */
export interface Plan {
  rounds: number;
  connections: number;
  /** Before each load, and not counted: until then a server's code is still being compiled. */
  warmUp: number;
  load: number;
  /** How long a server that has started is left alone before its memory is read. */
  settleInMs: number;
  /** How many jobs are stored. */
  jobs: { fewest: number; few: number; many: number; most: number };
  /** How many other sandboxes there are, where it is measured what they cost. */
  sandboxes: number;
  creates: { batch: number; warmUpBatches: number; batches: number };
  /** How many mocks are made in one process. */
  inCode: { warmUps: number; mocks: number };
}

/** With fewer, the spread says little. */
const FEWEST_ROUNDS = 5;

const FULL: Plan = {
  rounds: FEWEST_ROUNDS,
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
  rounds: 2,
  connections: 10,
  warmUp: 0.4,
  load: 0.5,
  settleInMs: 200,
  jobs: { fewest: 20, few: 100, many: 2_000, most: 20_000 },
  sandboxes: 1_000,
  creates: { batch: 50, warmUpBatches: 2, batches: 4 },
  inCode: { warmUps: 1, mocks: 5 },
};

/** Reads the command line. Figures that are rough are not to be kept. Throws an error that says what is allowed. */
export function readPlan(parameters: string[]): { plan: Plan; isRough: boolean } {
  const flags = flagsOf(parameters);
  const plan = flags.quick ? QUICK : FULL;
  const rounds = flags.rounds ?? String(plan.rounds);
  if (!/^[1-9]\d{0,2}$/.test(rounds)) throw new Error(`--rounds is '${rounds}'. Allowed: 1 to 999.`);
  const isRough = flags.quick || Number(rounds) < FEWEST_ROUNDS;
  return { plan: { ...plan, rounds: Number(rounds) }, isRough };
}

function flagsOf(parameters: string[]): { quick: boolean; rounds?: string } {
  try {
    const options = { quick: { type: 'boolean', default: false }, rounds: { type: 'string' } } as const;
    return parseArgs({ args: parameters, options }).values;
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${message.replace(/\.?$/, '.')} Allowed: --quick, --rounds <n>.`, { cause: error });
  }
}
