import fc from 'fast-check';
import { goodBody } from './bodies.js';
import type { Operation } from './contract.js';
import type { Message } from './exchange.js';
import { IS_LENIENT } from './lenient-parser.js';
import { JSON_TYPE, okOr, post, single, type Sent } from './sent.js';

/** A body in one of the ways that HTTP has for it, or none, and how it is refused. */
interface Framing {
  headers: Message['headers'];
  body: string;
  refusals?: readonly number[];
  mayBeMissing?: boolean;
  /** It ends before or behind what it says. */
  isBroken?: boolean;
}

function chunked(body: string, size: number, extension = '', trailers = ''): string {
  const chunks: string[] = [];
  for (let from = 0; from < body.length; from += size) {
    const chunk = body.slice(from, from + size);
    chunks.push(`${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`);
  }
  return `${chunks.join('')}0${extension}\r\n${trailers}\r\n`;
}

const CHUNKED = ['Transfer-Encoding', 'chunked'] as const;
const LENGTHS = ['+5', '5 5', '0x5', '5,5', '-1', '1e1', '', 'five', '5;a', '99999999999999999999', '\u00b2'];
const CODINGS = [
  'gzip, chunked',
  'identity',
  'chunked, chunked',
  'chunked, gzip',
  'xchunked',
  '\u000bchunked',
  '',
];
const CHUNK_SIZES = ['zz', '-1', '0x5', 'FFFFFFFFFFFFFFFFFF', '', ' ', ';', '5 5'];

function framing(body: string): fc.Arbitrary<Framing> {
  const length = ['Content-Length', String(body.length)] as const;
  const broken = (headers: Message['headers'], text = body): Framing => ({
    headers,
    body: text,
    isBroken: true,
  });
  return fc.oneof(
    fc.constant({ headers: [length], body }),
    fc.integer({ min: 1, max: 30 }).map((size) => ({ headers: [CHUNKED], body: chunked(body, size) })),
    fc
      .constantFrom(';a', ';a=b', ';a="\\""')
      .map((extension) => ({ headers: [CHUNKED], body: chunked(body, 9, extension) })),
    fc.constantFrom('a: b\r\n', 'a:\r\nHost: y\r\n', '__proto__: 1\r\n').map((trailers) => ({
      headers: [CHUNKED],
      body: chunked(body, 50, '', trailers),
    })),
    fc.constant({ headers: [length, ['Expect', '100-continue']], body }),
    fc.constantFrom('tea', '100-continue, tea', '100').map((expect): Framing => ({
      headers: [length, ['Expect', expect]],
      body,
      refusals: [417],
      // It is told before the body comes, and a body that comes all the same may cost it.
      mayBeMissing: true,
    })),
    fc.constant({ headers: [length, length], body, refusals: [200, 400] }),
    fc.constantFrom(...LENGTHS).map((value) => broken([['Content-Length', value]])),
    fc.nat(body.length - 1).map((short) => broken([['Content-Length', String(short)]])),
    fc.constantFrom(...CODINGS).map((value) => broken([['Transfer-Encoding', value]], chunked(body, 50))),
    fc.constant(broken([CHUNKED, length], chunked(body, 50))),
    fc.constantFrom(...CHUNK_SIZES).map((size) => broken([CHUNKED], `${size}\r\n${body}\r\n0\r\n\r\n`)),
    fc
      .integer({ min: 1, max: body.length - 1 })
      .map((size) => broken([CHUNKED], `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`)),
    fc.constant(broken([CHUNKED], `1;${'a'.repeat(20_000)}\r\n${body}\r\n0\r\n\r\n`)),
    fc.constant(broken([CHUNKED], `${chunked(body, 50).slice(0, -2)}A: ${'a'.repeat(20_000)}\r\n\r\n`)),
    // No trailer may say how a message is framed (RFC 9110, section 6.5.1).
    fc.constant({
      ...broken([CHUNKED], chunked(body, 50, '', 'Content-Length: 5\r\n')),
      ...(IS_LENIENT && { isBroken: false, refusals: [200, 400] }),
    }),
  );
}

/** A body that is right, in any framing. */
export function framed(operation: Operation): fc.Arbitrary<Sent> {
  return goodBody(operation).chain((body) =>
    framing(body.text).map(({ headers, body: text, refusals, isBroken, mayBeMissing = false }): Sent => {
      const message = post([JSON_TYPE, ...headers], text);
      if (!isBroken) {
        if (refusals) return single(message, { statuses: refusals, mayBeMissing });
        return single(message, { operation: operation.id, statuses: okOr(body.refusals) });
      }
      // What is left over of a body that is too long by its length is the next message, and is none.
      return single(message, { statuses: [400, 431], mayBeMissing: true });
    }),
  );
}
