import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';
import { alteredMock } from '../support/altered-mock.js';
import { AlteringServer } from '../support/altering-server.js';
import { BASE, ORG } from '../support/mock.js';
import { runCli } from '../support/run-cli.js';
import { errorBody, verifying } from '../support/verifying.js';

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'secret'.repeat(100)}`;

const { mock, server, url } = await alteredMock();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
});
afterAll(() => rm(folder, { recursive: true }));

const callsOf = (...methods: string[]) => server.calls.filter(({ method }) => methods.includes(method));

describe('a mock keeps its contract', () => {
  test('where it is only read: nothing is created or cancelled, and no call is made that is not told of', async () => {
    const { code, out } = await verifying([url, '--strict']);
    expect(out).toMatch(
      /^http:\S+: reads only, with at most 50 calls\.\n(ok .+\n){13}\nPassed: 0 contradictions, 0 news, /,
    );
    expect(out).toMatch(new RegExp(` ${server.calls.length} of 50 calls were made\\.$`));
    expect(code).toBe(0);
    expect(callsOf('GET')).toHaveLength(server.calls.length);
  });

  test('with --write too, and whatever was created is cancelled', async () => {
    const { code, report } = await verifying([url, '--strict', '--write', '--bad-token', '--json']);
    expect({ code, findings: report.findings }).toEqual({ code: 0, findings: [] });
    expect(report).toMatchObject({
      verdict: 'passed',
      mode: 'write',
      server: url,
      calls: server.calls.length,
    });
    expect(new Set(report.checks.map(({ result }) => result))).toEqual(new Set(['passed']));
    const created = report.checks.flatMap(({ note }) => /^export job (\d+)/.exec(note)?.[1] ?? []);
    expect(created).toEqual(['11038', '11039', '11040', '11041']);
    expect(callsOf('DELETE').map(({ path }) => path.split('/').at(-1))).toEqual(
      expect.arrayContaining(created),
    );
  });

  test('with nothing in it, of which it is told what could not be looked at', async () => {
    const empty = await createMockServer({ seed: 'empty', newMs: 0, processingMs: 0 });
    try {
      const { code, out } = await verifying([`${await empty.listen()}${BASE}`, '--strict']);
      expect(code).toBe(0);
      expect(out).toContain('(not checked: there are no export jobs)');
      expect(out).toContain('6 of 13 checks could not be made');
      expect((await verifying([`${empty.url}${BASE}`, '--strict', '--write'])).code).toBe(0);
    } finally {
      await empty.close();
    }
  });

  test.each([
    ['an origin', () => server.url],
    ['an address that names the sandbox', () => `${server.url}/as/${ORG}/prod${BASE}/`],
  ])('by %s', async (_what, address) => {
    const { code, out } = await verifying([address()]);
    expect(code).toBe(0);
    expect(out).toContain('0 contradictions');
  });
});

describe('the budget', () => {
  test.each([
    [1, 'incomplete', 2],
    [7, 'passed', 0],
  ])('of %i calls is kept', async (budget, verdict, exitCode) => {
    const { code, report } = await verifying([url, '--json', '--budget', String(budget)]);
    expect(server.calls).toHaveLength(budget);
    expect(report).toMatchObject({ budget, calls: budget, verdict });
    const notes = report.checks.filter(({ result }) => result === 'not checked').map(({ note }) => note);
    expect(notes).toContain(`the budget of ${budget} calls is spent`);
    expect(notes).not.toContain('there are no export jobs');
    expect(code).toBe(exitCode);
  });

  test.each([34, 36])('of %i calls suffices to cancel what was created', async (budget) => {
    await verifying([url, '--write', '--budget', String(budget)]);
    expect(server.calls.length).toBeLessThanOrEqual(budget);
    const created = callsOf('POST').length;
    const cancelled = callsOf('DELETE').filter(({ path }) => /\/110\d\d$/.test(path));
    expect(cancelled).toHaveLength(created);
  });
});

describe('what is told', () => {
  const echo = () => {
    server.alter = (answer, { headers }) => {
      const token = headers.authorization ?? '';
      answer.headers['x-request-id'] = token;
      if (answer.status === 404) answer.body = { [`at ${token}`]: token, ...answer.body, title: [token] };
    };
  };

  test.each([[['--json']], [['--show-bodies']]])('never has a token in it: %j', async (flags) => {
    echo();
    const report = join(folder, 'of/a/token.json');
    const { code, out, told } = await verifying([url, ...['--report', report], ...flags], {
      AEP_TOKEN: TOKEN,
      AEP_API_KEY: 'key-of-a-user',
    });
    expect(code).toBe(1);
    expect(callsOf('GET')[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      'x-api-key': 'key-of-a-user',
    });
    for (const text of [out, told, await readFile(report, 'utf8')]) {
      expect(text).not.toContain(TOKEN.slice(0, 20));
      expect(text).not.toContain('secretsecret');
    }
    expect(out).toContain('[secret]');
  });

  test.each([[['--json']], [['--show-bodies']]])('never has a part of a header in it: %j', async (flags) => {
    server.alter = ({ body }, { headers }) => {
      const cookie = headers.cookie?.split('=')[1];
      const password = String(headers['proxy-authorization']).split(' ')[1] ?? '';
      for (const job of body?.records ?? [body]) if (job?.status) job.status = cookie;
      if (body?.error_code) Object.assign(body, { error_code: password, [password]: 1 });
      if (body?.link?.next) body.link.next = `?${encodeURIComponent(`sid=${cookie}`)}`;
    };
    const file = join(folder, 'parts.json');
    const secrets = ['Cookie: sid=SECRETCOOKIE99', 'Proxy-Authorization: Basic SECRETBASIC77'];
    const headers = secrets.flatMap((header) => ['--header', header]);
    const { code, out, told } = await verifying([
      ...[url, '--write', '--watch', '0s', '--report', file],
      ...headers,
      ...flags,
    ]);
    expect(code).toBe(1);
    for (const text of [out, told, await readFile(file, 'utf8')]) expect(text).not.toMatch(/SECRET/);
    expect(out).toContain('[secret]');
  });

  test('has bodies when they are asked for', async () => {
    server.alter = (answer, { path }) => {
      if (path.includes('status=')) answer.body.records?.push({ owner: 'somebody@example.org' });
    };
    for (const flags of [[], ['--show-bodies']]) {
      const { out, report } = await verifying([url, '--json', ...flags]);
      expect(out.includes('somebody')).toBe(flags.length > 0);
      expect(report.findings[0]?.call).toMatchObject({ method: 'GET', status: 200 });
    }
  });

  test('is the package, the contract, and the call of each finding', async () => {
    server.alter = (answer) => (answer.headers['x-request-id'] = 'another');
    const file = join(folder, 'report.json');
    const { report } = await verifying([url, '--json', '--report', file]);
    const { version, contract } = mock.health();
    expect(report).toMatchObject({
      package: { name: 'aep-export-jobs-mock', version },
      contract,
      findings: [{ operation: 'listExportJobs', came: 'another' }, { operation: 'retrieveExportJob' }],
    });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(report);
    expect(server.calls.map(({ headers }) => headers['x-request-id'])).toContain(
      report.findings[0]?.call?.requestId,
    );
  });
});

describe('a server that can not be looked at', () => {
  test('because it is not there', async () => {
    const gone = await AlteringServer.start('');
    const address = gone.url;
    await gone.close();
    expect(await verifying([address])).toMatchObject({
      code: 2,
      told: expect.stringMatching(/^http:\S+ can not be reached: .*ECONNREFUSED/),
    });
  });

  test.each([
    [401, { error_code: '401013', message: 'Oauth token is not valid' }],
    [502, 'Bad\u001b[31m Gateway'],
    [301, undefined],
    [404, undefined],
  ])('because its first answer is %i', async (status, body) => {
    server.alter = (answer) => Object.assign(answer, { status, body });
    const { code, told, out } = await verifying([url]);
    expect(code).toBe(2);
    expect(told).toContain(`The first call, to ${url}/export/jobs, is answered ${status}: `);
    if (body !== undefined) expect(told).toMatch(/Gateway|Oauth token is not valid/);
    expect(told).not.toContain('\u001b');
    expect(out.split('\n')).toHaveLength(1);
  });
});

describe('an answer that says nothing of what was asked', () => {
  test('is told of as not checked', async () => {
    const body = await errorBody(mock.url, 500);
    server.alter = (answer, { path }) => {
      if (/jobs\/\d{3}$/.test(path)) Object.assign(answer, { status: 500, body });
    };
    const { code, out } = await verifying([url]);
    expect(code).toBe(2);
    expect(out).toMatch(/^- .* is retrieved .*\(not checked: the server answered 500\)$/m);
  });

  test('is asked for again, after the time it says', async () => {
    const body = await errorBody(mock.url, 429);
    const seen = new Set<string>();
    server.alter = (answer, { path }) => {
      if (seen.has(path)) return;
      seen.add(path);
      Object.assign(answer, { status: 429, body });
      answer.headers['retry-after'] = '0';
    };
    const { code, out } = await verifying([url, '--budget', '100']);
    expect(code).toBe(0);
    expect(out).toContain(`0 of 13 checks could not be made; ${server.calls.length} of 100`);
  });
});

describe('bad usage is refused before any call', () => {
  test.each([
    [['ftp://example.org'], 'allowed is the address of an API'],
    [['http://somebody:secret-of-mine@example.org/'], 'allowed is the address of an API'],
    [['--budget', '0'], 'Allowed is a whole number in decimal digits, from 1.'],
    [['--header', 'secret-of-mine'], "--header is no header; allowed is 'Name: value'"],
    [['--header', 'cookie: secret-of-mine\u0007'], '--header cookie can not be sent in a header'],
    [['--access-token', 'secret-of-mine\n'], '--access-token can not be sent in a header'],
    [['--report', 'a.xml'], '--report is "a.xml"; allowed is the name of a file that ends in .json'],
    [['--request', 'a.json'], '--request is for --write: give both'],
    [['--watch', '5s'], '--watch is for --write: give both'],
    [
      ['--write', '--request', join(packageRoot, 'package.json')],
      '--request is no request that the contract allows: ',
    ],
    [['--write', '--request', 'no/such.json'], '--request no/such.json: ENOENT'],
    [['--write', '--request', join(packageRoot, 'README.md')], 'is not valid JSON'],
  ])('%j', async (flags, message) => {
    const parameters = flags[0]?.includes('://') ? flags : [url, ...flags];
    const { code, told } = await verifying(parameters);
    expect({ code, told }).toEqual({ code: 2, told: expect.stringContaining(message) });
    expect(told).not.toContain('secret-of-mine');
    expect(server.calls).toEqual([]);
  });
});

test('headers are sent as they are given, above what else says', async () => {
  const { code } = await verifying([
    url,
    '--header',
    'X-Extra:  one ',
    '--header',
    'x-sandbox-name: dev',
    '--sandbox',
    'prod',
  ]);
  expect(code).toBe(0);
  for (const { headers } of callsOf('GET').slice(0, 5)) {
    expect(headers).toMatchObject({ 'x-extra': 'one', 'x-sandbox-name': 'dev', 'x-gw-ims-org-id': ORG });
  }
});

describe('an answer that is encoded', () => {
  const encode = (coding: string, encoded: (text: string) => Buffer) => {
    server.alter = ({ status, headers, body }, _call, _ask, response) => {
      response.writeHead(status, { ...headers, 'content-encoding': coding });
      response.end(encoded(JSON.stringify(body)));
      return 'sent';
    };
  };

  test.each<[string, (text: string) => Buffer]>([
    ['gzip', (text) => gzipSync(text)],
    ['X-GZIP', (text) => gzipSync(text)],
    ['br', (text) => brotliCompressSync(text)],
    ['deflate', (text) => deflateSync(text)],
    ['gzip, identity, br', (text) => brotliCompressSync(gzipSync(text))],
  ])('as %s is read, though nobody asks for it', async (coding, encoded) => {
    encode(coding, encoded);
    const { code, out } = await verifying([url]);
    expect(out).toContain('Passed: 0 contradictions, 0 news, 0 of 13 checks could not be made');
    expect(code).toBe(0);
    expect(new Set(server.calls.map(({ headers }) => headers['accept-encoding']))).toEqual(
      new Set(['identity']),
    );
  });

  test.each(['zstd', 'gzip'])(
    'in a way that can not be undone, said to be %s, is told of as that',
    async (coding) => {
      encode(coding, (text) => Buffer.from(text));
      const { code, told } = await verifying([url]);
      expect(code).toBe(2);
      expect(told).toContain(`is encoded, and can not be decoded: its Content-Encoding is ${coding}`);
    },
  );
});

test('a request that is given is what jobs are created with', async () => {
  const { code } = await verifying([
    url,
    '--write',
    '--request',
    join(packageRoot, 'test/verify/request.json'),
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(callsOf('POST')[0]?.body ?? '')).toMatchObject({
    destination: { datasetId: 'of-a-user' },
  });
});

test('when it is stopped, what was created is cancelled', async () => {
  const signals = new EventEmitter();
  server.alter = (_answer, { method }) => {
    if (method === 'POST') signals.emit('SIGINT');
  };
  const { code, told, out } = await verifying([url, '--write'], {}, { signals });
  expect(code).toBe(130);
  expect(told).toContain('Stopping: what was created is cancelled first.');
  expect(out).toContain('not checked: it was stopped');
  expect(out).toMatch(/^Interrupted: 0 contradictions/m);
  expect(callsOf('POST')).toHaveLength(1);
  expect(callsOf('DELETE').length).toBeGreaterThanOrEqual(1);
  expect(signals.eventNames()).toEqual([]);
});

describe('the command', () => {
  test('exits with 0, 1 and 2', async () => {
    const codes = (...runs: string[][]) =>
      Promise.all(runs.map(async (run) => runCli(['verify', ...run]).exited));
    expect(await codes([url, '--json'], [`${server.url}/no-such-api`], [url, '--bugdet', '1'])).toEqual([
      0, 2, 2,
    ]);
    server.alter = (answer) => (answer.headers['content-type'] = 'text/html');
    expect(await codes([url])).toEqual([1]);
  });

  test('prints the contract, to whoever reads only its beginning too', async () => {
    for (const [flags, file] of [
      [[], 'spec/openapi.yaml'],
      [['--json'], 'dist/spec/openapi.json'],
    ] as const) {
      const { exited, stdout, stderr } = runCli(['contract', ...flags]);
      expect({ code: await exited, error: stderr() }).toEqual({ code: 0, error: '' });
      expect(stdout() === (await readFile(join(packageRoot, file), 'utf8'))).toBe(true);
    }
    const { child, exited, stderr } = runCli(['contract']);
    child.stdout?.destroy();
    expect({ code: await exited, error: stderr() }).toEqual({ code: 0, error: '' });
  });

  test('goes on when nobody reads what it prints', async () => {
    const { child, exited, stderr } = runCli(['verify', url, '--write']);
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    expect({ code: await exited, error: stderr() }).toEqual({ code: 0, error: '' });
    expect(callsOf('DELETE').length).toBeGreaterThan(4);
  });
});
