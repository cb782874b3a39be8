import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { isDuration } from './duration.js';
import { isInstant } from './instant.js';
import type { OpenApiDocument } from './contract-checks.js';
import { ruleFinder } from './contract-rules.js';
import { violationOf } from './contract-violations.js';
import type { Violation } from './violation.js';
import { fragmentOf } from './json-pointer.js';

/**
 * Holds a value against a schema: nothing when it is valid, else what it breaks, or only what it breaks first.
 * `pointer` says where in the call the value stands.
 */
export type Validator = (value: unknown, pointer?: string, tell?: 'all' | 'first') => Violation[];

/** The formats that the contract may use. Both validators are given these, and an unknown one does not compile. */
export const FORMATS = {
  'date-time': { type: 'string', validate: isInstant },
  duration: { type: 'string', validate: isDuration },
  int64: { type: 'number', validate: Number.isSafeInteger },
  'json-pointer': { type: 'string', validate: /^(?:\/(?:[^~/]|~0|~1)*)*$/ },
} as const;

/** What stands at the document's root or within its schemas, and checks nothing. */
const NOT_OF_JSON_SCHEMA = [
  'openapi',
  'info',
  'servers',
  'tags',
  'security',
  'paths',
  'components',
  'x-source',
];

const VALID: Violation[] = [];

/** When schemas are compiled: now, so that a broken one is told of at once, or each when it is first needed. */
export type Compiling = 'now' | 'when needed';

/** Compiles the schemas of a bundled OpenAPI document, strictly. Throws for the first that does not compile. */
export function compileSchemas(
  document: OpenApiDocument,
  compiling: Compiling = 'now',
): { at: (pointer: string[]) => Validator } {
  const schemas = withoutMappings(document);
  const first = whenNeeded(() => ajvOf(schemas, false));
  const all = whenNeeded(() => ajvOf(schemas, true));
  const ruleOf = ruleFinder(schemas);
  const compiled = (ajv: () => Ajv2020, key: string) => {
    const validate = ajv().getSchema(key);
    if (!validate) throw new Error(`there is no schema at ${key}`);
    return validate;
  };
  const at = (pointer: string[]): Validator => {
    const key = `contract${fragmentOf(pointer)}`;
    let validate = compiling === 'now' ? compiled(first, key) : undefined;
    return (value, place = '', tell = 'all') => {
      validate ??= compiled(first, key);
      if (validate(value)) return VALID;
      // What tells all is compiled when it is first needed.
      const telling = tell === 'all' ? compiled(all, key) : validate;
      void telling(value);
      return distinct(telling.errors ?? []).map((error) => violationOf(error, place, ruleOf(error, pointer)));
    };
  };
  for (const name of Object.keys(document.components.schemas)) at(['components', 'schemas', name]);
  return { at };
}

function whenNeeded<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function ajvOf(schemas: object, allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allErrors,
    verbose: true,
    discriminator: true,
    formats: FORMATS,
    validateSchema: false,
    // It would take longer to compile, and no less to run.
    code: { optimize: false },
  });
  ajv.addVocabulary(NOT_OF_JSON_SCHEMA);
  return ajv.addSchema(schemas, 'contract', undefined, false);
}

/**
 * ajv refuses a discriminator's `mapping`, which OpenAPI needs; it finds the schema by its `const` instead. The values
 * are kept for telling which are allowed.
 */
function withoutMappings(document: object): object {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) =>
      key === 'discriminator' ? withoutMapping(value as { propertyName: string; mapping?: object }) : value,
    ),
  ) as object;
}

function withoutMapping({ propertyName, mapping = {} }: { propertyName: string; mapping?: object }) {
  return { propertyName, values: Object.keys(mapping) };
}

/** Leaves out what only says that something within failed, and what several branches of a `oneOf` say alike. */
function distinct(errors: ErrorObject[]): ErrorObject[] {
  const ofParts = errors.filter(({ keyword }) => !['oneOf', 'anyOf', 'propertyNames'].includes(keyword));
  // Of a value that may be of several types, what is wrong with it as one of its own type tells more.
  const fitting = new Set(
    ofParts.filter(({ keyword }) => keyword !== 'type').map(({ instancePath }) => instancePath),
  );
  const telling = ofParts.filter(
    ({ keyword, instancePath }) => keyword !== 'type' || !fitting.has(instancePath),
  );
  const byText = new Map((telling.length > 0 ? telling : errors).map((error) => [textOf(error), error]));
  return [...byText.values()];
}

function textOf({ instancePath, keyword, params }: ErrorObject): string {
  return JSON.stringify([instancePath, keyword, params]);
}
