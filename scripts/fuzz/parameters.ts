import fc from 'fast-check';
import type { DeclaredParameter, Operation } from './contract.js';
import { ODD_NAMES, textOfJson, valueOf } from './json.js';
import { right, type Headers, type Part } from './part.js';

const DIGITS = /^(?:0|-?[1-9][0-9]*)$/;

function keepsText({ schema, keeps }: DeclaredParameter, text: string): boolean {
  return schema.type === 'integer' ? DIGITS.test(text) && keeps(Number(text)) : keeps(text);
}

/** UTF-8 has no lone surrogates. */
const wellFormed = (text: string) => Buffer.from(text).toString();
const encoded = (text: string) => encodeURIComponent(wellFormed(text));
const wholly = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '+1',
    '01',
    '1.0',
    '1e2',
    '0x10',
    '1_000',
    'NaN',
    '9007199254740991',
    '9007199254740992',
  ],
  ...[
    '9'.repeat(400),
    'NEW',
    'new',
    'NEW,FAILED',
    'PROCESSING',
    '0_0',
    '1_',
    '1_2_3',
    '-1_0',
    '0_0\n',
    '\u0000',
    '\u0661',
  ],
  ...['\ufeff1', "1' or '1'='1", '${1}', '../../etc/passwd', 'a'.repeat(3000), ...ODD_NAMES.slice(0, 8)],
];

function goodText({ schema }: DeclaredParameter): fc.Arbitrary<string> {
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  return valueOf(schema).map((json) => String(JSON.parse(textOfJson(json))));
}

const RAW_QUERIES = [
  '%',
  '%zz=1',
  '%ff',
  '%c0%af=1',
  'limit=%',
  'limit=1%00',
  '=',
  '=1',
  '&',
  '&&',
  'limit',
  'limit[]=1',
  'limit[a]=1',
];
const MORE_RAW_QUERIES = [
  '__proto__=1',
  '__proto__[x]=1',
  'constructor',
  'limit=1;status=NEW',
  '?',
  '?limit=1',
  'limit=1#a',
  '#',
  'a=1&'.repeat(1500),
];

/** A query as it is written, read by the URL Standard; a fragment is none. */
function judgedQuery({ parameters }: Operation, raw: string): Part<string> {
  const declared = parameters.filter((parameter) => parameter.in === 'query');
  const sent = new URLSearchParams(`?${raw.replaceAll('#', '%23')}`);
  const isGood = [...sent.keys()].every((name) => {
    const parameter = declared.find((known) => known.name === name);
    const [text = '', ...more] = sent.getAll(name);
    return parameter && more.length === 0 && keepsText(parameter, text);
  });
  return { value: raw, refusals: isGood ? [] : [400] };
}

export function queryOf(operation: Operation): fc.Arbitrary<Part<string>> {
  const declared = operation.parameters.filter((parameter) => parameter.in === 'query');
  const good = declared.map((parameter) =>
    fc.option(fc.tuple(fc.constant(parameter.name), goodText(parameter)), { nil: undefined }),
  );
  const pairs = fc.tuple(...good).map((all) => all.filter((pair) => pair !== undefined));
  const oddName = fc.constantFrom(
    ...declared.map(({ name }) => name),
    ...ODD_NAMES.filter((name) => name.length < 99),
  );
  const oddPair = fc.tuple(oddName, fc.constantFrom(...ODD_TEXTS));
  const write = (list: [string, string][], encode: (text: string) => string) =>
    list.map(([name, text]) => `${encode(name)}=${encode(text)}`).join('&');
  const encode = fc.constantFrom(encoded, wholly);
  return fc
    .oneof(
      { weight: 6, arbitrary: fc.tuple(pairs, encode).map(([list, how]) => write(list, how)) },
      {
        weight: 3,
        arbitrary: fc.tuple(pairs, oddPair, encode).map(([list, odd, how]) => write([...list, odd], how)),
      },
      { weight: 1, arbitrary: fc.constantFrom(...RAW_QUERIES, ...MORE_RAW_QUERIES) },
    )
    .map((raw) => judgedQuery(operation, raw));
}

const KNOWN_IDS = ['100', '722', '11037', '11038', '1', '9007199254740991'];

/** What stands in a path's place for an id; what is none names no job. */
const id: fc.Arbitrary<Part<string>> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...KNOWN_IDS) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...ODD_TEXTS, 'a/b', '.', '..', '100/', '100;a=b', '100?', '100#'),
      },
    ),
    fc.constantFrom(encoded, wholly),
  )
  .filter(([text]) => text !== '')
  .map(([text, how]) => ({
    value: how(text),
    refusals: /^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(Number(text)) ? [] : [404],
  }));

const RAW_IDS = [
  '%',
  '%zz',
  '%ff',
  '%c0%af',
  '%F0%9F',
  '..%2f',
  '.',
  '..',
  '100%2F',
  '%00',
  '1%',
  '~',
  "'",
  '!$&()*+,;=:@',
];

export const anyId = fc.oneof(
  { weight: 9, arbitrary: id },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...RAW_IDS).map((value): Part<string> => ({ value, refusals: [404] })),
  },
);

const GOOD_REQUEST_IDS = ['mine', '!~', '__proto__', 'a'.repeat(200), '{}[]"\\'];
const BAD_REQUEST_IDS = ['', 'a b', '\u00e9', 'a'.repeat(201), 'a\tb'];

export const requestId: fc.Arbitrary<Part<string | undefined>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(right(undefined)) },
  { weight: 4, arbitrary: fc.constantFrom(...GOOD_REQUEST_IDS).map(right) },
  { weight: 1, arbitrary: fc.constantFrom(...BAD_REQUEST_IDS).map((value) => ({ value, refusals: [400] })) },
);

export const profileInstanceId: fc.Arbitrary<Part<Headers>> = fc
  .constantFrom(undefined, undefined, 'ups', '\u00ff', '__proto__', '')
  .map((value) => ({
    value: value === undefined ? [] : [['x-profile-instance-id', value]],
    refusals: value === '' ? [400] : [],
  }));
