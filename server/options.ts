import type { Progress } from './apis/segmentation/stored-job.js';
import type { Violation } from './platform/errors.js';
import type { Operations } from './apis/segmentation/operation.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const AUTH_MODES = ['any', 'minted'] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

/** An option has a value that is not allowed. The message says which, what was given and what is allowed. */
export class OptionError extends Error {
  override readonly name = 'OptionError';

  /** @param option the option, where it is the value of one that is not allowed; the message begins with it. */
  constructor(
    message: string,
    readonly option?: string,
    /** Where it is of a value with parts: what is wrong with them, by pointers into it. */
    readonly violations: readonly Violation[] = [],
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
  /** A non-negative integer from which ids, batch ids and the `demo` seed follow, alike in every sandbox. Without it, they differ. */
  randomSeed?: number | undefined;
  /** The name of the scenario that a created job lives by, unless something else chooses. Default `succeeds`. */
  scenario?: string | undefined;
  /** A folder with scenarios of the user's, `<name>.json` each, beside those of this package. */
  scenarios?: string | undefined;
  /** How long a job of that scenario is NEW, in milliseconds. Default: as the scenario has it, 2000 for `succeeds`. */
  newMs?: number | undefined;
  /** How long it is PROCESSING after that, in milliseconds. Default: as the scenario has it, 5000 for `succeeds`. */
  processingMs?: number | undefined;
  /** By what a created job moves on: `time` (default), `polls` (each retrieve or list that it appears in) or `hand`. */
  progress?: Progress | undefined;
  /** By polls: in how many answers a job appears in a status before it moves on, from 1. Default 1. */
  polls?: number | undefined;
  /**
   * How many of the last calls a sandbox's journal keeps: 0 to 100000. Default 1000. With 0, no record of calls is kept,
   * the coverage included. All journals together hold 256 MiB at most; then the oldest calls are forgotten earlier.
   */
  journal?: number | undefined;
  /** Whether what `run` of a mock tells is recorded, beside the journals. Default false; allowed is true with a journal. */
  recordRun?: boolean | undefined;
  /** The name of the fault that every sandbox begins with. Without it, none. */
  fault?: string | undefined;
  /** A directory with faults of one's own, a file `<name>.json` each, beside those of this package. */
  faults?: string | undefined;
  /**
   * The address of another server, http or https, to which calls for what the mock does not serve are passed on, below its
   * path. Without one, they are answered with 404.
   */
  upstream?: string | undefined;
  /** Whether browsers may call from any origin. Default true. */
  cors?: boolean | undefined;
  /**
   * Which access tokens are good: `any` (default), or those alone that the mock has minted and that have not expired on the
   * clock of the sandbox.
   */
  auth?: AuthMode | undefined;
  /**
   * The path of a file `{"credentials": [{"apiKey", "clientSecret", "organizations": [{"org", "sandboxes"}]}]}` of the
   * clients that there are, and of what each may enter: all that it does not name. Without one, every client may enter all.
   */
  credentials?: string | undefined;
  /** Whether there is a control plane (`/__admin`). Default true; its health is there in any case. */
  admin?: boolean | undefined;
  /**
   * The token that calls of the control plane need: printable ASCII without spaces. Without one, the control plane is open
   * to this machine where `host` is a loopback one, and closed on any other.
   */
  adminToken?: string | undefined;
  /** Which log lines are written, to standard error. Default `silent` in code. */
  logLevel?: LogLevel | undefined;
  /** The OpenAPI file to hold to. Default: the contract of this package. */
  contract?: string | undefined;
  /** Operations to run in place of the mock's own. One that is undefined is the mock's own. */
  operations?: { [Id in keyof Operations]?: Operations[Id] | undefined } | undefined;
}
