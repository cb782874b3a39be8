/** Everything that is sent, with the responses that it may get. */
import { METHODS } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Operation } from './judge.js';
import { toBytes, type Exchange, type Expected, type Header, type Message } from './messages.js';
import * as values from './values.js';
import { right, type Part } from './values.js';

/** The sandboxes that requests are for: few, so that their state is bounded. */
export const ORGANISATIONS = ['fuzz@AdobeOrg', '__proto__', '\u00e9\u00ff', '"; drop', '%00'];
export const SANDBOXES = ['prod', 'constructor', '../..', 'a b', '0'];

/** Whether this Node's parser of HTTP accepts some of what later ones reject, as that of Node 20.19.0 does. */
const IS_LENIENT = Number.parseInt(process.versions['llhttp'] ?? '') < 9;
const LIST = '/data/core/ups/export/jobs';
const HEALTH = '/__admin/health';
const JSON_TYPE: Header = ['Content-Type', 'application/json'];
const CHUNKED: Header = ['Transfer-Encoding', 'chunked'];
/** What every request needs. */
const REQUIRED: Header[] = [
  ['Host', 'localhost'],
  ['Authorization', 'Bearer token'],
  ['x-api-key', 'key'],
  ['x-gw-ims-org-id', ORGANISATIONS[0] ?? ''],
  ['x-sandbox-name', SANDBOXES[0] ?? ''],
];
const oneOf = fc.constantFrom;
const words = (text: string) => text.split(' ');
const weighted = <T>(...choices: [weight: number, arbitrary: fc.Arbitrary<T>][]) =>
  fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

/** Things to send, each with the statuses that its group may get. */
const table = (...groups: [statuses: number[], ...items: string[]][]) =>
  groups.flatMap(([statuses, ...items]) => items.map((item): [string, number[]] => [item, statuses]));

/** Bytes on a connection, and the responses that they may get; none follows the last. */
interface Sent {
  bytes: string;
  expected: readonly Expected[];
}

const okOr = (rejections: number[]) => (rejections.length > 0 ? rejections : [200]);
const contentLength = (body: string): Header => ['Content-Length', String(body.length)];

/** A message after which the connection is closed. */
function single(message: Message, expected: Expected): Sent {
  const headers: Header[] = [...message.headers, ['Connection', 'close']];
  return { bytes: toBytes({ ...message, headers }), expected: [expected] };
}
const get = (target: string, statuses: number[], more: Partial<Message> = {}) =>
  single({ method: 'GET', target, headers: REQUIRED, ...more }, { statuses });
const post = (headers: Header[], body: string, expected: Expected) =>
  single({ method: 'POST', target: LIST, headers: [...REQUIRED, ...headers], body }, expected);

const credentials: fc.Arbitrary<Header[]> = fc
  .tuple(
    oneOf('Bearer token', 'bearer  x', 'Bearer \u00ff'),
    oneOf('key', '\u00ff', '0'),
    oneOf(...ORGANISATIONS),
    oneOf(...SANDBOXES),
  )
  .map((four) => REQUIRED.slice(1).map(([name], index): Header => [name, four[index] ?? '']));

/** One of the four headers left out, empty, wrong or twice. Twice is read as one, or rejected. */
const wrongCredentials = fc
  .tuple(credentials, fc.nat(3), oneOf('none', 'empty', 'blank', 'wrong', 'twice'))
  .map(([headers, index, how]): Part<Header[]> => {
    const [name, value] = headers[index] ?? ['', ''];
    const rejections = [index < 2 ? 403 : 400];
    const replaced = (...header: Header) => headers.with(index, header);
    if (how === 'none') return { value: headers.toSpliced(index, 1), rejections };
    if (how === 'empty') return { value: replaced(name, ''), rejections };
    if (how === 'blank') return { value: replaced(name, ' \t '), rejections };
    if (how === 'twice') return right([...headers, [name, value]]);
    if (index === 0) return { value: replaced(name, 'Basic eDp5'), rejections: [401] };
    return { value: replaced('x-other', value), rejections };
  });

/** A message that is HTTP, and what the contract makes of it. */
interface Request {
  message: Message;
  expected: Expected;
}

/** Requests of an operation: each part of each is mostly right. */
function requestTo(operation: Operation, isHead = false): fc.Arbitrary<Request> {
  const { operationId, responses, url, parameters } = operation;
  const hasId = url.includes('{');
  const none = fc.constant(undefined);
  const when = <T>(isPresent: boolean, create: () => fc.Arbitrary<T>) => (isPresent ? create() : none);
  const has = (name: string) => parameters.some((parameter) => parameter.name === name);
  return fc
    .record({
      gateway: when(operationId !== 'getHealth', () =>
        weighted([9, credentials.map(right)], [1, wrongCredentials]),
      ),
      id: when(hasId, () => values.anyId),
      query: values.anyQuery(operation),
      requestId: values.requestId,
      profile: when(has('x-profile-instance-id'), () => values.profileInstanceId),
      prefer: when(has('Prefer'), () => fc.option(values.preference(operation), { freq: 3, nil: undefined })),
      body: when(operation.bodySchema !== undefined, () => values.anyBody(operation)),
      slash: oneOf('', '', '/'),
    })
    .map(({ slash, ...parts }) => {
      const { gateway, id, query, requestId, profile, prefer, body } = parts;
      const target =
        url.replace(/\{\w+\}/, () => id?.value ?? '') + slash + (query.value && `?${query.value}`);
      const headers: Header[] = [['Host', 'localhost'], ...(gateway?.value ?? []), ...(profile?.value ?? [])];
      if (requestId.value !== undefined) headers.push(['x-request-id', requestId.value]);
      if (prefer) headers.push(['Prefer', prefer.value]);
      if (body) headers.push(JSON_TYPE, contentLength(body.value));
      const rejections = Object.values(parts).flatMap((part) => part?.rejections ?? []);
      const preferred = prefer?.statuses ?? [responses.has(204) ? 204 : 200];
      const statuses = hasId && preferred.some((status) => status < 300) ? [...preferred, 404] : preferred;
      const expected: Expected = {
        operation: operationId,
        statuses: rejections.length > 0 ? rejections : statuses,
        isHead,
      };
      if (requestId.value !== undefined && requestId.rejections.length === 0)
        expected.requestId = requestId.value;
      if (body?.asked && !prefer?.value.toLowerCase().includes('example')) expected.asked = body.asked;
      const method = isHead ? 'HEAD' : operation.method.toUpperCase();
      return { message: { method, target, headers, ...(body && { body: body.value }) }, expected };
    });
}

const anyRequest = (operations: Operation[]): fc.Arbitrary<Request> =>
  weighted(
    ...operations.map((each): [number, fc.Arbitrary<Request>] => [each.bodySchema ? 4 : 2, requestTo(each)]),
    ...operations
      .filter(({ method }) => method === 'get')
      .map((each): [number, fc.Arbitrary<Request>] => [1, requestTo(each, true)]),
  );

function chunked(body: string, size: number, extension = '', trailers = ''): string {
  const chunks: string[] = [];
  for (let from = 0; from < body.length; from += size) {
    const chunk = body.slice(from, from + size);
    chunks.push(`${chunk.length.toString(16)}${extension}\r\n${chunk}\r\n`);
  }
  return `${chunks.join('')}0${extension}\r\n${trailers}\r\n`;
}

/** A right body in the ways that HTTP has for it, or in none. What is left over of it is a message, and malformed. */
function framed(create: Operation): fc.Arbitrary<Sent> {
  const broken: Expected = { statuses: [400, 431], mayBeMissing: true };
  return values.rightBody(create).chain(({ value: body, rejections }) => {
    const length = contentLength(body);
    const whole = { operation: create.operationId, statuses: okOr(rejections) };
    const sendChunked = (text: string, expected = broken) => post([JSON_TYPE, CHUNKED], text, expected);
    const sendWith = (headers: Header[], expected: Expected = whole, text = body) =>
      post([JSON_TYPE, ...headers], text, expected);
    return fc.oneof(
      fc.constant(sendWith([length])),
      fc.integer({ min: 1, max: 30 }).map((size) => sendChunked(chunked(body, size), whole)),
      oneOf(';a', ';a=b', ';a="\\""').map((extension) => sendChunked(chunked(body, 9, extension), whole)),
      oneOf('a: b\r\n', 'a:\r\nHost: y\r\n', '__proto__: 1\r\n').map((trailers) =>
        sendChunked(chunked(body, 50, '', trailers), whole),
      ),
      fc.constant(sendWith([length, ['Expect', '100-continue']])),
      // The rejection comes before the body, and a body that comes all the same may cost it.
      oneOf('tea', '100-continue, tea', '100').map((expect) =>
        sendWith([length, ['Expect', expect]], { statuses: [417], mayBeMissing: true }),
      ),
      fc.constant(sendWith([length, length], { statuses: [200, 400] })),
      oneOf('', '5 5', '\u00b2', ...words('+5 0x5 5,5 -1 1e1 five 5;a 99999999999999999999')).map((value) =>
        sendWith([['Content-Length', value]], broken),
      ),
      fc.nat(body.length - 1).map((short) => sendWith([['Content-Length', String(short)]], broken)),
      oneOf(
        ...words('identity xchunked \u000bchunked'),
        '',
        'gzip, chunked',
        'chunked, chunked',
        'chunked, gzip',
      ).map((coding) => sendWith([['Transfer-Encoding', coding]], broken, chunked(body, 50))),
      fc.constant(sendWith([CHUNKED, length], broken, chunked(body, 50))),
      oneOf(...words('zz -1 0x5 FFFFFFFFFFFFFFFFFF ;'), '', ' ', '5 5', `1;${'a'.repeat(20_000)}`).map(
        (size) => sendChunked(`${size}\r\n${body}\r\n0\r\n\r\n`),
      ),
      fc
        .integer({ min: 1, max: body.length - 1 })
        .map((size) => sendChunked(`${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`)),
      fc.constant(sendChunked(`${chunked(body, 50).slice(0, -2)}A: ${'a'.repeat(20_000)}\r\n\r\n`)),
      // No trailer may say how a message is framed (RFC 9110, section 6.5.1).
      fc.constant(
        sendChunked(
          chunked(body, 50, '', 'Content-Length: 5\r\n'),
          IS_LENIENT ? { statuses: [200, 400] } : broken,
        ),
      ),
    );
  });
}

const TYPES = table(
  [[], 'application/json', 'APPLICATION/JSON;CHARSET=UTF-8', 'application/json; charset="utf-8"'],
  [[], 'application/json;', 'application/json; a=b', `application/json;${' ;'.repeat(5000)}`],
  [[415], 'application/json; charset=utf-16', 'application/json; charset=utf-7'],
  [[415], 'application/json; charset=__proto__', 'application/json; charset=utf-8; charset=latin1'],
  [[400], 'application/json, text/plain', 'application/jsonp', 'application/problem+json', 'text/html', '/'],
  [[400], 'multipart/form-data; boundary=a', 'application/x-www-form-urlencoded', '__proto__', '', '\u00ff'],
  [[400], `application/json${' '.repeat(5000)}x`],
);

const typed = (create: Operation): fc.Arbitrary<Sent> =>
  fc.tuple(values.rightBody(create), oneOf(...TYPES)).map(([body, [type, rejections]]) => {
    const statuses = okOr([...rejections, ...body.rejections]);
    const headers: Header[] = [['Content-Type', type], contentLength(body.value)];
    return post(headers, body.value, { operation: create.operationId, statuses });
  });

const binary = (compress: (bytes: Buffer) => Buffer) => (text: string) =>
  compress(Buffer.from(text, 'latin1')).toString('latin1');
const COMPRESSIONS: [name: string, compress: (text: string) => string][] = [
  ['gzip', binary(gzipSync)],
  ['GZip', binary(gzipSync)],
  ['deflate', binary(deflateSync)],
  ['br', binary(brotliCompressSync)],
];
const { RIGHT_BODY } = values;
/** Small, and more than a body may be when it is decoded. */
const BOMBS = COMPRESSIONS.map(([name, compress]): [string, string] => [
  name,
  compress(RIGHT_BODY + ' '.repeat(2 * 1024 * 1024)),
]);

/** Bodies in any content coding, whole or not. */
function encoded(create: Operation): fc.Arbitrary<Sent> {
  const sendAs = (name: string, text: string, statuses: number[]) =>
    post([JSON_TYPE, ['Content-Encoding', name], contentLength(text)], text, {
      operation: create.operationId,
      statuses,
    });
  const body = values.rightBody(create);
  const part = fc.double({ min: 0, max: 0.95, noNaN: true });
  const compression = oneOf(...COMPRESSIONS);
  const unknown = oneOf('rot13', 'gzip, gzip', '__proto__', 'compress', '*', 'x-gzip');
  return fc.oneof(
    fc
      .tuple(body, oneOf(...COMPRESSIONS, ['identity', (text: string) => text] as const))
      .map(([{ value, rejections }, [name, compress]]) => sendAs(name, compress(value), okOr(rejections))),
    fc.tuple(body, compression, part).map(([{ value }, [name, compress], part]) => {
      const whole = compress(value);
      return sendAs(name, whole.slice(0, Math.floor(whole.length * part)), [400]);
    }),
    fc.tuple(body, compression).map(([{ value }, [name]]) => sendAs(name, value, [400])),
    body.map(({ value }) => sendAs('deflate', binary(deflateRawSync)(value), [400])),
    fc.tuple(body, unknown).map(([{ value }, name]) => sendAs(name, value, [415])),
    oneOf(...BOMBS).map(([name, text]) => sendAs(name, text, [413])),
  );
}

const UTF_16 = Buffer.from(RIGHT_BODY, 'utf16le').toString('latin1');
const NOT_UTF_8 = ['\xff', '\xc0\xaf', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\x80', '\xc3'];
const STRANGE_TEXTS = table(
  [[400], ...NOT_UTF_8.map((bytes) => RIGHT_BODY.replace('"d"', `"${bytes}"`))],
  [[400], `\xff\xfe${UTF_16}`, UTF_16, `\xfe\xff${UTF_16}`, `\x00${RIGHT_BODY}`],
  // To pass over a byte order mark is allowed (RFC 8259, section 8.1).
  [[200, 400], `\xef\xbb\xbf${RIGHT_BODY}`],
);
const strangeText = ({ operationId: operation }: Operation): fc.Arbitrary<Sent> =>
  oneOf(...STRANGE_TEXTS).map(([text, statuses]) =>
    post([JSON_TYPE, contentLength(text)], text, { operation, statuses }),
  );

const TARGETS = table(
  [[200], `http://example.com${LIST}`],
  [[200, 404], `HTTPS://user:password@[::1]:8080${LIST}/100`, LIST.replace('jobs', '%6aobs')],
  [[404], `ftp://x${LIST}`, 'a://[/', '*', '//', `//x${LIST}`, `/${LIST}`, LIST.toUpperCase(), `${LIST}//`],
  [
    [404],
    ...words('//export /./export /x/../export /%2e%2e/export').map((to) => LIST.replace('/export', to)),
  ],
  [[404], `${LIST}/100/batches`, `${LIST}x`, '/data/core/upsx', '/__admin', '/__proto__', '/constructor'],
  [[404], `${LIST}/${'a/'.repeat(1000)}`, `${LIST}/${'9'.repeat(16_000)}`, '/..'.repeat(3000)],
  [[400, 404], 'http://', 'http://?', 'x:443', `${LIST}\\100`, `${LIST}/\u00e9`],
  [[400], '', `${LIST}/100 x`, `${LIST}/\u0000`, `${LIST}?${'limit=1&'.repeat(1500)}`],
  [IS_LENIENT ? [200, 400] : [400], `${LIST}/\t`],
  [[431], `${LIST}/${'9'.repeat(20_000)}`],
);
const targets = oneOf(...TARGETS).map(([target, statuses]) => get(target, statuses));

/** What `http.METHODS` names and the contract does not is not allowed; the rest is no method. */
const OTHER_METHODS = METHODS.filter((name) => !/^(GET|POST|DELETE|HEAD|OPTIONS|CONNECT)$/.test(name));
const NO_METHODS = [...words('get GETT G BREW PRI __proto__ GÉT'), '', 'G\u0000T', 'x'.repeat(300)];
const methods = oneOf(LIST, `${LIST}/100`, HEALTH).chain((target) =>
  fc.oneof(
    // Node knows some of them from other protocols than HTTP.
    oneOf(...OTHER_METHODS).map((method) => get(target, [400, 405], { method })),
    oneOf(...NO_METHODS).map((method) => get(target, [400], { method })),
    fc.constant(get(target, [204], { method: 'OPTIONS' })),
    fc.constant(get('x:443', [405], { method: 'CONNECT' })),
    oneOf('a', '__proto__', '\u00ff', 'a, b', '*').map((value) => {
      const names = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];
      const headers: Header[] = [['Host', 'localhost'], ...names.map((name): Header => [name, value])];
      return get(LIST, [204], { method: 'OPTIONS', headers });
    }),
  ),
);

const VERSIONS = table(
  [[200], 'HTTP/1.0'],
  [[400], ...words('HTTP/0.9 HTTP/1.2 HTTP/2.0 HTTP/3 HTTP/11.1 http/1.1 HTTP/1'), 'HTTP 1.1', ''],
  // Node takes them for HTTP.
  [[200, 400], 'RTSP/1.0', 'ICE/1.0'],
);
const LINES = [
  ...[
    '',
    'GET',
    'GET /\r\n',
    '\u0016\u0003\u0001\u0002',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'SSH-2.0-x\r\n',
  ],
  ...['{}', '\u0000', 'GET / HTTP/1.1\n\n'],
];
const requestLines: fc.Arbitrary<Sent> = fc.oneof(
  oneOf(...VERSIONS).map(([version, statuses]) => get(LIST, statuses, { version })),
  oneOf(...LINES).map((bytes) => ({ bytes, expected: [{ statuses: [400], mayBeMissing: true }] })),
);

const HEADER_LINES = table(
  [[200], '__proto__: x', 'constructor: x\r\ntoString: x', 'a: \u00ff\u0080\t', 'a:', 'a:b\r\na:c'],
  [[200], 'a:b\r\n'.repeat(3999) + 'a:b', 'Upgrade: websocket', 'Upgrade: h2c\r\nHTTP2-Settings: a'],
  [[200], 'Content-Length: 0', 'Content-Type: a\r\nContent-Type: b', 'Content-Encoding: rot13'],
  [[200], 'Range: bytes=0-1\r\nIf-None-Match: *\r\nAccept: text/html', 'X-HTTP-Method-Override: DELETE'],
  [[200], 'Accept-Encoding: gzip\r\nTE: trailers\r\nTrailer: a', 'Origin: a\r\nCookie: b\r\nReferer: c'],
  [[200], 'Expect: 100-continue', 'Prefer: code=200\r\nPrefer: code=500'],
  [[400], 'a : b', ' a: b', 'a', ': b', '\u00e9: b', 'a\u0000: b', 'a: \u0000', 'a: \u0001', 'a: \u007f'],
  [[400], 'a: b\r\n c', 'a: b\rc', 'a: b\nc: d', 'Host: y', 'Host: x', 'x-request-id: a\r\nx-request-id: b'],
  [IS_LENIENT ? [200, 400] : [400], 'a b: c'],
  [[417], 'Expect: tea'],
  [[431], 'a:b\r\n'.repeat(8999) + 'a:b', `a: ${'b'.repeat(17_000)}`, `${'a'.repeat(17_000)}: b`],
);
const headerLines: fc.Arbitrary<Sent> = weighted(
  [
    20,
    fc.tuple(oneOf(...HEADER_LINES), fc.boolean()).map(([[line, statuses], isFirst]) => {
      const { bytes, expected } = get(`${LIST}?limit=1`, statuses);
      const place = isFirst ? bytes.indexOf('\r\n') + 2 : bytes.length - 2;
      return { bytes: `${bytes.slice(0, place)}${line}\r\n${bytes.slice(place)}`, expected };
    }),
  ],
  [1, fc.constant(get(LIST, [400], { headers: REQUIRED.slice(1) }))],
);

const singleRequest = (operations: Operation[]) =>
  anyRequest(operations).map(({ message, expected }) => single(message, expected));

/** Requests one after the other on a connection that is kept until the last. */
const pipelined = (operations: Operation[]): fc.Arbitrary<Sent> =>
  fc
    .tuple(
      fc.array(anyRequest(operations), { maxLength: 4 }),
      weighted([4, singleRequest(operations)], [1, fc.oneof(requestLines, methods, headerLines)]),
    )
    .map(([before, { bytes, expected }]) => ({
      bytes: before.map(({ message }) => toBytes(message)).join('') + bytes,
      expected: [...before.map((request) => request.expected), ...expected],
    }));

/** Requests of which the last is not sent to its end. */
const cutShort = (operations: Operation[]): fc.Arbitrary<Exchange> =>
  fc
    .tuple(
      fc.array(anyRequest(operations), { maxLength: 2 }),
      anyRequest(operations),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      oneOf('by ending', 'by resetting', 'by resetting at once'),
    )
    .map(([requests, last, part, leaves]) => {
      const text = toBytes(last.message);
      const whole = requests.map(({ message }) => toBytes(message)).join('');
      // A delayed request may be under way when the client ends its side, and Node then breaks it off.
      const mayBeMissing = leaves !== 'by ending' || whole.includes('delay=');
      const statuses = [...last.expected.statuses, 400];
      return {
        kind: 'cut short',
        bytes: whole + text.slice(0, Math.floor(text.length * part)),
        cuts: [],
        leaves,
        expected: [
          ...requests.map(({ expected }) => ({ ...expected, mayBeMissing })),
          { statuses, mayBeMissing: true },
        ],
      };
    });

/** Bytes changed at random, except those that name the sandbox. */
function noise(operations: Operation[]): fc.Arbitrary<Exchange> {
  const change = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(12),
    fc.string({ unit: 'binary-ascii', maxLength: 6 }),
  );
  const apply = (text: string, changes: [place: number, removed: number, added: string][]) =>
    changes.reduce((now, [place, removed, added]) => {
      const from = Math.floor(place * now.length);
      return now.slice(0, from) + added + now.slice(from + removed);
    }, text);
  const small = anyRequest(operations).filter(
    ({ expected, message }) => !expected.isHead && (message.body?.length ?? 0) < 5000,
  );
  return fc
    .tuple(small, fc.array(change, { minLength: 1, maxLength: 6 }), fc.array(change, { maxLength: 3 }))
    .map(([{ message }, inHead, inBody]) => {
      const names = /^(x-gw-ims-org-id|x-sandbox-name|prefer)$/i;
      const headers = message.headers.filter(([name]) => !names.test(name));
      const head = apply(toBytes({ ...message, headers, body: '' }).slice(0, -2), inHead);
      const sandbox = REQUIRED.slice(3).map(([name, value]) => `${name}: ${value}\r\n`);
      const bytes = `${head}${sandbox.join('')}\r\n${apply(message.body ?? '', inBody)}`;
      return { kind: 'noise', bytes, cuts: [], leaves: 'by ending', expected: 'any' };
    });
}

function whole(kind: string, sent: fc.Arbitrary<Sent>): fc.Arbitrary<Exchange> {
  return sent.chain(({ bytes, expected }) => {
    const isOpen = expected.some(({ mayBeMissing }) => mayBeMissing);
    const cut = fc.array(fc.nat(Math.min(bytes.length, 2000)), { maxLength: 4 });
    return fc.record<Exchange>({
      kind: fc.constant(kind),
      bytes: fc.constant(bytes),
      cuts: weighted([2, fc.constant<number[]>([])], [1, cut]),
      leaves: weighted<Exchange['leaves']>(
        [19, fc.constant(isOpen ? 'by ending' : 'last')],
        [1, oneOf('by resetting', 'by resetting at once')],
      ),
      expected: fc.constant(expected),
    });
  });
}

/** Everything that is sent. */
export function anyExchange(operations: Operation[]): fc.Arbitrary<Exchange> {
  const create = operations.find(({ bodySchema }) => bodySchema);
  if (!create) throw new Error('the contract has no operation with a body');
  return weighted(
    [40, whole('requests', singleRequest(operations))],
    [10, whole('pipelined requests', pipelined(operations))],
    [8, whole('framing', framed(create))],
    [4, whole('content types', typed(create))],
    [4, whole('content codings', encoded(create))],
    [3, whole('not UTF-8', strangeText(create))],
    [6, whole('targets', targets)],
    [4, whole('methods', methods)],
    [3, whole('request lines', requestLines)],
    [6, whole('headers', headerLines)],
    [6, cutShort(operations)],
    [8, noise(operations)],
  );
}
