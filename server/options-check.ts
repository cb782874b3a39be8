import { unknownName } from './contract-violations.js';
import { parseInstant } from './domain/instant.js';
import { LOG_LEVELS, OptionError, type MockServerOptions } from './options.js';
import { isObject, shown } from './shown.js';

/** Throws OptionError for the first option that there is not or whose value is not allowed. */
export function checkOptions(options: unknown, operationIds: readonly string[]): void {
  if (!isObject(options)) throw new OptionError(`The options are ${shown(options)}; allowed is an object`);
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof typeof RULES] : undefined;
    if (!rule) throw unknown('option', name, Object.keys(RULES));
    if (value !== undefined && !rule.allows(value)) {
      throw new OptionError(`${name} is ${shown(value)}; allowed is ${rule.allowed}`, name);
    }
  }
  const { db, memory, operations = {} } = options as MockServerOptions;
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
}

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
  newMs: integer(LONGEST_STATE_IN_MS),
  processingMs: integer(LONGEST_STATE_IN_MS),
  cors: boolean,
  logLevel: {
    allows: (value) => LOG_LEVELS.some((level) => level === value),
    allowed: `one of ${LOG_LEVELS.join(', ')}`,
  },
  contract: text('the path of an OpenAPI file'),
  operations: { allows: isObject, allowed: 'an object with operations by their operationId' },
} satisfies Record<keyof MockServerOptions, Rule>;

function integer(maximum: number): Rule {
  return {
    allows: (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= maximum,
    allowed: `an integer from 0 to ${maximum}`,
  };
}

function text(allowed: string): Rule {
  return { allows: (value) => typeof value === 'string' && value !== '', allowed };
}
