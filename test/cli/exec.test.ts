import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createMockServer, type MockServer, type MockServerOptions } from '../../server/mock-server.js';
import { runCommand } from '../support/command.js';
import { callText, openConnection } from '../support/connection.js';
import { credentials, ORG, SMALLEST_REQUEST } from '../support/mock.js';
import { runCli, type Run } from '../support/run-cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exec-'));
  await writeFile(join(folder, 'calls.mjs'), CALLS);
});
afterAll(() => rm(folder, { recursive: true }));

/** Tests of a user's: they make the calls that their arguments say, and end with the code of the last one. */
const CALLS = `
const headers = ${JSON.stringify({ ...credentials(), 'Content-Type': 'application/json' })};
const api = process.env.AEP_MOCK_BASE_URL + '/export/jobs';
const calls = {
  list: () => fetch(api, { headers }),
  create: () => fetch(api, { method: 'POST', headers, body: ${JSON.stringify(JSON.stringify(SMALLEST_REQUEST))} }),
  broken: () => fetch(api + '?limit=none&access_token=SECRET', { headers: { ...headers, Authorization: 'Bearer SECRET' } }),
  meant: () => fetch(api + '?limit=none', { headers: { ...headers, Prefer: 'violations=expected' } }),
  faulted: () => fetch(api + '?limit=1', { headers: { ...headers, Prefer: 'fault=html-502' } }),
  mark: () => fetch(process.env.AEP_MOCK_URL + '/__admin/journal/expect', { method: 'POST', headers, body: '{}' }),
};
for (const call of process.argv.slice(2, -1)) await calls[call]();
process.exitCode = Number(process.argv.at(-1));
`;

const tests = (...calls: string[]) => ['--', process.execPath, join(folder, 'calls.mjs'), ...calls];
const exec = (args: string[], env?: Record<string, string>) => runCommand(['exec', ...args], env);

describe('exec ends as the tests do', () => {
  test.each<[flags: string[], calls: string[], code: number]>([
    [[], ['list', 'create', '0'], 0],
    [[], ['list', '7'], 7],
    [[], ['broken', '0'], 0],
    [['--fail-on-violation'], ['list', 'create', '0'], 0],
    [['--fail-on-violation'], ['broken', '7'], 7],
    [['--require', 'listExportJobs:200, createExportJob:200'], ['list', 'create', '0'], 0],
    [['--require', 'listExportJobs:400', '--require', 'listExportJobs:200'], ['list', 'broken', '0'], 0],
  ])('%j with %j', async (flags, calls, expected) => {
    const { code, out, error } = await exec([...flags, ...tests(...calls)]);
    if (expected === 0) expect(error).toBe('');
    expect({ code, out }).toEqual({ code: expected, out: '' });
  });
});

describe('with --fail-on-violation', () => {
  test('a call that broke the contract is told, and fails tests that pass', async () => {
    const { code, error } = await exec(['--fail-on-violation', ...tests('list', 'meant', 'broken', '0')]);
    expect(code).toBe(1);
    expect(error.split('\n')).toEqual([
      '1 call broke the contract unexpectedly:',
      expect.stringMatching(
        /^ {2}listExportJobs, call 3 of sandbox prod of 1BD6382559DF0C130A49422D@AdobeOrg: GET .*\?limit=none&access_token=\[redacted\]$/,
      ),
      "    The query parameter 'access_token' is not known.",
      '      at       /query/access_token',
      expect.stringMatching(/^ {6}rule {5}#\/paths\//),
      '      allowed  one of limit, offset, status',
      "    'limit' must be an integer.",
      '      at       /query/limit',
      expect.stringMatching(/^ {6}rule {5}#\/paths\//),
      '      sent     "none"',
      expect.stringMatching(/^ {6}allowed {2}.*integer/),
      '1 call more did so as expected.',
      '',
    ]);
    expect(error).not.toContain('SECRET');
  });

  test.each([['meant'], ['faulted'], ['broken', 'mark']])(
    'what is marked expected, or met a fault, does not count: %s %s',
    async (...calls) => {
      const { code, error } = await exec(['--fail-on-violation', ...tests(...calls, '0')]);
      expect({ code, error }).toEqual({ code: 0, error: '' });
    },
  );

  test('each report shows which was which, and what it was held to', async () => {
    const files = ['run.json', 'deep/run.xml', 'run.md'].map((name) => join(folder, name));
    const reports = files.flatMap((file) => ['--report', file]);
    const calls = tests('meant', 'faulted', 'broken', '0');
    const { code } = await exec([
      '--fail-on-violation',
      '--require',
      'listExportJobs:400',
      ...reports,
      ...calls,
    ]);
    expect(code).toBe(1);
    const [json = '', xml = '', markdown = ''] = await Promise.all(
      files.map((file) => readFile(file, 'utf8')),
    );
    expect(JSON.parse(json)).toMatchObject({
      package: { name: 'aep-export-jobs-mock', version: expect.stringMatching(/^\d/) },
      contract: { version: expect.stringMatching(/^\d/), hash: expect.stringMatching(/^[0-9a-f]{12}$/) },
      passed: false,
      calls: 3,
      faulted: 1,
      required: [{ operation: 'listExportJobs', status: 400, calls: 2 }],
      unexpected: { count: 1, newest: [{ id: 3, sandbox: { org: ORG, name: 'prod' } }] },
      expected: { count: 1, newest: [{ id: 1 }] },
    });
    for (const report of [json, xml, markdown]) expect(report).not.toContain('SECRET');
    expect(xml).toContain('<testsuite name="Expected violations of the contract" tests="1" failures="0"');
    expect(markdown).toContain('### Unexpected violations: 1 call');
  });
});

describe('with --require', () => {
  test('a cell that no call was answered with fails tests that pass', async () => {
    const { code, error } = await exec([
      '--require',
      'retrieveExportJob:404,listExportJobs:200',
      ...tests('list', '0'),
    ]);
    expect(code).toBe(1);
    expect(error).toBe('No call of retrieveExportJob was answered with 404, which is required.\n');
  });

  test.each([
    ['listExportJob:200', "The operation 'listExportJob' is not known. Did you mean 'listExportJobs'?"],
    ['listExportJobs:418', 'allowed for listExportJobs is one of listExportJobs:200, listExportJobs:400'],
    ['listExportJobs', 'allowed is <operation>:<status>, such as retrieveExportJob:404'],
    [' , ', '--require names nothing'],
  ])('%j is refused before anything runs', async (cells, message) => {
    const { code, error } = await exec(['--require', cells, ...tests('unknown', '0')]);
    expect(code).toBe(2);
    expect(error).toContain(message);
  });
});

describe('a report', () => {
  test.each([['run.txt'], ['run'], ['']])('%j does not say how it is to be written', async (file) => {
    const { code, error } = await exec(['--report', file, ...tests('unknown', '0')]);
    expect(code).toBe(2);
    expect(error).toContain('ends in .json, .xml, .md');
  });

  test.each<[what: string, file: string, message: string]>([
    ['names a folder', 'run.md/', 'ends in .json, .xml, .md'],
    ['is a folder', 'folder.md', 'folder.md is a folder'],
    ['is below a file', 'calls.mjs/run.json', 'calls.mjs is no folder'],
    ['is far below a file', 'calls.mjs/deep/er/run.json', 'calls.mjs is no folder'],
    ['has a name that no file may have', `${'x'.repeat(300)}.json`, 'ENAMETOOLONG'],
  ])('that %s is refused before anything runs', async (_what, file, message) => {
    await mkdir(join(folder, 'folder.md'), { recursive: true });
    const report = `${folder}/${file}`;
    const { code, error } = await exec(['--report', report, ...tests('unknown', '0')]);
    expect(code).toBe(2);
    expect(error).toContain(message);
  });

  test('that can not be written is told, and fails tests that pass, but not the other report', async () => {
    const sound = join(folder, 'sound.json');
    const late = join(folder, 'late');
    const reports = ['--report', join(late, 'run.json'), '--report', sound];
    const script = `require('fs').writeFileSync(${JSON.stringify(late)}, '')`;
    const { code, error } = await exec([...reports, '--', process.execPath, '-e', script]);
    expect(code).toBe(1);
    expect(error).toMatch(/^The report .*late\/run\.json can not be written: .*\n$/);
    expect(JSON.parse(await readFile(sound, 'utf8'))).toMatchObject({ passed: true, calls: 0 });
  });
});

describe('the command finds the mock', () => {
  const printed = async (args: string[], env?: Record<string, string>) => {
    const file = join(folder, 'environment.json');
    const script = `require('fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(process.env))`;
    const { code, error } = await exec([...args, '--', process.execPath, '-e', script], env);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  };

  test('by two variables, and those that --env names', async () => {
    const environment = await printed(
      [
        '--env',
        'API={baseUrl}/export',
        '--env',
        'IMS={tokenUrl}',
        '--env',
        'BOTH={origin} {origin}',
        '--env',
        'NONE=',
      ],
      { PORT: '1', HOST: 'no.such.host.invalid', KEPT: 'as it is' },
    );
    const { AEP_MOCK_URL: origin = '' } = environment;
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d{2,5}$/);
    expect(environment).toMatchObject({
      AEP_MOCK_BASE_URL: `${origin}/data/core/ups`,
      API: `${origin}/data/core/ups/export`,
      IMS: `${origin}/ims/token/v3`,
      BOTH: `${origin} ${origin}`,
      NONE: '',
      PORT: '1',
      KEPT: 'as it is',
    });
  });

  test('where it listens on all addresses', async () => {
    const environment = await printed(['--host', '0.0.0.0', '--admin-token', 'secret']);
    expect(environment['AEP_MOCK_URL']).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  test.each([
    ['API={baseurl}', "The placeholder 'baseurl' is not known. Did you mean 'baseUrl'?"],
    ['{origin}', 'Allowed is a name and a text, such as API_URL={baseUrl}.'],
    ['1A={origin}', 'Allowed is a name and a text'],
  ])('but not by --env %s', async (variable, message) => {
    const { code, error } = await exec(['--env', variable, ...tests('unknown', '0')]);
    expect(code).toBe(2);
    expect(error).toContain(message);
  });
});

describe('what can not run', () => {
  test.each<[args: string[], code: number, message: string]>([
    [[], 2, "missing required argument 'command'"],
    [['--fail-on-violaton', '--', 'true'], 2, 'Did you mean --fail-on-violation?'],
    [['--prot', '1', '--', 'true'], 2, 'Did you mean --port?'],
    [['--fail-on-violation=true', '--', 'true'], 2, 'error: the flag --fail-on-violation takes no value'],
    [['--', 'no-such-command'], 127, 'no-such-command can not be started: there is no such command.'],
    [['--', ''], 2, 'The command is empty'],
    [['--', '/'], 126, '/ can not be started: permission denied (EACCES).'],
    [['--', `${process.execPath}/below`], 126, '/below can not be started: not a directory (ENOTDIR).'],
    [['--', 'x'.repeat(300)], 126, 'xxx can not be started: name too long (ENAMETOOLONG).'],
    [
      ['--journal', '0', '--require', 'listExportJobs:200', '--', 'true'],
      2,
      '--journal 0 records no requests, and --require cannot check any',
    ],
    [['--seed', 'demmo', '--', 'true'], 2, "Did you mean 'demo'?"],
  ])('%j', async (args, expected, message) => {
    const { code, error } = await exec(args);
    expect(code).toBe(expected);
    expect(error).toContain(message);
  });

  test('as its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, error } = await exec(['--port', String(port), ...tests('unknown', '0')]);
    taken.close();
    expect(code).toBe(1);
    expect(error).toContain(`Port ${port} of 127.0.0.1 is in use.`);
  });
});

test('a command that a signal ends has the code that a shell gives it', async () => {
  const { code } = await exec(['--', process.execPath, '-e', 'process.kill(process.pid, "SIGKILL")']);
  expect(code).toBe(128 + constants.signals.SIGKILL);
});

test('a call that is still under way when the command has ended has five seconds, and then is none', async () => {
  let closing: () => void = () => undefined;
  const closes = new Promise<void>((resolve) => (closing = resolve));
  let isBrokenOff = false;
  /** A mock that a half-sent call holds. */
  const createMock = async (options?: MockServerOptions): Promise<MockServer> => {
    const mock = await createMockServer(options);
    const listen = async () => {
      const url = await mock.listen();
      const upload = { Expect: '100-continue', 'Content-Type': 'application/json', 'Content-Length': '9' };
      await openConnection(url, callText('POST', '/export/jobs', { headers: upload })).has(/100 Continue/);
      return url;
    };
    const close = () => {
      closing();
      return mock.close();
    };
    const breakOff = () => {
      isBrokenOff = true;
      mock.breakOff();
    };
    const own = { listen: { value: listen }, close: { value: close }, breakOff: { value: breakOff } };
    return Object.create(mock, own) as MockServer;
  };
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
  const running = runCommand(['exec', '--fail-on-violation', ...tests('list', '0')], {}, { createMock });
  await closes;
  jest.advanceTimersByTime(4999);
  expect(isBrokenOff).toBe(false);
  jest.advanceTimersByTime(1);
  jest.useRealTimers();
  const { code, error, mock } = await running;
  expect({ code, error, calls: mock?.run().calls }).toEqual({ code: 0, error: '', calls: 1 });
});

describe('stopped in the middle', () => {
  const runs: Run[] = [];
  afterAll(() => {
    for (const { child } of runs) child.kill('SIGKILL');
  });

  /** A command that has started another. Both would go on for as long as they can. */
  const PARENT = `
    const loop = ['-e', 'console.log("at", process.env.AEP_MOCK_URL); setInterval(() => 0, 1000)'];
    require('child_process').spawn(process.execPath, loop, { stdio: 'inherit' });
    setInterval(() => 0, 1000);`;

  // At the same time, as each waits for a while for what it has started.
  test.concurrent.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s, nothing is left running',
    async (signal) => {
      const run = runCli([
        'exec',
        '--report',
        join(folder, `${signal}.json`),
        '--',
        process.execPath,
        '-e',
        PARENT,
      ]);
      runs.push(run);
      const [, url = ''] = await run.printed(/^at (\S+)\n/);
      run.child.kill(signal);
      // It has exited once nobody holds its standard output any more.
      expect(await run.exited).toBe(128 + constants.signals[signal]);
      await expect(fetch(url)).rejects.toThrow();
      expect(JSON.parse(await readFile(join(folder, `${signal}.json`), 'utf8'))).toMatchObject({ calls: 0 });
    },
  );
});
