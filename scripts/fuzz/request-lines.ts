import { METHODS } from 'node:http';
import fc from 'fast-check';
import { IS_LENIENT } from './lenient-parser.js';
import { FOUR, HEALTH, LIST, single, type Sent } from './sent.js';

const TARGETS: [target: string, statuses: number[]][] = [
  [`http://example.com${LIST}`, [200]],
  [`HTTPS://user:password@[::1]:8080${LIST}/100`, [200, 404]],
  [`ftp://x${LIST}`, [404]],
  ['a://[/', [404]],
  ['http://', [400, 404]],
  ['http://?', [400, 404]],
  ['x:443', [400, 404]],
  ['*', [404]],
  ['', [400]],
  ['//', [404]],
  [`//x${LIST}`, [404]],
  [`/${LIST}`, [404]],
  [LIST.replace('/export', '//export'), [404]],
  [LIST.replace('/export', '/./export'), [404]],
  [LIST.replace('/export', '/x/../export'), [404]],
  [LIST.replace('/export', '/%2e%2e/export'), [404]],
  [LIST.replace('jobs', '%6aobs'), [200, 404]],
  [LIST.toUpperCase(), [404]],
  [`${LIST}//`, [404]],
  [`${LIST}/100/batches`, [404]],
  [`${LIST}\\100`, [400, 404]],
  [`${LIST}/100 x`, [400]],
  [`${LIST}/\t`, IS_LENIENT ? [200, 400] : [400]],
  [`${LIST}/\u0000`, [400]],
  [`${LIST}/\u00e9`, [400, 404]],
  [`${LIST}x`, [404]],
  [`/data/core/upsx`, [404]],
  ['/__admin', [404]],
  ['/__proto__', [404]],
  ['/constructor', [404]],
  [`${LIST}/${'a/'.repeat(1000)}`, [404]],
  [`${LIST}?${'limit=1&'.repeat(1500)}`, [400]],
  [`${LIST}/${'9'.repeat(16_000)}`, [404]],
  [`${LIST}/${'9'.repeat(20_000)}`, [431]],
  ['/..'.repeat(3000), [404]],
];

export const targets: fc.Arbitrary<Sent> = fc
  .constantFrom(...TARGETS)
  .map(([target, statuses]) => single({ method: 'GET', target, headers: FOUR }, { statuses }));

/** What `http.METHODS` names and the contract does not is not allowed; the rest is no method. */
const OTHER_METHODS = METHODS.filter(
  (name) => !['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'CONNECT'].includes(name),
);
const NO_METHODS = ['get', 'GETT', 'G', '', 'BREW', 'PRI', 'G\u0000T', '__proto__', 'x'.repeat(300), 'GÉT'];

export const methods: fc.Arbitrary<Sent> = fc.constantFrom(LIST, `${LIST}/100`, HEALTH).chain((target) =>
  fc.oneof(
    // Some are known to Node for other protocols than HTTP.
    fc
      .constantFrom(...OTHER_METHODS)
      .map((method) => single({ method, target, headers: FOUR }, { statuses: [400, 405] })),
    fc
      .constantFrom(...NO_METHODS)
      .map((method) => single({ method, target, headers: FOUR }, { statuses: [400] })),
    fc.constant(single({ method: 'OPTIONS', target, headers: FOUR }, { statuses: [204] })),
    fc.constant(single({ method: 'CONNECT', target: 'x:443', headers: FOUR }, { statuses: [405] })),
    fc.constantFrom('a', '__proto__', '\u00ff', 'a, b', '*').map((asked) => {
      const headers = [
        ['Host', 'localhost'],
        ['Origin', asked],
        ['Access-Control-Request-Method', asked],
      ] as const;
      const preflight = [...headers, ['Access-Control-Request-Headers', asked]] as const;
      return single({ method: 'OPTIONS', target: LIST, headers: preflight }, { statuses: [204] });
    }),
  ),
);

const NO_VERSIONS = [
  'HTTP/0.9',
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/3',
  'HTTP/11.1',
  'http/1.1',
  'HTTP/1',
  'HTTP 1.1',
  '',
];
const VERSIONS: [version: string, statuses: number[]][] = [
  ['HTTP/1.0', [200]],
  ...NO_VERSIONS.map((version): [string, number[]] => [version, [400]]),
  // Node takes them for HTTP, and does not tell them apart.
  ['RTSP/1.0', [200, 400]],
  ['ICE/1.0', [200, 400]],
];
const LINES = [
  '',
  'GET',
  'GET /\r\n',
  '\u0016\u0003\u0001\u0002',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'SSH-2.0-x\r\n',
  '{}',
  '\u0000',
  'GET / HTTP/1.1\n\n',
];

export const requestLines: fc.Arbitrary<Sent> = fc.oneof(
  fc
    .constantFrom(...VERSIONS)
    .map(([version, statuses]) =>
      single({ method: 'GET', target: LIST, version, headers: FOUR }, { statuses }),
    ),
  fc.constantFrom(...LINES).map((bytes) => ({ bytes, expected: [{ statuses: [400], mayBeMissing: true }] })),
);
