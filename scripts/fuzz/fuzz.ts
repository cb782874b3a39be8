import fc from 'fast-check';
import { parseAnswers, type Answer } from './answers.js';
import { send } from './connection.js';
import type { Contract } from './contract.js';
import type { Exchange, Expected } from './exchange.js';
import { problemsOf } from './judge.js';
import { anyExchange } from './exchanges.js';

/** The mock that is sent to. */
export interface Target {
  /** Resolves to its port; one that has ended is started anew. */
  port(): Promise<number>;
  /** Takes the sandboxes back to their beginning. */
  reset(): Promise<void>;
  /** What is wrong with the mock itself since it was last asked: that it has ended, or what it wrote. */
  faults(): string[];
}

export interface Report {
  /** How many exchanges there were of each kind. */
  sent: Map<string, number>;
  /** How many answers there were of each kind. */
  received: Map<string, number>;
  /** Absent when no answer was outside the contract. */
  failure?: { exchange: Exchange; problems: string; path: string };
}

interface Options {
  contract: Contract;
  target: Target;
  runs: number;
  seed: number;
  /** Where a failure was found, to go there at once. */
  path?: string | undefined;
}

/** How many exchanges may leave their jobs behind. */
const RUNS_BETWEEN_RESETS = 200;

/** How long a smaller exchange is looked for that fails too: each may cost a start of the mock. */
const LONGEST_SHRINKING_IN_MS = 30_000;

/** What was sent is accepted in one turn of the mock's event loop, read in the next, and answered by the one after. */
const TURNS_TO_SETTLE = 3;

const HEALTH = '/__admin/health';

/** Sends what is generated from a seed, and judges what comes back. */
export async function fuzz({ contract, target, runs, seed, path }: Options): Promise<Report> {
  const report: Report = { sent: new Map(), received: new Map() };
  let run = 0;
  let giveUpAt = Infinity;
  const property = fc.asyncProperty(anyExchange(contract), async (exchange) => {
    if (performance.now() > giveUpAt) return;
    if (run++ % RUNS_BETWEEN_RESETS === 0) await target.reset();
    count(report.sent, exchange.kind);
    const problems = await problemsWith(contract, target, exchange, (kind) => count(report.received, kind));
    if (problems.length === 0) return;
    giveUpAt = Math.min(giveUpAt, performance.now() + LONGEST_SHRINKING_IN_MS);
    throw new Error(problems.join('\n'));
  });
  const result = await fc.check(property, { numRuns: runs, seed, ...(path !== undefined && { path }) });
  const [exchange] = result.counterexample ?? [];
  if (exchange) {
    const { message } = result.errorInstance as Error;
    report.failure = { exchange, problems: message, path: result.counterexamplePath ?? '' };
  }
  return report;
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

async function problemsWith(
  contract: Contract,
  target: Target,
  exchange: Exchange,
  tell: (kind: string) => void,
): Promise<string[]> {
  const port = await target.port();
  const settle = async () => {
    for (let turn = 0; turn < TURNS_TO_SETTLE; turn++) {
      await (await fetch(`http://127.0.0.1:${port}${HEALTH}`)).arrayBuffer();
    }
  };
  try {
    const received = await send(port, exchange, settle);
    if (exchange.leaves.startsWith('by resetting')) await settle();
    return [...problemsWithAnswers(contract, exchange, received, tell), ...target.faults()];
  } catch (error) {
    return [(error as Error).message, ...target.faults()];
  }
}

const ANY: Expected = {
  statuses: [200, 204, 400, 401, 403, 404, 405, 408, 413, 415, 417, 429, 431],
};

function problemsWithAnswers(
  contract: Contract,
  { expected, leaves }: Exchange,
  received: string,
  tell: (kind: string) => void,
): string[] {
  const list = expected === 'any' ? [] : expected;
  // A reset may cut an answer.
  if (leaves.startsWith('by resetting')) {
    tell('reset');
    return [];
  }
  const answers = parseAnswers(received, (index) => list[index]?.isHead ?? false);
  for (const answer of answers) tell(kindOf(answer));
  if (answers.length === 0) tell('closed');
  if (expected === 'any') return answers.flatMap((answer) => problemsOf(contract, answer, ANY));
  const missing = expected.slice(answers.length).filter(({ mayBeMissing }) => !mayBeMissing);
  const problems = missing.length > 0 ? [`${missing.length} answers are missing`] : [];
  return answers.reduce((all, answer, index) => {
    const one = expected[index];
    const found = one ? problemsOf(contract, answer, one) : ['there are more answers than calls'];
    return [...all, ...found.map((problem) => `answer ${index + 1}: ${problem}`)];
  }, problems);
}

/** The status, and which error it is. */
function kindOf({ status, body }: Answer): string {
  const error = /"urn:aep-export-jobs-mock:error:([a-z-]+)"|"error_code":"(\d+)"|"(BadRequestError)"/.exec(
    body,
  );
  return [status, ...(status < 400 ? [] : [error?.slice(1).find(Boolean) ?? 'without a body'])].join(' ');
}
