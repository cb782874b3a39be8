/**
 * How a mock is to be: the options of `createMockServer` that a thread of its own can be given. It keeps state in memory
 * and listens on a free port of this machine. Every option may be left out.
 */
export interface MockOptions {
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
  progress?: 'time' | 'polls' | 'hand' | undefined;
  /** By polls: in how many answers a job appears in a status before it moves on, from 1. Default 1. */
  polls?: number | undefined;
  /** How many of the last calls a sandbox's journal keeps: 1 to 100000. Default 1000. */
  journal?: number | undefined;
  /** The name of the fault that every sandbox begins with. Without it, none. */
  fault?: string | undefined;
  /** A directory with faults of one's own, a file `<name>.json` each, beside those of this package. */
  faults?: string | undefined;
  /** Whether browsers may call from any origin. Default true. */
  cors?: boolean | undefined;
  /** Which log lines are written, to standard error. Default `silent`. */
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
  admin: 'its control plane is what the kit speaks to',
  adminToken: 'its control plane is open to this machine alone',
  operations: 'functions can not be handed to its thread',
  upstream: 'it serves this API alone',
  recordRun: 'its sandboxes keep what tests ask of',
  contract: 'it holds to the contract that the kit is made for',
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
        `${name} is ${value === null ? 'null' : `of type ${typeof value}`}; allowed are texts, numbers and true or false`,
      );
    }
  }
  if ('journal' in options && options.journal === 0) {
    throw new MockStartError(
      'journal is 0; the test kit needs a record of calls, so allowed is an integer from 1 to 100000',
    );
  }
}

export function checkObject(options: unknown, more: readonly string[]): void {
  if (typeof options === 'object' && options !== null) return;
  throw new MockStartError(`The options of the test kit's mock are an object of ${namesWith(more)}`);
}

function namesWith(more: readonly string[]): string {
  return [...Object.keys(KNOWN), ...more].join(', ');
}
