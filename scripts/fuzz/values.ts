/** Values for the parts of a request, mostly right, each with the statuses that reject it. */
import fc from 'fast-check';
import type { Operation, Schema } from './judge.js';
import { utf8, type Header } from './messages.js';

/** A part of a request, and the statuses that it is rejected with. */
export interface Part<T> {
  value: T;
  rejections: number[];
}
export const right = <T>(value: T): Part<T> => ({ value, rejections: [] });
const words = (text: string) => text.split(/\s+/);
const oneOf = fc.constantFrom;

const TIMESTAMPS = words('2018-01-01T00:00:00Z 2024-02-29T23:59:59.123456789+05:30 0001-01-01t00:00:00z');
const NO_TIMESTAMPS = [
  ...words('2026-02-30T00:00:00Z 2026-01-01 2026-01-01T00:00:00+0500'),
  '2026-01-01 00:00:00Z',
];

/** Names that objects of JavaScript inherit, and others that trip programs up. */
const INHERITED_NAMES = words(
  '__proto__ constructor prototype toString hasOwnProperty valueOf __defineGetter__',
);
const ODD_NAMES = [
  ...[...INHERITED_NAMES, '', '0', ...words('length $ref a/b~c ~ é ſtatus Id \' " <b>')],
  ...['\u0000', '\ud800', ' id', 'a'.repeat(5000)],
];

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
/** JSON, and mostly no value of the contract. */
const ODD_VALUES = [
  ...words('null true 0 -0 1 1.0 0.1 -1 1e400 -1e400 1e-400 1E2 9007199254740991 9007199254740992'),
  ...words('9007199254740993 123456789012345678901234567890 [] {} [[]] {"__proto__":{}} {"a":1,"a":2}'),
  ...words('{"constructor":{"prototype":{"x":1}}} {"length":1} "" "\\ud800" "\\udc00\\ud800" "\\u0000"'),
  ...[...words('"__proto__" "😀" "<script>" "%s%n"'), '" "', '"\u2028"'],
  ...[...TIMESTAMPS, ...NO_TIMESTAMPS, 'x'.repeat(20_000)].map((text) => JSON.stringify(text)),
  ...[nested(100), nested(10_000), `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
];
const NO_JSON = [
  ...words(
    `NaN Infinity - undefined 0x10 01 +1 .5 1. 1e 'a' "\\x41" " "\\ud80" [1,] [ ] {"a"} {a:1} {"a":1,}`,
  ),
  ...[...words('/**/1 1// tru NULL'), '', '"\u0001"', '"\n"', '1 2', '\u00a01'],
];

/** What stands in the place of a value: mostly JSON. */
const oddValue: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: oneOf(...ODD_VALUES) },
  { weight: 2, arbitrary: oneOf(...NO_JSON) },
  { weight: 3, arbitrary: fc.json() },
);
const textValue = fc.oneof(
  fc.string({ minLength: 1, maxLength: 20 }),
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
  oneOf(...ODD_NAMES.filter((name) => name !== '')),
);

/** Values that a schema allows. */
function valid(schema: Schema): fc.Arbitrary<unknown> {
  const { minimum: min = 0, maximum: max = 1, properties = {}, required: requiredKeys = [] } = schema;
  if (schema.enum) return oneOf(...schema.enum);
  switch (schema.type) {
    case 'object': {
      const members = Object.entries(properties).map(([name, property]) => [name, valid(property)] as const);
      return fc.record(Object.fromEntries(members), { requiredKeys });
    }
    case 'array':
      return fc.array(valid(schema.items ?? {}), { minLength: 1, maxLength: 4 });
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.oneof(oneOf(min, max), fc.integer({ min, max }));
    default:
      return schema.format === 'date-time' ? oneOf(...TIMESTAMPS) : textValue;
  }
}

/** JSON with one thing in it changed: another value, another name, one more or one twice. It may become malformed. */
function mutated(text: string): fc.Arbitrary<string> {
  const places = [/"(?:[^"\\]|\\.)*"|[\w.+-]+|[{[]/g, /\{[^{}]*\}|\[[^[\]]*\]/g].flatMap((token) => [
    ...text.matchAll(token),
  ]);
  const names = [...text.matchAll(/"(\w+)":/g)].map(([, name = '']) => name);
  const name = oneOf(...names, ...ODD_NAMES).map((odd) => JSON.stringify(odd));
  if (places.length === 0) return oddValue;
  return fc.tuple(oneOf(...places), oddValue, name).map(([{ 0: token, index }, value, odd]) => {
    const rest = text.slice(index + token.length);
    const more: Record<string, string> = { '{': `{${odd}:${value},`, '[': `[${value},` };
    return text.slice(0, index) + (more[token] ?? (rest.startsWith(':') ? odd : value)) + rest;
  });
}

/** What the created job has to hold, if the body is right. */
export type Body = Part<string> & { asked: object | undefined };

const MAX_BODY_BYTES = 1024 * 1024;
const REQUEST = '{"destination":{"datasetId":"d"},"schema":{"name":"n"}';
export const RIGHT_BODY = `${REQUEST}}`;
const segments = (count: number, one: string) =>
  `${REQUEST},"filter":{"segments":[${Array(count).fill(one).join()}]}}`;
const LARGE_BODIES = [
  ...[1000, 40_000, 100_000].map((count) => () => segments(count, '{"segmentId":"a"}')),
  ...[100_000, 4000].map((count) => () => segments(count, '{}')),
  () => `${REQUEST},"fields":"${'x'.repeat(1_000_000)}"}`,
  () => `${REQUEST},"${'x'.repeat(1_000_000)}":1}`,
  () => `${REQUEST},"fields":${nested(500_000)}}`,
  () => `{${Array.from({ length: 80_000 }, (_, index) => `"a${index}":1`).join()}}`,
  ...[1, 0].map((less) => () => RIGHT_BODY + ' '.repeat(MAX_BODY_BYTES - REQUEST.length - less)),
];

/** Reads a body as it is written, and validates it. */
function judgeBody({ requestBody }: Operation, text: string): Body {
  const value = utf8(text);
  const rejected = (status: number): Body => ({ value, rejections: [status], asked: undefined });
  if (value.length > MAX_BODY_BYTES) return rejected(413);
  try {
    const parsed = JSON.parse(text) as object;
    if (requestBody?.(parsed).length !== 0) return rejected(400);
    // No job shows the evaluation that was asked for.
    return { ...right(value), asked: { ...parsed, evaluationInfo: undefined } };
  } catch {
    return rejected(400);
  }
}

export const rightBody = (operation: Operation): fc.Arbitrary<Body> =>
  valid(operation.bodySchema ?? {}).map((value) => judgeBody(operation, JSON.stringify(value)));

export function anyBody(operation: Operation): fc.Arbitrary<Body> {
  const value = valid(operation.bodySchema ?? {}).map((allowed) => JSON.stringify(allowed));
  const json = fc.oneof(
    { weight: 3, arbitrary: value },
    { weight: 6, arbitrary: value.chain(mutated) },
    { weight: 1, arbitrary: oddValue },
  );
  const text = fc.oneof(
    { weight: 60, arbitrary: json },
    { weight: 1, arbitrary: oneOf(...LARGE_BODIES).map((make) => make()) },
  );
  return text.map((written) => judgeBody(operation, written));
}

/** UTF-8 has no lone surrogates. */
const encodedPart = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const encodedWhole = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const encoding = oneOf(encodedPart, encodedWhole);

const ODD_TEXTS = [
  ...words(
    '0 -1 +1 01 1.0 1e2 0x10 1_000 NaN 9007199254740991 9007199254740992 NEW new NEW,FAILED PROCESSING',
  ),
  ...words('0_0 1_ 1_2_3 -1_0 ${1} ../../etc/passwd'),
  ...['', ' ', '9'.repeat(400), '0_0\n', '\u0000', '\u0661', '\ufeff1', "1' or '1'='1", 'a'.repeat(1000)],
  ...INHERITED_NAMES,
];
const RAW_QUERIES = [
  ...words('% %zz=1 %ff %c0%af=1 limit=% limit=1%00 = =1 & && limit limit[]=1 limit[a]=1 __proto__=1'),
  ...words('__proto__[x]=1 constructor limit=1;status=NEW ? ?limit=1 limit=1#a #'),
  'a=1&'.repeat(1500),
];

/** A query as it is written, read as the URL Standard says, without its fragment. */
function judgeQuery(parameters: Operation['parameters'], raw: string): Part<string> {
  const sent = new URLSearchParams(`?${raw.replaceAll('#', '%23')}`);
  const isRight = [...sent.keys()].every((name) => {
    const parameter = parameters.find((known) => known.name === name);
    const [text = '', ...more] = sent.getAll(name);
    if (!parameter || more.length > 0) return false;
    if (!parameter.isInteger) return parameter.check(text).length === 0;
    return /^(?:0|-?[1-9][0-9]*)$/.test(text) && parameter.check(Number(text)).length === 0;
  });
  return { value: raw, rejections: isRight ? [] : [400] };
}

export function anyQuery({ parameters, parameterSchemas }: Operation): fc.Arbitrary<Part<string>> {
  const declared = parameters.filter((parameter) => parameter.in === 'query');
  const pairs = declared.map(({ name }) => {
    const { [name]: schema = {} } = parameterSchemas;
    const text =
      schema.pattern === undefined
        ? valid(schema).map(String)
        : fc.stringMatching(new RegExp(schema.pattern, 'u'));
    return fc.option(fc.tuple(fc.constant(name), text), { nil: undefined });
  });
  const rightPairs = fc.tuple(...pairs).map((all) => all.filter((pair) => pair !== undefined));
  const names = [...declared.map(({ name }) => name), ...ODD_NAMES.filter((name) => name.length < 99)];
  const oddPair = fc.tuple(oneOf(...names), oneOf(...ODD_TEXTS));
  const write = (list: [string, string][], encode: (text: string) => string) =>
    list.map((pair) => pair.map(encode).join('=')).join('&');
  const odd = fc.tuple(rightPairs, oddPair, encoding);
  return fc
    .oneof(
      { weight: 6, arbitrary: fc.tuple(rightPairs, encoding).map(([list, encode]) => write(list, encode)) },
      { weight: 3, arbitrary: odd.map(([list, pair, encode]) => write([...list, pair], encode)) },
      { weight: 1, arbitrary: oneOf(...RAW_QUERIES) },
    )
    .map((raw) => judgeQuery(declared, raw));
}

const RAW_IDS = words("% %zz %ff %c0%af %F0%9F ..%2f . .. 100%2F %00 1% ~ ' !$&()*+,;=:@");
const knownId = oneOf(...words('100 722 11037 11038 1 9007199254740991'));
const oddId = oneOf(...ODD_TEXTS.filter(Boolean), ...words('a/b . .. 100/ 100;a=b 100? 100#'));
const encodedId = fc.tuple(
  fc.oneof({ weight: 3, arbitrary: knownId }, { weight: 1, arbitrary: oddId }),
  encoding,
);

/** What stands in a path for an id; what is no id names no job. */
export const anyId: fc.Arbitrary<Part<string>> = fc.oneof(
  {
    weight: 9,
    arbitrary: encodedId.map(([text, encode]) => ({
      value: encode(text),
      rejections: /^[1-9][0-9]*$/.test(text) && Number.isSafeInteger(Number(text)) ? [] : [404],
    })),
  },
  { weight: 1, arbitrary: oneOf(...RAW_IDS).map((value) => ({ value, rejections: [404] })) },
);

const RIGHT_REQUEST_IDS = ['mine', '!~', '__proto__', 'a'.repeat(200), '{}[]"\\'];
const WRONG_REQUEST_IDS = ['', 'a b', '\u00e9', 'a'.repeat(201), 'a\tb'];
export const requestId: fc.Arbitrary<Part<string | undefined>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(right(undefined)) },
  { weight: 4, arbitrary: oneOf(...RIGHT_REQUEST_IDS).map(right) },
  { weight: 1, arbitrary: oneOf(...WRONG_REQUEST_IDS).map((value) => ({ value, rejections: [400] })) },
);

export const profileInstanceId = oneOf(undefined, undefined, 'ups', '\u00ff', '__proto__', '').map(
  (value): Part<Header[]> => ({
    value: value === undefined ? [] : [['x-profile-instance-id', value]],
    rejections: value === '' ? [400] : [],
  }),
);

/** What `Prefer` asks for: other statuses, if any. */
export type Preference = Part<string> & { statuses?: number[] };

const IGNORED = [
  ...words('respond-async wait=10 __proto__=1 constructor toString="code=500" = ,, " a="\\" ; code-x=1'),
  ...['delay=0', 'delay="2"', `a${' '.repeat(3000)}"`],
];
const WRONG_PREFERENCES = [
  ...words(
    'code=999 code= code code=2e2 code=__proto__ example= example=__proto__ example=constructor fault=',
  ),
  ...words('fault=__proto__ scenario= scenario=__proto__ delay=60001 delay=-1 delay=1e3 delay= delay=abc'),
  `delay=${'9'.repeat(400)}`,
];

export function preference({ responses }: Operation): fc.Arbitrary<Preference> {
  const examples = new Map<string, number>();
  for (const [status, response] of [...responses].reverse())
    for (const name of response.examples.keys()) examples.set(name, status);
  const write = (name: string, value: string, status: number) =>
    oneOf(`${name}=${value}`, `${name.toUpperCase()} = "${value}"`, `${name}=${value};a=b, ${name}=none`).map(
      (text): Preference => ({ ...right(text), statuses: [status] }),
    );
  return fc.oneof(
    { weight: 3, arbitrary: oneOf(...responses.keys()).chain((code) => write('code', String(code), code)) },
    { weight: 2, arbitrary: oneOf(...examples).chain(([name, status]) => write('example', name, status)) },
    { weight: 2, arbitrary: oneOf(...IGNORED).map(right) },
    { weight: 2, arbitrary: oneOf(...WRONG_PREFERENCES).map((value) => ({ value, rejections: [400] })) },
  );
}
