import type { Contract } from '../contract/contract.js';
import { Place, type Fragment } from '../contract/contract-place.js';

/** A body that the contract does not allow, and the rule that it breaks. */
export interface BrokenBody {
  body: unknown;
  rule: Fragment;
}

interface Schema {
  type?: string;
  enum?: unknown[];
  format?: string;
  minimum?: number;
  minLength?: number;
  minItems?: number;
  minProperties?: number;
  required?: string[];
  additionalProperties?: unknown;
}

const MOMENT = '2026-01-01T00:00:00Z';

/** Makes bodies for the operation that creates, from its schema and one body that is allowed. */
export class GeneratedRequests {
  readonly #schema: Place;

  constructor(
    contract: Contract,
    private readonly base: unknown,
  ) {
    this.#schema = new Place(contract.document, [
      ...['paths', '/export/jobs', 'post', 'requestBody', 'content', 'application/json', 'schema'],
    ]);
  }

  /** Bodies that are allowed, each with what it has. */
  allowed(): { what: string; body: unknown }[] {
    return [
      { what: 'what is required alone', body: lean(this.#schema, this.base) },
      { what: 'every property', body: full(this.#schema, this.base, false) },
      {
        what: 'every property, and all that is optional asked for',
        body: full(this.#schema, this.base, true),
      },
    ];
  }

  /** Bodies that are not, those first that are broken at their root. */
  broken(): BrokenBody[] {
    const whole = full(this.#schema, this.base, false);
    return breaksOf(this.#schema, whole).sort((a, b) => a.depth - b.depth);
  }
}

/** What of a value is required. */
function lean(schema: Place, base: unknown): unknown {
  const { required = [] } = schema.value as Schema;
  if (!isObject(base)) return base ?? full(schema, base, false);
  return Object.fromEntries(
    required.map((name) => [name, lean(schema.get('properties').get(name), base[name])]),
  );
}

/** A value that has everything: what the base has as it is there, all else made up. */
function full(schema: Place, base: unknown, flag: boolean): unknown {
  const { type, enum: values, format, minimum = 1 } = schema.value as Schema;
  if (type === 'object') {
    const properties = schema.get('properties').entries();
    const given = isObject(base) ? base : {};
    return Object.fromEntries(
      properties.map(([name, property]) => [name, full(property, given[name], flag)]),
    );
  }
  if (type === 'array') {
    const items: unknown[] = Array.isArray(base) && base.length > 0 ? base : [undefined];
    return items.map((item) => full(schema.get('items'), item, flag));
  }
  if (type === 'boolean') return flag;
  if (base !== undefined) return base;
  if (type === 'integer') return Math.max(1, minimum);
  return values?.[0] ?? (format === 'date-time' ? MOMENT : 'sample');
}

type Break = BrokenBody & { depth: number };

/** Every way to break a value in one place. */
function breaksOf(schema: Place, value: unknown, depth = 0): Break[] {
  const at = schema.value as Schema;
  const broken = (keyword: string, body: unknown): Break => ({
    body,
    rule: `${schema.fragment}/${keyword}`,
    depth,
  });
  const own = [
    ...(at.type === undefined ? [] : [broken('type', at.type === 'string' ? 5 : 'text')]),
    ...(at.enum ? [broken('enum', 'NO_SUCH_VALUE')] : []),
    ...(at.format === 'date-time' ? [broken('format', 'yesterday')] : []),
    ...((at.minLength ?? 0) > 0 ? [broken('minLength', '')] : []),
    ...((at.minItems ?? 0) > 0 ? [broken('minItems', [])] : []),
    ...((at.minProperties ?? 0) > 0 ? [broken('minProperties', {})] : []),
    ...(at.type === 'integer' && at.minimum !== undefined ? [broken('minimum', at.minimum - 1)] : []),
  ];
  if (Array.isArray(value)) {
    const [first, ...others] = value as unknown[];
    const parts = breaksOf(schema.get('items'), first, depth + 1);
    return [...own, ...parts.map((part) => ({ ...part, body: [part.body, ...others] }))];
  }
  if (!isObject(value)) return own;
  const without = (name: string) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return [
    ...own,
    ...(at.additionalProperties === false ? [broken('additionalProperties', { ...value, notKnown: 1 })] : []),
    ...(at.required ?? []).map((name) => broken('required', without(name))),
    ...Object.entries(value).flatMap(([name, part]) =>
      breaksOf(schema.get('properties').get(name), part, depth + 1).map((each) => ({
        ...each,
        body: { ...value, [name]: each.body },
      })),
    ),
  ];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
