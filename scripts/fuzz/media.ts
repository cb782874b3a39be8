import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { goodBody } from './bodies.js';
import type { Operation } from './contract.js';
import { JSON_TYPE, okOr, post, single, type Sent } from './sent.js';

const TYPES: [type: string, refusals: number[]][] = [
  ['application/json', []],
  ['APPLICATION/JSON;CHARSET=UTF-8', []],
  ['application/json; charset="utf-8"', []],
  ['application/json;', []],
  ['application/json; a=b', []],
  ['application/json; charset=utf-16', [415]],
  ['application/json; charset=utf-7', [415]],
  ['application/json; charset=__proto__', [415]],
  ['application/json; charset=utf-8; charset=latin1', [415]],
  ['application/json, text/plain', [400]],
  ['application/jsonp', [400]],
  ['application/problem+json', [400]],
  ['multipart/form-data; boundary=a', [400]],
  ['application/x-www-form-urlencoded', [400]],
  ['text/html', [400]],
  ['__proto__', [400]],
  ['', [400]],
  ['/', [400]],
  ['\u00ff', [400]],
  [`application/json${' '.repeat(5000)}x`, [400]],
  [`application/json;${' ;'.repeat(5000)}`, []],
];

/** Bodies that are right, of any content type. */
export function typed(operation: Operation): fc.Arbitrary<Sent> {
  return fc.tuple(goodBody(operation), fc.constantFrom(...TYPES)).map(([body, [type, refusals]]) => {
    const all = [...refusals, ...body.refusals];
    const headers = [
      ['Content-Type', type],
      ['Content-Length', String(body.text.length)],
    ] as const;
    return single(post(headers, body.text), {
      operation: operation.id,
      statuses: okOr(all),
    });
  });
}

const binary = (compress: (bytes: Buffer) => Buffer) => (text: string) =>
  compress(Buffer.from(text, 'latin1')).toString('latin1');
const COMPRESSIONS: [name: string, compress: (text: string) => string][] = [
  ['gzip', binary(gzipSync)],
  ['GZip', binary(gzipSync)],
  ['deflate', binary(deflateSync)],
  ['br', binary(brotliCompressSync)],
  ['identity', (text) => text],
];
/** Small, and more than a body may be when it is decoded. */
const bomb = '{"destination":{"datasetId":"d"},"schema":{"name":"n"}}' + ' '.repeat(2 * 1024 * 1024);
const bombs = COMPRESSIONS.slice(0, 4).map(([name, compress]) => [name, compress(bomb)] as const);

/** Bodies in any content coding, whole or not. */
export function encodedBody(operation: Operation): fc.Arbitrary<Sent> {
  const encoding = (name: string, text: string, statuses: number[]): Sent => {
    const headers = [JSON_TYPE, ['Content-Encoding', name], ['Content-Length', String(text.length)]] as const;
    return single(post(headers, text), { operation: operation.id, statuses });
  };
  const compression = fc.constantFrom(...COMPRESSIONS);
  const compressed = COMPRESSIONS.slice(0, 4);
  return fc.oneof(
    fc
      .tuple(goodBody(operation), compression)
      .map(([body, [name, compress]]) => encoding(name, compress(body.text), okOr(body.refusals))),
    fc
      .tuple(
        goodBody(operation),
        fc.constantFrom(...compressed),
        fc.double({ min: 0, max: 0.95, noNaN: true }),
      )
      .map(([body, [name, compress], part]) => {
        const whole = compress(body.text);
        return encoding(name, whole.slice(0, Math.floor(whole.length * part)), [400]);
      }),
    fc
      .tuple(goodBody(operation), fc.constantFrom(...compressed))
      .map(([body, [name]]) => encoding(name, body.text, [400])),
    goodBody(operation).map((body) => encoding('deflate', binary(deflateRawSync)(body.text), [400])),
    fc
      .tuple(
        goodBody(operation),
        fc.constantFrom('rot13', 'gzip, gzip', '__proto__', 'compress', '*', 'x-gzip'),
      )
      .map(([body, name]) => encoding(name, body.text, [415])),
    fc.constantFrom(...bombs).map(([name, text]) => encoding(name, text, [413])),
  );
}

const RIGHT_BODY = '{"destination":{"datasetId":"d"},"schema":{"name":"n"}}';

/** Bodies that are not UTF-8, or have a mark before them. */
export function strangeText(operation: Operation): fc.Arbitrary<Sent> {
  const odd = ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\x80', '\xc3'];
  const inside = fc
    .constantFrom(...odd)
    .map((bytes) => ({ text: RIGHT_BODY.replace('"d"', `"${bytes}"`), statuses: [400] }));
  const utf16 = Buffer.from(RIGHT_BODY, 'utf16le').toString('latin1');
  const marked = [`\xff\xfe${utf16}`, utf16, `\xfe\xff${utf16}`, `\x00${RIGHT_BODY}`].map((text) => ({
    text,
    statuses: [400],
  }));
  // To pass over a mark is allowed (RFC 8259, section 8.1).
  const mark = { text: `\xef\xbb\xbf${RIGHT_BODY}`, statuses: [200, 400] };
  return fc.oneof(inside, fc.constantFrom(...marked, mark)).map(({ text, statuses }) =>
    single(post([JSON_TYPE, ['Content-Length', String(text.length)]], text), {
      operation: operation.id,
      statuses,
    }),
  );
}
