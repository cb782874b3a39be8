import fc from 'fast-check';
import { textOf } from './exchange.js';
import { IS_LENIENT } from './lenient-parser.js';
import { CLOSE, FOUR, LIST, single, type Sent } from './sent.js';

const LINES_OF_HEADERS: [line: string, statuses: number[]][] = [
  ['__proto__: x\r\n', [200]],
  ['constructor: x\r\ntoString: x\r\n', [200]],
  ['a: \u00ff\u0080\t\r\n', [200]],
  ['a:\r\n', [200]],
  ['a:b\r\na:c\r\n', [200]],
  ['a:b\r\n'.repeat(4000), [200]],
  ['a:b\r\n'.repeat(9000), [431]],
  [`a: ${'b'.repeat(17_000)}\r\n`, [431]],
  [`${'a'.repeat(17_000)}: b\r\n`, [431]],
  ['a : b\r\n', [400]],
  [' a: b\r\n', [400]],
  ['a\r\n', [400]],
  [': b\r\n', [400]],
  ['a b: c\r\n', IS_LENIENT ? [200, 400] : [400]],
  ['\u00e9: b\r\n', [400]],
  ['a\u0000: b\r\n', [400]],
  ['a: \u0000\r\n', [400]],
  ['a: \u0001\r\n', [400]],
  ['a: \u007f\r\n', [400]],
  ['a: b\r\n c\r\n', [400]],
  ['a: b\rc\r\n', [400]],
  ['a: b\nc: d\r\n', [400]],
  ['Host: y\r\n', [400]],
  ['Host: x\r\n', [400]],
  ['Upgrade: websocket\r\n', [200]],
  ['Upgrade: h2c\r\nHTTP2-Settings: a\r\n', [200]],
  ['Content-Length: 0\r\n', [200]],
  ['Content-Type: a\r\nContent-Type: b\r\n', [200]],
  ['Content-Encoding: rot13\r\n', [200]],
  ['Range: bytes=0-1\r\nIf-None-Match: *\r\nAccept: text/html\r\n', [200]],
  ['Accept-Encoding: gzip\r\nTE: trailers\r\nTrailer: a\r\n', [200]],
  ['X-HTTP-Method-Override: DELETE\r\n', [200]],
  ['Origin: a\r\nCookie: b\r\nReferer: c\r\n', [200]],
  ['Expect: 100-continue\r\n', [200]],
  ['Expect: tea\r\n', [417]],
  ['Prefer: code=200\r\nPrefer: code=500\r\n', [200]],
  ['x-request-id: a\r\nx-request-id: b\r\n', [400]],
];

const around: fc.Arbitrary<Sent> = fc
  .tuple(fc.constantFrom(...LINES_OF_HEADERS), fc.boolean())
  .map(([[line, statuses], isFirst]) => {
    const [start = '', ...rest] = textOf({
      method: 'GET',
      target: `${LIST}?limit=1`,
      headers: [...FOUR, CLOSE],
    }).split(/(?<=\r\n)/);
    const others = rest.slice(0, -1).join('');
    return { bytes: start + (isFirst ? line + others : others + line) + '\r\n', expected: [{ statuses }] };
  });

const noHost: fc.Arbitrary<Sent> = fc.constant(
  single({ method: 'GET', target: LIST, headers: FOUR.slice(1) }, { statuses: [400] }),
);

/** Calls with header lines more, or one less. */
export const headers = fc.oneof({ weight: 20, arbitrary: around }, { weight: 1, arbitrary: noHost });
