import type { Violation } from './violation.js';
import type { ErrorObject } from 'ajv/dist/2020.js';
import { closest, distance } from 'fastest-levenshtein';
import { DURATIONS } from './duration.js';
import { escapePointer, unescapePointer } from './json-pointer.js';

/** A value longer than this, in characters of its JSON, is described rather than repeated. */
const LONGEST_SENT = 200;

/**
 * Says in the contract's terms what a value broke. `at` is a JSON pointer to where the value stands, `rule` where in the
 * contract what it broke does.
 */
export function violationOf(error: ErrorObject, at: string, rule: string): Violation {
  return { ...told(error, at), rule };
}

function told(error: ErrorObject, at: string): Violation {
  const pointer = at + error.instancePath;
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(params['additionalProperty']);
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      return {
        ...unknownName('property', name, known, pointer),
        sent: sentValue((error.data as Record<string, unknown>)[name]),
      };
    }
    case 'required': {
      const name = String(params['missingProperty']);
      return {
        message: `The property '${name}' is missing.`,
        pointer: `${pointer}/${escapePointer(name)}`,
        allowed: 'it is required',
      };
    }
    case 'discriminator': {
      const name = String(params['tag']);
      const { values } = (error.parentSchema as { discriminator: { values: string[] } }).discriminator;
      return {
        message: `'${name}' is none of the values that tell the kinds apart.`,
        pointer: `${pointer}/${escapePointer(name)}`,
        sent: sentValue(params['tagValue']),
        allowed: `one of ${values.join(', ')}`,
      };
    }
    default:
      return {
        message: `${subject(pointer)} ${error.message ?? 'is not allowed'}.`,
        pointer,
        sent: sentValue(error.data),
        allowed: allowedBy(error),
      };
  }
}

/** A name that is not known, with the nearest one that is. `at` is a JSON pointer to what has the name. */
export function unknownName(kind: string, name: string, known: readonly string[], at: string): Violation {
  const shown = String(sentValue(name));
  const nearest = known.length > 0 ? closest(name, known) : undefined;
  const isNear =
    nearest !== undefined &&
    distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(1, (nearest.length - 1) / 2);
  return {
    message: `The ${kind} '${shown}' is not known.${isNear ? ` Did you mean '${nearest}'?` : ''}`,
    pointer: `${at}/${escapePointer(shown)}`,
    allowed: known.length > 0 ? `one of ${known.join(', ')}` : `no ${kind} at all`,
  };
}

/** What of a refused value is repeated. */
export function sentValue(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length > LONGEST_SENT ? `${value.slice(0, LONGEST_SENT)}…` : value;
  if (typeof value !== 'object' || value === null || isShort(value)) return value;
  return Array.isArray(value) ? `an array of ${value.length}` : 'a large object';
}

function isShort(value: object): boolean {
  try {
    return JSON.stringify(value).length <= LONGEST_SENT;
  } catch {
    // It is nested too deeply, or is no JSON at all.
    return false;
  }
}

function subject(pointer: string): string {
  const names = pointer.split('/').slice(1);
  const name = names.at(-1);
  if (name === undefined) return 'The value';
  const holder = names.findLast((part) => !/^\d+$/.test(part)) ?? '';
  const shown = `'${unescapePointer(holder)}'`;
  return holder === name ? shown : `An item of ${shown}`;
}

const BOUNDS: Record<string, string> = {
  minimum: 'at least',
  maximum: 'at most',
  minLength: 'at least this many characters:',
  maxLength: 'at most this many characters:',
  minItems: 'at least this many items:',
  minProperties: 'at least this many properties:',
  maxProperties: 'at most this many properties:',
};

const FORMATS_IN_WORDS: Record<string, string> = {
  'date-time': 'a timestamp as RFC 3339 writes it',
  duration: DURATIONS,
};

function allowedBy({ keyword, params, parentSchema }: ErrorObject): string {
  const values = params as Record<string, unknown>;
  const bound = BOUNDS[keyword];
  if (bound) return `${bound} ${String(values['limit'])}`;
  switch (keyword) {
    case 'enum':
      return `one of ${(values['allowedValues'] as unknown[]).join(', ')}`;
    case 'const':
      return `only ${JSON.stringify(values['allowedValue'])}`;
    case 'type':
      return `of type ${String(values['type'])}`;
    case 'format':
      return FORMATS_IN_WORDS[String(values['format'])] ?? `of format ${String(values['format'])}`;
    case 'pattern':
      return [`text that matches ${String(values['pattern'])}`, ...descriptionOf(parentSchema)].join('. ');
    default:
      return descriptionOf(parentSchema)[0] ?? 'see the contract';
  }
}

function descriptionOf(schema: unknown): string[] {
  const { description } = schema as { description?: string };
  return description === undefined ? [] : [description];
}
