/**
 * Checks the built mock against the contract with a judge that shares no code with it: Prism's proxy stands before the
 * mock and reports every response that breaks the contract. `verify --write` runs through it, then what `verify` does not
 * send, until every declared status of every operation was seen. At last responses are altered on their way to Prism, to
 * show that it notices.
 *
 *     verify, own requests -> recorder -> Prism -> altering server -> mock
 *
 * Prism runs without `--errors`: with it, it rejects requests without credentials itself, and passes undeclared errors.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { loadContract } from '../contract/contract.js';
import { ownContract } from '../contract/contract-document.js';
import { Command } from './command.js';
import { HEADERS, SMALLEST_REQUEST } from './mock-client.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BASE_PATH = '/data/core/ups';
const LIST = '/export/jobs';
const PRISM = fileURLToPath(import.meta.resolve('@stoplight/prism-cli')).replace(/dist.*/, 'dist/index.js');
const PRISM_FLAGS = ['--errors=false', '--validate-request=false', '--multiprocess=false', '--port=0'];
const BATCHES = {
  ...SMALLEST_REQUEST,
  destination: { datasetId: 'dataset', segmentPerBatch: true },
  filter: { segments: [{ segmentId: 'a' }, { segmentId: 'b', segmentNs: 'AAM', status: ['exited'] }] },
};

interface Response {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const started: (() => unknown)[] = [];
const stopAll = () => Promise.allSettled(started.splice(0).map((stop) => stop()));

/** Starts a server that responds as `handle` says, and resolves to its origin. */
async function serve(
  handle: (incoming: IncomingMessage, body: Buffer) => Promise<Response>,
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const responding = buffer(incoming).then((body) => handle(incoming, body));
    responding.then(
      ({ status, headers, body }) => outgoing.writeHead(status, headers).end(body),
      () => outgoing.destroy(),
    );
  }).listen(0, '127.0.0.1');
  started.push(() => server.close().closeAllConnections());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function forward({ method, headers }: IncomingMessage, body: Buffer, url: string): Promise<Response> {
  const outgoing = request(url, {
    method,
    headers: { ...headers, host: new URL(url).host, connection: 'close' },
  });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  // They are of this connection, and the body may get another length.
  const own = ['connection', 'content-length', 'transfer-encoding'];
  const passed = Object.fromEntries(Object.entries(response.headers).filter(([name]) => !own.includes(name)));
  return { status: response.statusCode ?? 0, headers: passed, body: await buffer(response) };
}

async function startProgram(args: string[], listening: RegExp): Promise<string> {
  const command = new Command(process.execPath, args, ROOT, { ...process.env, FORCE_COLOR: '0' });
  started.push(() => command.kill());
  return (await command.printed(listening))[1] ?? '';
}

const parseJson = (text: Buffer | string): unknown => {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
};

interface PrismViolation {
  location: string[];
  severity: string;
  code?: string | number;
  message: string;
}

/** What is wrong with a response that came through Prism. Only a request's own lack of credentials is excused. */
function findProblems(sent: IncomingHttpHeaders, { status, headers, body }: Response): string[] {
  const { 'sl-violations': report, 'content-type': type = '', 'x-request-id': id } = headers;
  const isAuthorized = Object.keys(HEADERS).every(
    (name) => name === 'Content-Type' || sent[name.toLowerCase()],
  );
  const lacksCredentials = !isAuthorized || !sent.authorization?.startsWith('Bearer ');
  const violations = report === undefined ? [] : parseJson(String(report));
  // Prism cuts a long report, which is no JSON then.
  if (!Array.isArray(violations)) return [String(report)];
  const problems = (violations as PrismViolation[])
    .filter(({ location, code }) => !(lacksCredentials && location[0] === 'request' && code === 401))
    .map(({ location, severity, message }) => `${severity} in ${location.join('.')}: ${message}`);
  // Every response of the mock has an id; those that Prism makes have none.
  const isOfPrism = id === undefined || type.startsWith('application/problem+json');
  return isOfPrism && problems.length === 0
    ? [`Prism responded in place of the mock: ${status} ${body.toString()}`]
    : problems;
}

type Alter = (response: Omit<Response, 'body'> & { body: unknown }) => void;

/** What is sent to get a response with a status, which then is altered; only the first two stay right. */
const ALTERATIONS: [what: string, code: number, alter: Alter][] = [
  ['a job as it is', 200, () => undefined],
  ['an error as it is', 403, () => undefined],
  ['an undeclared property', 200, ({ body }) => Object.assign(body as object, { extra: 1 })],
  ['a missing property', 200, ({ body }) => Object.assign(body as object, { metrics: undefined })],
  ['a property of another type', 200, ({ body }) => Object.assign(body as object, { id: '11037' })],
  ['a status that contradicts the job', 200, ({ body }) => Object.assign(body as object, { status: 'NEW' })],
  ['an error of another form', 403, (response) => (response.body = { error: 'Oauth token is missing.' })],
  ['a 5xx of another form', 500, (response) => (response.body = { error: 'The server failed.' })],
  ['a body that is not JSON', 200, ({ headers }) => (headers['content-type'] = 'text/html')],
  ['a missing required header', 401, ({ headers }) => delete headers['www-authenticate']],
  ['a header of another form', 429, ({ headers }) => (headers['retry-after'] = 'soon')],
  ['an undeclared status of success', 200, (response) => (response.status = 202)],
  ['an undeclared status of failure', 404, (response) => (response.status = 409)],
  ['no x-request-id', 200, ({ headers }) => delete headers['x-request-id']],
];
const RIGHT = 2;

async function run(): Promise<boolean> {
  const { operations, version, hash } = await loadContract(ownContract('openapi'));
  // Long enough for `verify`, which looks once a second, to see each status.
  const mock = ['dist/cli/main.js', '--port', '0', '--memory', '--new-ms', '1500', '--processing-ms', '1500'];
  const origin = await startProgram(mock, /Listening on (http:\/\/[^/\s]+)/);
  let alter: Alter | undefined;
  const upstream = await serve(async (incoming, body) => {
    const response = await forward(incoming, body, origin + BASE_PATH + (incoming.url ?? ''));
    if (!alter) return response;
    const altered = { ...response, body: parseJson(response.body) };
    alter(altered);
    return { ...altered, body: Buffer.from(JSON.stringify(altered.body)) };
  });
  const proxy = [PRISM, 'proxy', 'spec/openapi.yaml', upstream, ...PRISM_FLAGS];
  const prism = await startProgram(proxy, /Prism is listening on (http:\/\/\S+:\d+)/);

  const counts = { passed: 0, failed: 0, noticed: 0 };
  const unseen = new Set(
    operations.flatMap(({ operationId, responses }) =>
      [...responses.keys()].map((code) => `${operationId} ${code}`),
    ),
  );
  const declared = unseen.size;
  const unseenJobs = new Set(['NEW', 'PROCESSING', 'SUCCEEDED', 'FAILED']);
  const check = (what: string, problems: string[]) => {
    counts[problems.length === 0 ? 'passed' : 'failed']++;
    console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'}  ${what}`);
    for (const problem of problems) console.log(`      ${problem}`);
  };
  const recorder = await serve(async (incoming, body) => {
    // Prism takes `/jobs/?` of `link.next` for a job with an empty id, and rejects malformed JSON itself.
    const path = (incoming.url ?? '').replace(BASE_PATH, '').replace('/?', '?');
    if (body.length > 0 && parseJson(body) === undefined)
      return forward(incoming, body, origin + BASE_PATH + path);
    const response = await forward(incoming, body, prism + path);
    const problems = findProblems(incoming.headers, response);
    const { method = '', headers } = incoming;
    const operation = operations.find(
      (each) =>
        each.method === method.toLowerCase() &&
        new RegExp(`^${each.path.replace(/\{\w+\}/, '[^/]+')}$`).test(path.replace(/\?.*/, '')),
    );
    if (problems.length === 0 && !alter) {
      unseen.delete(`${operation?.operationId} ${response.status}`);
      const job = parseJson(response.body) as { status?: string } | undefined;
      if (method === 'GET' && job?.status) unseenJobs.delete(job.status);
    }
    if (!alter)
      check(
        `${response.status}  ${method.padEnd(6)}  ${path}  ${headers.prefer?.toString() ?? ''}`,
        problems,
      );
    return {
      ...response,
      headers: { ...response.headers, 'x-problems': encodeURIComponent(problems.join('; ')) },
    };
  });

  const base = recorder + BASE_PATH;
  const verify = new Command(
    process.execPath,
    ['dist/cli/main.js', 'verify', base, '--write', '--bad-token', '--strict'],
    ROOT,
  );
  started.push(() => verify.kill());
  const exitCode = await verify.ended();
  check('verify --write', exitCode === 0 ? [] : [`exit code ${exitCode}: ${verify.output}`]);

  const exchange = async (
    method: string,
    path: string,
    expected: number,
    headers: Record<string, string | undefined> = {},
    body?: unknown,
    sandbox = 'own',
  ) => {
    const all: Record<string, string | undefined> = { ...HEADERS, 'x-sandbox-name': sandbox, ...headers };
    const response = await fetch(base + path, {
      method,
      headers: Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined),
      ...(body !== undefined && {
        body: typeof body === 'string' ? Buffer.from(body) : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    const preference = headers['Prefer'];
    const applied = response.headers.get('preference-applied') ?? undefined;
    const what = `${method} ${path} ${JSON.stringify(headers)}`;
    if (response.status !== expected)
      check(what, [`the status is ${response.status}, not ${expected}: ${text}`]);
    else if (expected !== 400 && preference !== applied) check(what, [`Preference-Applied is ${applied}`]);
    return { text };
  };

  for (const query of ['limit=0x10', 'limit=', 'limit=1&limit=2', 'status=PROCESSING', 'stauts=NEW'])
    await exchange('GET', `${LIST}?${query}`, 400);
  for (const query of ['offset=1538615973895_100', 'offset=0_0'])
    await exchange('GET', `${LIST}?${query}`, 200);
  for (const preference of ['code=418', 'example=unheard-of', 'delay=60001'])
    await exchange('GET', LIST, 400, { Prefer: preference });
  await exchange('GET', LIST, 400, { 'x-request-id': 'has spaces' });
  await exchange('POST', LIST, 200, {}, BATCHES);
  await exchange('POST', LIST, 400, { 'x-profile-instance-id': '' }, SMALLEST_REQUEST);
  for (const type of [undefined, 'text/plain'])
    await exchange('POST', LIST, 400, { 'Content-Type': type }, '{}');
  await exchange('POST', LIST, 413, {}, { ...SMALLEST_REQUEST, fields: 'a'.repeat(1024 * 1024) });
  await exchange('POST', LIST, 415, { 'Content-Encoding': 'bogus' }, SMALLEST_REQUEST);
  for (const method of ['GET', 'DELETE']) {
    await exchange(method, `${LIST}/722?limit=1`, 400);
    for (const id of ['9007199254740991', 'abc', '0', '0x64']) await exchange(method, `${LIST}/${id}`, 404);
  }
  const { text } = await exchange('POST', LIST, 200, {}, SMALLEST_REQUEST, 'cancelled');
  const { id } = JSON.parse(text) as { id: number };
  for (const job of [`${LIST}/${id}`, `${LIST}/722`]) {
    const isNew = !job.endsWith('/722');
    await exchange('DELETE', job, 204, {}, undefined, 'cancelled');
    await exchange('DELETE', job, isNew ? 204 : 404, {}, undefined, 'cancelled');
    await exchange('GET', job, isNew ? 200 : 404, {}, undefined, 'cancelled');
  }

  const lacking: [headers: Record<string, string | undefined>, status: number, code: string][] = [
    [{ Authorization: undefined }, 403, '403010'],
    [{ Authorization: 'Basic eDp5' }, 401, '401013'],
    [{ 'x-api-key': undefined }, 403, '403000'],
    [{ 'x-gw-ims-org-id': undefined }, 400, '400003'],
    [{ 'x-sandbox-name': undefined }, 400, '400003'],
  ];
  for (const { operationId, method, path, responses, requestExamples } of operations) {
    const send = (status: number, headers: Record<string, string | undefined>) =>
      exchange(
        method.toUpperCase(),
        path.replace(/\{\w+\}/, '722'),
        status,
        // A sandbox of its own: what one cancels is there for the next.
        { 'x-sandbox-name': `${operationId} ${status}`, ...headers },
        [...requestExamples.values()][0],
      );
    for (const [headers, status, code] of lacking) {
      const { text } = await send(status, headers);
      if (!text.includes(`"error_code":"${code}"`)) check(JSON.stringify(headers), [`not ${code}: ${text}`]);
    }
    for (const [status, { examples }] of responses) {
      await send(status, { Prefer: `code=${status}` });
      for (const name of examples.keys()) await send(status, { Prefer: `example=${name}` });
    }
  }

  for (const [index, [what, code, alteration]] of ALTERATIONS.entries()) {
    alter = alteration;
    const response = await fetch(`${base}${LIST}/11037`, { headers: { ...HEADERS, Prefer: `code=${code}` } });
    const problems = decodeURIComponent(response.headers.get('x-problems') ?? '');
    const isRight = (problems === '') === index < RIGHT;
    if (isRight) counts.noticed++;
    console.log(
      `${isRight ? 'ok  ' : 'FAIL'}  altered, ${what}: ${isRight && problems === '' ? 'found right' : problems.split(';')[0]}`,
    );
  }

  for (const response of unseen) console.log(`FAIL  ${response} is declared, and was not seen`);
  for (const status of unseenJobs) console.log(`FAIL  no job that is ${status} was retrieved`);
  console.log(`contract ${version}, ${hash}`);
  console.log(
    `${counts.passed} exchanges passed, ${counts.failed} failed; ` +
      `${declared - unseen.size} of ${declared} declared responses seen; ` +
      `${counts.noticed} of ${ALTERATIONS.length} altered responses judged well`,
  );
  const isComplete = unseen.size + unseenJobs.size === 0 && counts.noticed === ALTERATIONS.length;
  return counts.failed === 0 && isComplete;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stopAll().then(() => process.exit(130)));
try {
  process.exitCode = (await run()) ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await stopAll();
}
