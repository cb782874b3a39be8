import { unknownName } from '../contract/contract-violations.js';
import type { Progress } from './apis/segmentation/stored-job.js';
import { parseInstant } from '../contract/instant.js';
import { AUTH_MODES, LOG_LEVELS, OptionError, type MockServerOptions } from './options.js';
import { isObject, shown } from '../contract/format-value.js';

/** Throws OptionError for the first option that there is not or whose value is not allowed. */
export function checkOptions(options: unknown, operationIds: readonly string[]): void {
  if (!isObject(options)) throw new OptionError(`The options are ${shown(options)}; allowed is an object`);
  for (const [name, value] of Object.entries(options)) {
    const rule: Rule | undefined = Object.hasOwn(RULES, name) ? RULES[name as keyof typeof RULES] : undefined;
    if (!rule) throw unknown('option', name, Object.keys(RULES));
    if (value !== undefined && !rule.allows(value)) {
      const found = rule.isSecret?.(value) ? 'of another form' : shown(value);
      throw new OptionError(`${name} is ${found}; allowed is ${rule.allowed}`, name);
    }
  }
  const { db, memory, journal, recordRun, operations = {} } = options as MockServerOptions;
  if (recordRun && journal === 0) {
    throw new OptionError('recordRun is true; allowed is that with a journal of 1 or more', 'recordRun');
  }
  if (memory !== undefined && memory === (db !== undefined)) {
    throw new OptionError(`memory is ${memory}; allowed is true without a db, or false with one`, 'memory');
  }
  checkOperations(operations, operationIds);
}

function checkOperations(operations: object, operationIds: readonly string[]): void {
  for (const [id, operation] of Object.entries(operations)) {
    if (!operationIds.includes(id)) throw unknown('operation', id, operationIds);
    if (operation !== undefined && typeof operation !== 'function') {
      throw new OptionError(
        `operations.${id} is ${shown(operation)}; allowed is a function (services) => (call) => answer`,
      );
    }
  }
}

function unknown(kind: string, name: string, known: readonly string[]): OptionError {
  const { message, allowed } = unknownName(kind, name, known, '');
  return new OptionError(`${message} Allowed: ${allowed}`);
}

interface Rule {
  allows: (value: unknown) => boolean;
  /** What is allowed, in words that follow "allowed is". */
  allowed: string;
  /** Whether a value that is not allowed may hold a secret, and is not to be repeated. */
  isSecret?: (value: unknown) => boolean;
}

/** The same as the control plane's contract has it. */
const MOST_POLLS = 1_000_000;

/** 365 days. */
const LONGEST_STATE_IN_MS = 365 * 24 * 60 * 60 * 1000;

const boolean: Rule = { allows: (value) => typeof value === 'boolean', allowed: 'true or false' };

const RULES = {
  port: integer(65_535),
  host: text('an address or a host name of this machine, such as 127.0.0.1'),
  db: text('the path of a directory'),
  memory: boolean,
  fresh: boolean,
  seed: text('documented, demo, empty or the path of a seed file'),
  clock: {
    allows: (value) => typeof value === 'string' && (parseInstant(value) ?? -1) >= 0,
    allowed: 'a timestamp of 1970 or later as RFC 3339 writes it, such as 2026-01-31T12:00:00Z',
  },
  randomSeed: integer(Number.MAX_SAFE_INTEGER),
  scenario: text('the name of a scenario'),
  scenarios: text('the path of a folder with scenario files'),
  newMs: integer(LONGEST_STATE_IN_MS),
  processingMs: integer(LONGEST_STATE_IN_MS),
  progress: oneOf(['time', 'polls', 'hand'] satisfies Progress[]),
  polls: integer(MOST_POLLS, 1),
  journal: integer(100_000),
  recordRun: boolean,
  fault: text('the name of a fault'),
  faults: text('the path of a directory with faults, a file <name>.json each'),
  upstream: {
    allows: isServerAddress,
    allowed: 'an address such as https://platform.adobe.io, without credentials or query',
    // What comes before it may be a password.
    isSecret: (value) => String(value).includes('@'),
  },
  cors: boolean,
  admin: boolean,
  adminToken: {
    allows: (value) => typeof value === 'string' && /^[!-~]+$/.test(value),
    allowed: 'printable ASCII characters without spaces',
    isSecret: (value) => value !== '',
  },
  auth: oneOf(AUTH_MODES),
  credentials: text('the path of a file of credentials'),
  logLevel: oneOf(LOG_LEVELS),
  contract: text('the path of an OpenAPI file'),
  operations: { allows: isObject, allowed: 'an object with operations by their operationId' },
} satisfies Record<keyof MockServerOptions, Rule>;

function isServerAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username + password === '' && !/[?#]/.test(value);
}

function integer(maximum: number, minimum = 0): Rule {
  return {
    allows: (value) => Number.isSafeInteger(value) && Number(value) >= minimum && Number(value) <= maximum,
    allowed: `an integer from ${minimum} to ${maximum}`,
  };
}

function oneOf(values: readonly string[]): Rule {
  return {
    allows: (value) => values.some((allowed) => allowed === value),
    allowed: `one of ${values.join(', ')}`,
  };
}

function text(allowed: string): Rule {
  return { allows: (value) => typeof value === 'string' && value !== '', allowed };
}
