import fc from 'fast-check';
import type { Operation } from './contract.js';
import { utf8 } from './exchange.js';
import { mutated, oddValue, textOfJson, valueOf, type Json } from './json.js';

export interface Body {
  /** A character each for the bytes of its UTF-8. */
  text: string;
  refusals: number[];
  asked: object | undefined;
}

const LARGEST_BODY_IN_BYTES = 1024 * 1024;

/** A body as it is written, read as JSON and held against the contract's schema. */
function judgedBody({ request }: Operation, text: string): Body {
  const bytes = utf8(text);
  const refused = (status: number): Body => ({ text: bytes, refusals: [status], asked: undefined });
  if (bytes.length > LARGEST_BODY_IN_BYTES) return refused(413);
  try {
    const value = JSON.parse(text) as object;
    if (!request?.keeps(value)) return refused(400);
    // No job tells what was to be evaluated before it.
    return { text: bytes, refusals: [], asked: { ...value, evaluationInfo: undefined } };
  } catch {
    return refused(400);
  }
}

const REQUEST = '{"destination":{"datasetId":"d"},"schema":{"name":"n"}';
const segments = (count: number, one: string) =>
  `${REQUEST},"filter":{"segments":[${Array(count).fill(one).join()}]}}`;
const LARGE_BODIES = [
  () => segments(1000, '{"segmentId":"a"}'),
  () => segments(40_000, '{"segmentId":"a"}'),
  () => segments(100_000, '{"segmentId":"a"}'),
  () => segments(100_000, '{}'),
  () => segments(4000, '{}'),
  () => `${REQUEST},"fields":"${'x'.repeat(1_000_000)}"}`,
  () => `${REQUEST},"${'x'.repeat(1_000_000)}":1}`,
  () => `${REQUEST},"fields":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
  () => `{${Array.from({ length: 80_000 }, (_, index) => `"a${index}":1`).join()}}`,
  () => `${REQUEST}}${' '.repeat(LARGEST_BODY_IN_BYTES - REQUEST.length - 1)}`,
  () => `${REQUEST}}${' '.repeat(LARGEST_BODY_IN_BYTES - REQUEST.length)}`,
];

export function goodBody(operation: Operation): fc.Arbitrary<Body> {
  return valueOf(operation.request?.schema ?? {}).map((value) => judgedBody(operation, textOfJson(value)));
}

export function bodyOf(operation: Operation): fc.Arbitrary<Body> {
  const { schema = {} } = operation.request ?? {};
  const value: fc.Arbitrary<Json> = fc.oneof(
    { weight: 3, arbitrary: valueOf(schema) },
    { weight: 6, arbitrary: valueOf(schema).chain(mutated) },
    { weight: 1, arbitrary: oddValue },
  );
  const text = fc.oneof(
    { weight: 60, arbitrary: value.map(textOfJson) },
    { weight: 1, arbitrary: fc.constantFrom(...LARGE_BODIES).map((make) => make()) },
  );
  return text.map((written) => judgedBody(operation, written));
}
