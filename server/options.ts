import { isObject } from '../contract/format-value.js';
import { parseInstant } from '../contract/instant.js';
import { invalidSecret, invalidValue, needObject, unknownOptionName } from '../contract/option-error.js';

/** What the value of an option has to be. */
interface Validator<T> {
  isValid: (value: unknown) => value is T;
  /** What is allowed, in words that follow "expected". */
  expected: string;
  /** Whether an invalid value may be a secret, which no message repeats. */
  isSecret?: (value: unknown) => boolean;
}

/** How the command takes an option. */
export interface OptionFlag {
  /** As commander writes it. `--no-…` turns off what is on by default. */
  flag: string;
  /** The environment variable that is read where the flag is not given. */
  environment: string;
  /** What it does, in Markdown: for README as it stands, for `--help` without the markup. */
  help: string;
  /** The command's default, where it is not the one in code. */
  default?: string | number | boolean;
  /** What happens without the option, in words, where it has no default. */
  defaultText?: string;
}

export interface OptionRow {
  validator: Validator<unknown>;
  /** The default in code. An option without one means something by its absence. */
  default?: string | number | boolean;
  /** Absent: the command does not offer it. */
  command?: OptionFlag;
}

const MAX_STATUS_MS = 365 * 24 * 60 * 60 * 1000;
/** As in the contract of the control plane. */
const MAX_POLLS = 1_000_000;

/**
 * Every option of a mock, once. The types, the checks, the defaults, the flags and variables of the command, `--help` and
 * the table in README follow from it.
 */
export const OPTIONS = {
  /** The port that `listen` takes: 0 to 65535, where 0 picks a free one. Default 4010 from the command line, 0 in code. */
  port: {
    validator: integer(0, 65_535),
    default: 0,
    command: {
      flag: '--port <port>',
      environment: 'PORT',
      help: 'port to listen on; 0 picks a free one',
      default: 4010,
    },
  },
  /** The address that `listen` takes. Default `127.0.0.1`. */
  host: {
    validator: text('an address or a host name of this machine, such as 127.0.0.1'),
    default: '127.0.0.1',
    command: { flag: '--host <address>', environment: 'HOST', help: 'address to listen on' },
  },
  /**
   * The directory to keep state in: a new one, an empty one, or one in which a mock has kept state before. It is locked
   * until the mock is closed. Without it, state is kept in memory.
   */
  db: {
    validator: text('the path of a directory'),
    command: {
      flag: '--db <dir>',
      environment: 'AEP_MOCK_DB',
      help: 'directory that keeps the [state](#state)',
      defaultText: 'one in `node_modules/.cache`, or in the user data folder',
    },
  },
  /** Whether state is kept in memory. Default true without a `db`, false with one; nothing else is allowed. */
  memory: {
    validator: boolean(),
    command: {
      flag: '--memory',
      environment: 'AEP_MOCK_MEMORY',
      help: 'keep state in memory; the default where `CI` is set',
    },
  },
  /** Whether to discard what `db` has kept and start over. Default false. */
  fresh: {
    validator: boolean(),
    default: false,
    command: {
      flag: '--fresh',
      environment: 'AEP_MOCK_FRESH',
      help: 'discard the kept state and start over',
    },
  },
  /** What a sandbox starts with: `documented` (default), `demo`, `empty`, or the path of a file `{"jobs": [ExportJob, …]}`. */
  seed: {
    validator: text('documented, demo, empty or the path of a seed file'),
    default: 'documented',
    command: {
      flag: '--seed <seed>',
      environment: 'AEP_MOCK_SEED',
      help: 'what a sandbox starts with: `documented`; `demo`: 240 jobs of the last 90 days; `empty`; or a file `{"jobs": [ExportJob, …]}`',
    },
  },
  /** The instant (RFC 3339) at which the clock of every sandbox is frozen until it is turned. Without it, clocks run. */
  clock: {
    validator: {
      isValid: (value): value is string => typeof value === 'string' && (parseInstant(value) ?? -1) >= 0,
      expected: 'an RFC 3339 timestamp of 1970 or later, such as 2026-01-31T12:00:00Z',
    },
    command: {
      flag: '--clock <instant>',
      environment: 'AEP_MOCK_CLOCK',
      help: 'freeze all clocks at this instant (RFC 3339); without it they run',
    },
  },
  /** A non-negative integer that determines ids, batch ids and the `demo` seed, alike in every sandbox. Without it, they are random. */
  randomSeed: {
    validator: integer(0, Number.MAX_SAFE_INTEGER),
    command: {
      flag: '--random-seed <n>',
      environment: 'AEP_MOCK_RANDOM_SEED',
      help: 'number that determines ids, batch ids and the `demo` seed, in each sandbox alike',
      defaultText: 'random',
    },
  },
  /** The name of the scenario that a created job lives by, unless something more specific chooses one. Default `succeeds`. */
  scenario: {
    validator: text('the name of a scenario'),
    default: 'succeeds',
    command: {
      flag: '--scenario <name>',
      environment: 'AEP_MOCK_SCENARIO',
      help: 'scenario of created jobs, from `fixtures/scenarios/` or your own, unless something more specific chooses one',
    },
  },
  /** A directory with scenarios of your own, one `<name>.json` each. They replace built-in ones of the same name. */
  scenarios: {
    validator: text('the path of a directory with scenarios, one <name>.json each'),
    command: {
      flag: '--scenarios <dir>',
      environment: 'AEP_MOCK_SCENARIOS',
      help: 'directory with your own scenarios, one `<name>.json` each; they replace built-in ones of the same name',
    },
  },
  /** How long a job of the default scenario is NEW, in milliseconds. Default: set by the scenario, 2000 for `succeeds`. */
  newMs: {
    validator: integer(0, MAX_STATUS_MS),
    command: {
      flag: '--new-ms <ms>',
      environment: 'AEP_MOCK_NEW_MS',
      help: 'how long a job of that scenario is NEW',
      defaultText: 'set by the scenario, 2000 for `succeeds`',
    },
  },
  /** How long it is then PROCESSING, in milliseconds. Default: set by the scenario, 5000 for `succeeds`. */
  processingMs: {
    validator: integer(0, MAX_STATUS_MS),
    command: {
      flag: '--processing-ms <ms>',
      environment: 'AEP_MOCK_PROCESSING_MS',
      help: 'how long it is then PROCESSING',
      defaultText: 'set by the scenario, 5000 for `succeeds`',
    },
  },
  /** What moves created jobs on: `time` (default), `polls` (each retrieve or list that returns the job) or `hand`. */
  progress: {
    validator: oneOf('time', 'polls', 'hand'),
    default: 'time',
    command: {
      flag: '--progress <way>',
      environment: 'AEP_MOCK_PROGRESS',
      help: 'what moves created jobs on: `time`; `polls`, each retrieve or list that returns the job; or `hand`',
    },
  },
  /** With `polls`: how often a job is returned in a status before it moves on, from 1. Default 1. */
  polls: {
    validator: integer(1, MAX_POLLS),
    default: 1,
    command: {
      flag: '--polls <n>',
      environment: 'AEP_MOCK_POLLS',
      help: 'with `polls`: how often a job is returned in a status before it moves on',
    },
  },
  /** The name of the fault that every sandbox starts with. Without it, none. */
  fault: {
    validator: text('the name of a fault'),
    command: {
      flag: '--fault <name>',
      environment: 'AEP_MOCK_FAULT',
      help: 'fault that every sandbox starts with, such as `unavailable`, from `fixtures/faults/` or your own',
    },
  },
  /** A directory with faults of your own, one `<name>.json` each. They replace built-in ones of the same name. */
  faults: {
    validator: text('the path of a directory with faults, one <name>.json each'),
    command: {
      flag: '--faults <dir>',
      environment: 'AEP_MOCK_FAULTS',
      help: 'directory with your own faults, one `<name>.json` each; they replace built-in ones of the same name',
    },
  },
  /**
   * How many of the last requests the journal of a sandbox keeps: 0 to 100000. Default 1000. With 0, no requests are
   * recorded, for the coverage either. All journals together keep 256 MiB at most, and drop the oldest requests then.
   */
  journal: {
    validator: integer(0, 100_000),
    default: 1000,
    command: {
      flag: '--journal <n>',
      environment: 'AEP_MOCK_JOURNAL',
      help: 'how many requests each sandbox keeps; 0 turns journal and coverage off',
    },
  },
  /** Whether the run is recorded, for the `run` of a mock. Default false; true needs a journal. */
  recordRun: { validator: boolean(), default: false },
  /**
   * The address of another server, http or https, that gets the requests for paths that the mock does not serve, below
   * its own path. Without it, they are rejected with 404.
   */
  upstream: {
    validator: {
      isValid: isServerAddress,
      expected: 'an address such as https://platform.adobe.io, without credentials or query',
      // What stands before an @ may be a password.
      isSecret: (value) => String(value).includes('@'),
    },
    command: {
      flag: '--upstream <url>',
      environment: 'AEP_MOCK_UPSTREAM',
      help: 'server that receives the requests for paths that the mock does not serve',
    },
  },
  /** Whether browsers may send requests from any origin. Default true. */
  cors: {
    validator: boolean(),
    default: true,
    command: {
      flag: '--no-cors',
      environment: 'AEP_MOCK_CORS',
      help: 'do not allow browsers to send requests from other origins',
    },
  },
  /** Which access tokens are accepted: `any` (default), or only unexpired ones that the mock has `minted`, by the clock of the sandbox. */
  auth: {
    validator: oneOf('any', 'minted'),
    default: 'any',
    command: {
      flag: '--auth <which>',
      environment: 'AEP_MOCK_AUTH',
      help: 'which access tokens are accepted: `any`, or only unexpired ones `minted` at `/ims/token/v3`',
    },
  },
  /**
   * The path of a file `{"credentials": [{"apiKey", "clientSecret", "organizations": [{"org", "sandboxes"}]}]}` with the
   * valid clients and what each may use: everything that is not narrowed down. Without it, every client may use everything.
   */
  credentials: {
    validator: text('the path of a file of credentials'),
    command: {
      flag: '--credentials <file>',
      environment: 'AEP_MOCK_CREDENTIALS',
      help: 'file with the valid API keys and secrets, and the organisations and sandboxes each may use',
    },
  },
  /**
   * The token that requests to the control plane need: printable ASCII without spaces. Without one, the control plane is
   * open to this machine if `host` is a loopback address, and closed otherwise.
   */
  adminToken: {
    validator: {
      isValid: (value): value is string => typeof value === 'string' && /^[!-~]+$/.test(value),
      expected: 'printable ASCII characters without spaces',
      isSecret: (value) => value !== '',
    },
    command: {
      flag: '--admin-token <token>',
      environment: 'AEP_MOCK_ADMIN_TOKEN',
      help: 'token that requests to the control plane need; without one, it is closed on non-loopback hosts',
    },
  },
  /** Whether there is a control plane (`/__admin`). Default true; without one, only its health is there. */
  admin: {
    validator: boolean(),
    default: true,
    command: {
      flag: '--no-admin',
      environment: 'AEP_MOCK_ADMIN',
      help: 'turn off the control plane, except for health',
    },
  },
  /** How much to log, to standard error. Default `silent` in code. */
  logLevel: {
    validator: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'silent',
    command: {
      flag: '--log-level <level>',
      environment: 'AEP_MOCK_LOG_LEVEL',
      help: 'how much to log: `fatal` to `trace`, or `silent`; to standard error, as JSON unless that is a terminal',
      default: 'info',
    },
  },
  /** The OpenAPI file to validate against. Default: the contract of this package. */
  contract: { validator: text('the path of an OpenAPI file') },
  operations: {
    validator: {
      isValid: (value): value is Record<string, unknown> => isObject(value),
      expected: 'an object with operations by their operationId',
    },
  },
} satisfies Record<string, OptionRow>;

type Options = typeof OPTIONS;
export type OptionName = keyof Options;
type OptionValue<Name extends OptionName> =
  Options[Name]['validator'] extends Validator<infer Value> ? Value : never;

/**
 * The options of `createMockServer`. Every one may be left out. Editors show the comments of the table.
 * @typeParam Operations the operations of the mocked API by their operationId, which this file does not know
 */
export type MockServerOptions<Operations extends object = object> = {
  [Name in Exclude<OptionName, 'operations'>]?: OptionValue<Name> | undefined;
} & {
  /** Operations to run in place of the mock's own, by their operationId. One that is undefined is the mock's own. */
  operations?: { [Id in keyof Operations]?: Operations[Id] | undefined } | undefined;
};

export type LogLevel = OptionValue<'logLevel'>;
export type AuthMode = OptionValue<'auth'>;

/**
 * The options of a mock, checked, with every default filled in. `undefined` is the value of those whose absence means
 * something; `memory` is gone, as no `db` says the same.
 */
export type ResolvedOptions<Operations extends object = object> = {
  readonly [Name in Exclude<OptionName, 'memory' | 'operations'>]: Options[Name] extends { default: unknown }
    ? OptionValue<Name>
    : OptionValue<Name> | undefined;
} & {
  /** Without those that are undefined. */
  readonly operations: Partial<Operations>;
};

/** Checks options and fills in the defaults in code. Throws OptionError for the first that is unknown or not allowed. */
export function resolveOptions<Operations extends object>(
  options: MockServerOptions<Operations>,
  operationIds: readonly string[],
): ResolvedOptions<Operations> {
  checkOptions(options);
  const { memory, operations = {}, ...values } = options;
  const { db, journal, recordRun } = values;
  if (recordRun && journal === 0) throw invalidValue('recordRun', true, 'false where journal is 0');
  if (memory !== undefined && memory === (db !== undefined)) {
    throw invalidValue('memory', memory, 'true without a db, or false with one');
  }
  checkOperations(operations, operationIds);
  const resolved = Object.entries<OptionRow>(OPTIONS)
    .filter(([name]) => name !== 'memory' && name !== 'operations')
    .map(([name, row]) => [name, values[name as keyof typeof values] ?? row.default]);
  return {
    ...(Object.fromEntries(resolved) as Omit<ResolvedOptions, 'operations'>),
    operations: Object.fromEntries(
      Object.entries(operations).filter(([, operation]) => operation),
    ) as Partial<Operations>,
  };
}

function checkOptions(options: unknown): void {
  needObject('options', options);
  const rows: Record<string, OptionRow> = OPTIONS;
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONS, name)) throw unknownOptionName('option', name, Object.keys(OPTIONS));
    const validator = rows[name]?.validator;
    if (value === undefined || validator?.isValid(value) !== false) continue;
    const { expected, isSecret } = validator;
    throw isSecret?.(value) ? invalidSecret(name, expected) : invalidValue(name, value, expected);
  }
}

function checkOperations(operations: object, operationIds: readonly string[]): void {
  for (const [id, operation] of Object.entries(operations)) {
    if (!operationIds.includes(id)) throw unknownOptionName('operation', id, operationIds);
    if (operation !== undefined && typeof operation !== 'function') {
      throw invalidValue(`operations.${id}`, operation, 'a function (services) => (request) => response');
    }
  }
}

function boolean(): Validator<boolean> {
  return { isValid: (value) => typeof value === 'boolean', expected: 'true or false' };
}

function integer(minimum: number, maximum: number): Validator<number> {
  return {
    isValid: (value): value is number =>
      Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
    expected: `an integer from ${minimum} to ${maximum}`,
  };
}

function oneOf<const Value extends string>(...values: Value[]): Validator<Value> {
  return {
    isValid: (value): value is Value => values.some((allowed) => allowed === value),
    expected: `one of ${values.join(', ')}`,
  };
}

function text(expected: string): Validator<string> {
  return { isValid: (value): value is string => typeof value === 'string' && value !== '', expected };
}

function isServerAddress(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username + password === '' && !/[?#]/.test(value);
}
