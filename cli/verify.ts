import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { applyVariables } from './flags.js';
import type { Surroundings } from './surroundings.js';
import { OptionError } from '../contract/option-error.js';
import { shown } from '../contract/format-value.js';
import { harmless } from '../contract/text.js';
import type { Report } from '../verify/report.js';
import type { VerifyOptions } from '../verify/verify.js';
import { addVerifyFlags, budgetOf, headersOf, readRequest, type VerifyFlags } from './verify-flags.js';

type VerifySurroundings = Pick<Surroundings, 'environment' | 'printOn' | 'tell' | 'signals' | 'exit'>;

const UNREACHABLE = 2;
const INTERRUPTED = 130;
const CODES = { passed: 0, failed: 1, incomplete: 2, interrupted: INTERRUPTED };
const SECOND_IN_MS = 1000;
const WATCH_IN_MS = 10_000;
const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const EXIT_CODES = `
Nothing is created or cancelled without --write. Exit codes: 0 if nothing contradicts the contract; 1 if something does or,
with --strict, is unknown to it, or if a job that it created may be left; 2 for bad usage, if the server is unreachable or
refuses the first call, or if it fails later so that a check could not be made, or none could; 130 if stopped before
anything was found.`;

/**
 * Adds the verb that looks whether a server, any server, keeps the contract.
 * @param ended is told the code to exit with
 */
export function addVerify(
  program: Command,
  surroundings: VerifySurroundings,
  ended: (code: number) => void,
): void {
  program.commandsGroup('Verbs for the contract:');
  const verify = program
    .command('verify')
    .description('check whether a server, such as the real service, keeps the contract')
    .addHelpText('after', EXIT_CODES);
  addVerifyFlags(verify).action(async (baseUrl: string) => {
    applyVariables(verify, surroundings.environment);
    ended(await run(baseUrl, verify.opts<VerifyFlags>(), surroundings));
  });
}

/** Resolves to the code to exit with. */
async function run(baseUrl: string, flags: VerifyFlags, surroundings: VerifySurroundings): Promise<number> {
  const { printOn, tell } = surroundings;
  const { write, report: file, strict = false, showBodies = false, badToken = false } = flags;
  if (!write && flags.request !== undefined) throw new OptionError('--request is for --write: give both');
  if (file !== undefined && extname(file).toLowerCase() !== '.json') {
    throw new OptionError(`--report is ${shown(file)}; allowed is the name of a file that ends in .json`);
  }
  if (!write && flags.watch !== undefined) throw new OptionError('--watch is for --write: give both');
  const request = flags.request === undefined ? undefined : await readRequest(flags.request);
  const [budget, headers] = [budgetOf(flags), headersOf(flags)];
  // Loaded here: it brings the validator, which no other verb needs.
  const { closingLines, outcomeLine } = await import('../verify/report-lines.js');
  const say = flags.json ? tell : printOn;
  say(`${baseUrl}: ${write ? 'reads and writes' : 'reads only'}, with at most ${budget} calls.`);
  const { signal, forget } = stopSignal(surroundings);
  const report = await reportOf({
    ...{ baseUrl, budget, headers, strict, showBodies, badToken },
    write: write && { request, polls: Math.ceil((flags.watch ?? WATCH_IN_MS) / SECOND_IN_MS) + 1 },
    progress: (outcome) => say(outcomeLine(outcome)),
    pause: (ms, until) => setTimeout(ms, undefined, until && { signal: until }).catch(() => undefined),
    signal,
  }).finally(forget);
  if (typeof report === 'string') {
    tell(harmless(report));
    return UNREACHABLE;
  }
  if (flags.json) printOn(JSON.stringify(report, null, 2));
  say(closingLines(report));
  if (file !== undefined) await keep(file, report);
  return CODES[report.verdict];
}

/** What is aborted when the process is to stop, until that is forgotten. */
function stopSignal({ signals, tell, exit }: VerifySurroundings): {
  signal: AbortSignal;
  forget: () => void;
} {
  const stopped = new AbortController();
  const stop = () => {
    if (stopped.signal.aborted) exit(INTERRUPTED);
    else tell('Stopping: what was created is cancelled first. Ctrl-C again stops at once.');
    stopped.abort();
  };
  for (const name of STOPPING) signals.on(name, stop);
  const forget = () => {
    for (const name of STOPPING) signals.off(name, stop);
  };
  return { signal: stopped.signal, forget };
}

/** Resolves to the report, or to why there is none. */
async function reportOf(options: VerifyOptions): Promise<Report | string> {
  const { UnreachableError, verify } = await import('../verify/verify.js');
  return verify(options).catch((error: unknown) => {
    if (error instanceof UnreachableError) return error.message;
    throw error;
  });
}

async function keep(file: string, report: Report): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    throw new OptionError(`--report ${file}: ${(error as Error).message}`);
  }
}
