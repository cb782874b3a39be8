import fc from 'fast-check';
import { findProblems, type Operation } from './judge.js';
import { parseResponses, send, type Exchange, type Expected, type Response } from './messages.js';
import { anyExchange } from './exchanges.js';

/** The mock that is sent to. */
export interface Target {
  /** Resolves to its port; one that has ended is started anew. */
  port(): Promise<number>;
  /** Takes the sandboxes back to their beginning. */
  reset(): Promise<void>;
  /** What was wrong with the mock itself since the last time: that it has ended, or what it wrote. */
  faults(): string[];
}

export interface Report {
  /** How many exchanges there were of each kind. */
  sent: Map<string, number>;
  /** How many responses there were of each kind. */
  received: Map<string, number>;
  /** Absent when no response was outside the contract. */
  failure?: { exchange: Exchange; problems: string; path: string };
}

interface Options {
  operations: Operation[];
  target: Target;
  runs: number;
  seed: number;
  /** Where a failure was found, to go there at once. */
  path?: string | undefined;
}

/** How many exchanges may leave their jobs behind. */
const RUNS_BETWEEN_RESETS = 200;
/** How long a smaller exchange is looked for that fails too: each may cost a start of the mock. */
const MAX_SHRINKING_MS = 30_000;
/** What was sent is accepted in one turn of the mock's event loop, read in the next, and processed by the one after. */
const TURNS_TO_SETTLE = 3;
const ANY: Expected = { statuses: [200, 204, 400, 401, 403, 404, 405, 408, 413, 415, 417, 429, 431] };

/** Sends what is generated from a seed, and judges what comes back. */
export async function fuzz({ operations, target, runs, seed, path }: Options): Promise<Report> {
  const report: Report = { sent: new Map(), received: new Map() };
  const count = (counts: Map<string, number>, kind: string) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const judge = ({ expected, leaves }: Exchange, received: string): string[] => {
    // A reset may cut a response.
    if (leaves.startsWith('by resetting')) {
      count(report.received, 'reset');
      return [];
    }
    const list = expected === 'any' ? [] : expected;
    const responses = parseResponses(received, (index) => list[index]?.isHead ?? false);
    for (const response of responses) count(report.received, kindOf(response));
    if (responses.length === 0) count(report.received, 'closed');
    const missing = list.slice(responses.length).filter(({ mayBeMissing }) => !mayBeMissing);
    const problems = responses.flatMap((response, index) => {
      const one = expected === 'any' ? ANY : list[index];
      const found = one
        ? findProblems(operations, response, one)
        : ['there are more responses than requests'];
      return found.map((problem) => `response ${index + 1}: ${problem}`);
    });
    return missing.length > 0 ? [`${missing.length} responses are missing`, ...problems] : problems;
  };
  const exchangeProblems = async (exchange: Exchange): Promise<string[]> => {
    const port = await target.port();
    const settle = async () => {
      for (let turn = 0; turn < TURNS_TO_SETTLE; turn++)
        await (await fetch(`http://127.0.0.1:${port}/__admin/health`)).arrayBuffer();
    };
    try {
      const received = await send(port, exchange, settle);
      if (exchange.leaves.startsWith('by resetting')) await settle();
      return [...judge(exchange, received), ...target.faults()];
    } catch (error) {
      return [(error as Error).message, ...target.faults()];
    }
  };

  let run = 0;
  let giveUpAt = Infinity;
  const property = fc.asyncProperty(anyExchange(operations), async (exchange) => {
    if (performance.now() > giveUpAt) return;
    if (run++ % RUNS_BETWEEN_RESETS === 0) await target.reset();
    count(report.sent, exchange.kind);
    const problems = await exchangeProblems(exchange);
    if (problems.length === 0) return;
    giveUpAt = Math.min(giveUpAt, performance.now() + MAX_SHRINKING_MS);
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

/** The status, and which error it is. */
function kindOf({ status, body }: Response): string {
  const error = /"urn:aep-export-jobs-mock:error:([a-z-]+)"|"error_code":"(\d+)"|"(BadRequestError)"/.exec(
    body,
  );
  return [status, ...(status < 400 ? [] : [error?.slice(1).find(Boolean) ?? 'without a body'])].join(' ');
}
