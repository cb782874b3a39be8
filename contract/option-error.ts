import { isObject, shown } from './format-value.js';
import { unknownName } from './contract-violations.js';
import type { Violation } from './violation.js';

/**
 * A value that was given to the mock, to the command or to a contract test is not allowed. The message says which, what
 * was given and what is expected.
 */
export class OptionError extends Error {
  override readonly name = 'OptionError';

  constructor(
    message: string,
    /** The name of the option, if the message is `Invalid <option>: …`. */
    readonly option?: string,
    /** For a value with parts: what is wrong with them, by JSON pointers into it. */
    readonly violations: readonly Violation[] = [],
  ) {
    super(message);
  }
}

/** The error for a value that is not allowed: `Invalid <name>: <value>; expected <expected>`. */
export function invalidValue(name: string, value: unknown, expected: string): OptionError {
  const found = value === '' ? '""' : shown(value);
  return new OptionError(`Invalid ${name}: ${found}; expected ${expected}`, name);
}

/** The same for a value that may be a secret, which no message repeats. */
export function invalidSecret(name: string, expected: string): OptionError {
  return new OptionError(`Invalid ${name}: expected ${expected}`, name);
}

/** The error for a name that does not exist, with the nearest that does. */
export function unknownOptionName(kind: string, name: string, known: readonly string[]): OptionError {
  const { message, allowed } = unknownName(kind, name, known, '');
  return new OptionError(`${message} Allowed: ${allowed}`);
}

/** Throws OptionError unless the value is an object. */
export function needObject(name: string, value: unknown): asserts value is object {
  if (!isObject(value)) throw invalidValue(name, value, 'an object');
}
