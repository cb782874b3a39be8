import type { Operations } from './operations/operation.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** An option has a value that is not allowed. The message says which, what was given and what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError';

  /** @param option the option, where it is the value of one that is not allowed; the message begins with it. */
  constructor(
    message: string,
    readonly option?: string,
  ) {
    super(message);
  }
}

/** How a mock is to be. Every option may be left out. */
export interface MockServerOptions {
  /** The port that `listen` takes: 0 to 65535, where 0 picks a free one. Default 4010 from the command line, 0 in code. */
  port?: number | undefined;
  /** The address that `listen` takes. Default `127.0.0.1`. */
  host?: string | undefined;
  /**
   * The directory to keep state in: a new one, an empty one, or one that a mock has kept state in before. The mock has it
   * for itself until it is closed. Without it, state is kept in memory.
   */
  db?: string | undefined;
  /** Whether state is kept in memory. Default true, unless there is a `db`; allowed is true without one, false with one. */
  memory?: boolean | undefined;
  /** Whether what `db` has kept is given up at the start. Default false. */
  fresh?: boolean | undefined;
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
  /** Operations to run in place of the mock's own. One that is undefined is the mock's own. */
  operations?: { [Id in keyof Operations]?: Operations[Id] | undefined } | undefined;
}
