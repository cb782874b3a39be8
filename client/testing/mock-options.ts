/**
 * How a mock is to be: the options of `createMockServer` that a thread of its own can be given. It keeps state in memory
 * and listens on a free port of this machine. Every option may be left out.
 */
export interface MockOptions {
  /** What a sandbox starts with: `documented` (default), `demo`, `empty`, or the path of a file `{"jobs": [ExportJob, …]}`. */
  seed?: string | undefined;
  /** The instant (RFC 3339) at which the clock of every sandbox is frozen until it is turned. Without it, clocks run. */
  clock?: string | undefined;
  /** A non-negative integer that determines ids, batch ids and the `demo` seed, alike in every sandbox. Without it, they are random. */
  randomSeed?: number | undefined;
  /** The name of the scenario that a created job lives by, unless something more specific chooses one. Default `succeeds`. */
  scenario?: string | undefined;
  /** A directory with scenarios of your own, one `<name>.json` each. They replace built-in ones of the same name. */
  scenarios?: string | undefined;
  /** How long a job of the default scenario is NEW, in milliseconds. Default: set by the scenario, 2000 for `succeeds`. */
  newMs?: number | undefined;
  /** How long it is then PROCESSING, in milliseconds. Default: set by the scenario, 5000 for `succeeds`. */
  processingMs?: number | undefined;
  /** What moves created jobs on: `time` (default), `polls` (each retrieve or list that returns the job) or `hand`. */
  progress?: 'time' | 'polls' | 'hand' | undefined;
  /** With `polls`: how often a job is returned in a status before it moves on, from 1. Default 1. */
  polls?: number | undefined;
  /** How many of the last requests the journal of a sandbox keeps: 1 to 100000. Default 1000. */
  journal?: number | undefined;
  /** The name of the fault that every sandbox starts with. Without it, none. */
  fault?: string | undefined;
  /** A directory with faults of your own, one `<name>.json` each. They replace built-in ones of the same name. */
  faults?: string | undefined;
  /** Whether browsers may send requests from any origin. Default true. */
  cors?: boolean | undefined;
  /** How much to log, to standard error. Default `silent`. */
  logLevel?: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent' | undefined;
}

/** The mock could not start. The message says why, as that of `createMockServer` does. */
export class MockStartError extends Error {
  /** @param name that of the error of `createMockServer`, such as `OptionError` */
  constructor(message: string, name = 'OptionError') {
    super(message);
    this.name = name;
  }
}

/** Options of `createMockServer` that are not for a mock in a thread, each with what holds instead. */
const WITHHELD: Record<string, string> = {
  port: 'it listens on a free port',
  host: 'it listens on 127.0.0.1',
  db: 'it keeps state in memory',
  memory: 'it keeps state in memory',
  fresh: 'it keeps state in memory',
  auth: 'it takes any token',
  credentials: 'it takes any token',
  admin: 'the kit uses its control plane',
  adminToken: 'its control plane is open to this machine alone',
  operations: 'functions cannot be passed to its thread',
  upstream: 'it serves this API alone',
  recordRun: 'its sandboxes have a journal',
  contract: 'it validates against the contract that the kit is made for',
};

const KNOWN = {
  seed: true,
  clock: true,
  randomSeed: true,
  scenario: true,
  scenarios: true,
  newMs: true,
  processingMs: true,
  progress: true,
  polls: true,
  journal: true,
  fault: true,
  faults: true,
  cors: true,
  logLevel: true,
} satisfies Record<keyof MockOptions, true>;

/**
 * Throws MockStartError for an option that is not for a mock in a thread. Values are checked where it starts.
 * @param more options that are for who calls, and were looked at there
 */
export function checkOptions(options: object, more: readonly string[] = []): void {
  checkObject(options, more);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (Object.hasOwn(WITHHELD, name)) {
      throw new MockStartError(`The test kit's mock takes no option ${name}: ${WITHHELD[name]}`);
    }
    if (!Object.hasOwn(KNOWN, name)) {
      throw new MockStartError(`The test kit's mock has no option ${name}; it has ${namesWith(more)}`);
    }
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new MockStartError(
        `Invalid ${name}: ${value === null ? 'null' : `a value of type ${typeof value}`}; expected text, a number, true or false`,
      );
    }
  }
  if ('journal' in options && options.journal === 0) {
    throw new MockStartError(
      'Invalid journal: 0; expected an integer from 1 to 100000, as the test kit needs the journal',
    );
  }
}

export function checkObject(options: unknown, more: readonly string[]): void {
  if (typeof options === 'object' && options !== null) return;
  throw new MockStartError(`Invalid options: expected an object with ${namesWith(more)}`);
}

function namesWith(more: readonly string[]): string {
  return [...Object.keys(KNOWN), ...more].join(', ');
}
