import fc from 'fast-check';
import type { Schema } from './contract.js';

/** JSON before it is text: a text stands as it is, so that it may be no JSON, and names may be repeated. */
export type Json = string | Json[] | { members: [name: string, value: Json][] };

export function textOfJson(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(textOfJson).join()}]`;
  return `{${value.members.map(([name, member]) => `${JSON.stringify(name)}:${textOfJson(member)}`).join()}}`;
}

const TIMESTAMPS = ['2018-01-01T00:00:00Z', '2024-02-29T23:59:59.123456789+05:30', '0001-01-01t00:00:00z'];
const NO_TIMESTAMPS = [
  '2026-02-30T00:00:00Z',
  '2026-01-01',
  '2026-01-01 00:00:00Z',
  '2026-01-01T00:00:00+0500',
];

/** Names that objects of JavaScript have without being given them, and others that trip programs up. */
export const ODD_NAMES = [
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
    '',
    '0',
  ],
  ...[
    'length',
    '$ref',
    'a/b~c',
    '~',
    '\u0000',
    '\ud800',
    'é',
    'ſtatus',
    'Id',
    ' id',
    'a'.repeat(5000),
    "'",
    '"',
    '<b>',
  ],
];

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

/** Values that are JSON, and mostly no values of the contract. */
const ODD_VALUES = [
  ...['null', 'true', '0', '-0', '1', '1.0', '0.1', '-1', '1e400', '-1e400', '1e-400', '1E2'],
  ...['9007199254740991', '9007199254740992', '9007199254740993', '123456789012345678901234567890'],
  ...[
    '""',
    '" "',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"__proto__"',
    '"\u2028"',
    '"😀"',
    '"<script>"',
    '"%s%n"',
  ],
  ...[
    '[]',
    '{}',
    '[[]]',
    '{"__proto__":{}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"a":1,"a":2}',
    '{"length":1}',
  ],
  ...[...TIMESTAMPS, ...NO_TIMESTAMPS].map((text) => JSON.stringify(text)),
  ...[
    JSON.stringify('x'.repeat(20_000)),
    nested(100),
    nested(10_000),
    `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
  ],
];

/** Values that are no JSON. */
const NO_JSON = [
  ...[
    '',
    'NaN',
    'Infinity',
    '-',
    'undefined',
    '0x10',
    '01',
    '+1',
    '.5',
    '1.',
    '1e',
    "'a'",
    '"\u0001"',
    '"\n"',
    '"\\x41"',
  ],
  ...[
    '"',
    '"\\ud80"',
    '[1,]',
    '[',
    ']',
    '{"a"}',
    '{a:1}',
    '{"a":1,}',
    '/**/1',
    '1//',
    'tru',
    'NULL',
    '1 2',
    '\u00a01',
  ],
];

/** What stands in the place of a value: mostly JSON. */
export const oddValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...ODD_VALUES) },
  { weight: 2, arbitrary: fc.constantFrom(...NO_JSON) },
  { weight: 3, arbitrary: fc.json() },
);

/** Values that keep a schema. */
export function valueOf(schema: Schema): fc.Arbitrary<Json> {
  if (schema.enum) return fc.constantFrom(...schema.enum).map((text) => JSON.stringify(text));
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}), { minLength: 1, maxLength: 4 });
    case 'boolean':
      return fc.constantFrom('true', 'false');
    case 'integer':
      return fc
        .oneof(
          fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1),
          fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1 }),
        )
        .map(String);
    default:
      return (schema.format === 'date-time' ? fc.constantFrom(...TIMESTAMPS) : textValue).map((text) =>
        JSON.stringify(text),
      );
  }
}

const textValue = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
  fc.constantFrom(...ODD_NAMES.filter((name) => name !== '')),
);

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<Json> {
  const members = Object.entries(properties).map(([name, schema]): fc.Arbitrary<[string, Json][]> => {
    const member = valueOf(schema).map((value): [string, Json][] => [[name, value]]);
    // Every object of a request has a property that it needs or may have.
    return required.includes(name) ? member : fc.oneof(member, fc.constant<[string, Json][]>([]));
  });
  return fc.tuple(...members).map((parts) => ({ members: parts.flat() }));
}

/** A value with one thing in it changed: another value, a name more, a name less, a name twice, another name. */
export function mutated(value: Json): fc.Arbitrary<Json> {
  const here: fc.Arbitrary<Json>[] = [oddValue];
  if (Array.isArray(value)) {
    here.push(
      oddValue.map((item) => [...value, item]),
      fc.constant([...value, ...value]),
    );
    value.forEach((item, index) => here.push(mutated(item).map((changed) => value.with(index, changed))));
  } else if (typeof value === 'object') {
    const { members } = value;
    const name = fc.constantFrom(...ODD_NAMES);
    const more = fc.tuple(name, oddValue, fc.boolean());
    here.push(
      more.map(([odd, item, first]) => ({
        members: first ? [[odd, item], ...members] : [...members, [odd, item]],
      })),
    );
    members.forEach(([own, member], index) => {
      const changed = mutated(member).map((item): Json => ({ members: members.with(index, [own, item]) }));
      here.push(
        ...[changed, changed, changed],
        fc.constant({ members: members.toSpliced(index, 1) }),
        oddValue.map((item) => ({ members: [...members, [own, item]] })),
        name.map((odd) => ({ members: members.with(index, [odd, member]) })),
      );
    });
  }
  return fc.oneof(...here);
}
