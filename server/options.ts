import { parseInstant } from './domain/instant.js';
import type { Operations } from './operations/operation.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An option has a value that is not allowed. The message says which, what was given and what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** How a mock is to be. Every option may be left out. */
export interface MockServerOptions {
  /** The port that `listen` takes: 0 to 65535, where 0 picks a free one. Default 4010 from the command line, 0 in code. */
  port?: number | undefined;
  /** The address that `listen` takes. Default `127.0.0.1`. */
  host?: string | undefined;
  /** Whether state is kept in memory alone. Only true is allowed: this version keeps it nowhere else. */
  memory?: boolean | undefined;
  /** What a sandbox starts with: `documented` (default), `demo`, `empty`, or the path of a file `{"jobs": [ExportJob, …]}`. */
  seed?: string | undefined;
  /** The instant (RFC 3339) at which every sandbox's clock stands until it is turned. Without it, clocks go. */
  clock?: string | undefined;
  /** A non-negative integer from which ids, batch ids and the `demo` seed follow. Without it, they differ from start to start. */
  randomSeed?: number | undefined;
  /** How long a created job is NEW, in milliseconds. Default 2000. */
  newMs?: number | undefined;
  /** How long it is PROCESSING after that, in milliseconds. Default 5000. */
  processingMs?: number | undefined;
  /** Whether browsers may call from any origin. Default true. */
  cors?: boolean | undefined;
  /** Which log lines are written, to standard error. Default `silent` in code. */
  logLevel?: LogLevel | undefined;
  /** The OpenAPI file to hold to. Default: the contract of this package. */
  contract?: string | undefined;
  /** Operations to run in place of the mock's own. */
  operations?: Partial<Operations> | undefined;
}

/** Throws OptionError for the first option whose value is not allowed. */
export function checkOptions(options: MockServerOptions): void {
  const { port, memory, randomSeed, newMs, processingMs, clock, logLevel } = options;
  if (memory === false)
    throw new OptionError('memory is false; allowed is true: this version keeps state in memory');
  checkInteger('port', port, 65_535);
  checkInteger('randomSeed', randomSeed, Number.MAX_SAFE_INTEGER);
  checkInteger('newMs', newMs, LONGEST_STATE_IN_MS);
  checkInteger('processingMs', processingMs, LONGEST_STATE_IN_MS);
  if (clock !== undefined && (parseInstant(clock) ?? -1) < 0) {
    throw new OptionError(
      `clock is ${show(clock)}; allowed is a timestamp of 1970 or later as RFC 3339 writes it, such as 2026-01-31T12:00:00Z`,
    );
  }
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel)) {
    throw new OptionError(`logLevel is ${show(logLevel)}; allowed is one of ${LOG_LEVELS.join(', ')}`);
  }
}

/** 365 days. */
const LONGEST_STATE_IN_MS = 365 * 24 * 60 * 60 * 1000;

function checkInteger(name: string, value: number | undefined, maximum: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0 && value <= maximum)) return;
  throw new OptionError(`${name} is ${show(value)}; allowed is an integer from 0 to ${maximum}`);
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
