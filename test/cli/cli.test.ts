import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../contract/package-root.js';
import { runCommand, type Ran } from '../support/command.js';
import { BASE, credentials, ORG, SMALLEST_REQUEST } from '../support/mock.js';
import { runCli, type Run } from '../support/run-cli.js';

const runs: Run[] = [];

afterEach(() => {
  for (const { child } of runs.splice(0)) child.kill('SIGKILL');
});

function run(args: string[], env?: Record<string, string>, root?: string): Run {
  const started = runCli(args, env, { root });
  runs.push(started);
  return started;
}

async function start(args: string[] = [], env?: Record<string, string>) {
  const started = run(['--port', '0', ...args], env);
  const [, url = ''] = await started.printed(/Listening on (http:\S+)\/data\/core\/ups\n[^]*Docs: /);
  const list = async () =>
    (await (await fetch(`${url}${BASE}/export/jobs`, { headers: credentials() })).json()) as {
      records: unknown[];
    };
  return { ...started, url, list };
}

describe('a start', () => {
  const ran: Ran[] = [];
  afterEach(() => Promise.all(ran.splice(0).map(({ signal }) => signal('SIGTERM'))));

  async function startHere(args: string[] = [], env?: Record<string, string>): Promise<Ran> {
    const started = await runCommand(['--port', '0', ...args], env);
    ran.push(started);
    return started;
  }

  test('prints the versions, the address, how long a job takes, and where the docs are', async () => {
    const { out, mock } = await startHere();
    const url = mock?.url ?? '';
    const health = (await (await fetch(`${url}/__admin/health`)).json()) as {
      version: string;
      contract: { version: string; hash: string };
    };
    expect(out).toContain(
      `aep-export-jobs-mock ${health.version} (contract ${health.contract.version}, ${health.contract.hash})`,
    );
    expect(out).toContain('NEW for 2 s and PROCESSING for 5 s; the real ones take minutes');
    expect(out).toContain(join(packageRoot, 'README.md'));
  });

  test('prints the ids that give a job another story', async () => {
    const { out } = await startHere();
    expect(out).toContain(
      '  fails: dataset 00000000000000000000fa11, segment 00000000-0000-4000-8000-00000000fa11\n',
    );
    expect(out).toMatch(/^ {2}stuck: dataset 0{17}57a11ed, /m);
  });

  test.each([
    [['--scenario', 'stuck', '--new-ms', '0'], {}, 'NEW for 0 s and then stays PROCESSING.'],
    [[], { AEP_MOCK_PROGRESS: 'polls', AEP_MOCK_POLLS: '3' }, 'when it has been answered 3 times'],
    [
      ['--scenarios', join(packageRoot, 'test/support/scenarios')],
      { AEP_MOCK_SCENARIO: 'of-a-user' },
      '  of-a-user: dataset dataset-of-a-user\n',
    ],
  ])('says how jobs live: %j %j', async (args, env, line) => {
    expect((await startHere(args, env)).out).toContain(line);
  });

  test('prints a curl line that works when pasted', async () => {
    const { out } = await startHere();
    const [line = ''] = /curl [^]*?x-sandbox-name: prod'/.exec(out) ?? [];
    const { stdout: answer } = await promisify(execFile)('sh', ['-c', line]);
    expect((JSON.parse(answer) as { records: unknown[] }).records).toHaveLength(2);
  });

  test('says what is to be filled in where not every token is good', async () => {
    const { out } = await startHere(['--auth', 'minted']);
    expect(out).toContain("-H 'Authorization: Bearer <access token>' -H 'x-api-key: any'");
  });

  test('serves the seed it is given', async () => {
    const { mock } = await startHere(['--seed', 'demo']);
    expect(mock?.sandbox().jobs.list()).toHaveLength(240);
  });

  test('takes its options from the environment, and flags before it', async () => {
    const env = {
      PORT: '1',
      HOST: '127.0.0.1',
      AEP_MOCK_SEED: 'empty',
      AEP_MOCK_NEW_MS: '3000',
      AEP_MOCK_LOG_LEVEL: 'silent',
      AEP_MOCK_MEMORY: '1',
      AEP_MOCK_CORS: 'false',
    };
    const { list, stdout, url, stderr } = await start(['--new-ms', '4000'], env);
    expect((await list()).records).toEqual([]);
    expect(stdout()).toContain('NEW for 4 s');
    expect(stderr()).toBe('');
    const { headers } = await fetch(`${url}${BASE}/export/jobs`, { headers: credentials() });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  test('with a clock says that it stands, and two such starts answer the same bytes', async () => {
    const args = ['--clock', '2026-01-01T00:00:00Z', '--random-seed', '5', '--memory'];
    const [{ url, stdout }, { mock, out }] = await Promise.all([start(args), startHere(args)]);
    const starts = [
      { at: url, printed: stdout() },
      { at: mock?.url ?? '', printed: out },
    ];
    const answers = await Promise.all(
      starts.map(async ({ at, printed }) => {
        expect(printed).toContain('The clocks stand at 2026-01-01T00:00:00Z');
        const init = {
          method: 'POST',
          headers: { ...credentials(), 'Content-Type': 'application/json' },
          body: JSON.stringify(SMALLEST_REQUEST),
        };
        return (await fetch(`${at}${BASE}/export/jobs`, init)).text();
      }),
    );
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toContain(`"creationTime":${Date.parse('2026-01-01T00:00:00Z')}`);
  });

  test('takes an empty environment variable as none', async () => {
    const env = { PORT: '', HOST: '', AEP_MOCK_SEED: '', AEP_MOCK_NEW_MS: '' };
    const { mock, error } = await startHere([], { ...env, AEP_MOCK_CLOCK: '', AEP_MOCK_UNKNOWN: '' });
    expect(mock?.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
    expect(mock?.sandbox().jobs.list()).toHaveLength(9);
    expect(error).toBe('');
  });

  test('warns of an environment variable that is not known, with the one that was meant', async () => {
    const { error } = await startHere([], { AEP_MOCK_SEEED: 'demo' });
    expect(error).toBe(
      "The environment variable 'AEP_MOCK_SEEED' is not known. Did you mean 'AEP_MOCK_SEED'?\n",
    );
  });

  test('answers on when nobody reads what it logs, and stops', async () => {
    const { child, url, exited } = await start();
    child.stderr?.removeAllListeners('data').pause();
    const unknown = `${url}${BASE}/export/jobs?limit=1&unknown=${'x'.repeat(2000)}`;
    for (let calls = 0; calls < 400; calls++) {
      const signal = AbortSignal.timeout(3000);
      expect((await fetch(unknown, { headers: credentials(), signal })).status).toBe(400);
    }
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    child.stderr?.resume();
    await exited;
  });

  test('answers on when whoever read its log closes its end', async () => {
    const { child, url, exited } = await start();
    child.stderr?.destroy();
    for (let calls = 0; calls < 5; calls++) {
      expect((await fetch(`${url}${BASE}/export/jobs`, { headers: credentials() })).status).toBe(200);
    }
    child.kill('SIGINT');
    expect(await exited).toBe(0);
  });

  test('goes on when whoever read its banner closes its end, and tells at its stop what it found', async () => {
    const { child, url, exited, stderr } = await start(['--require', 'listExportJobs:200']);
    child.stdout?.destroy();
    expect((await fetch(`${url}/__admin/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
    expect(stderr()).toContain('No call of listExportJobs was answered with 200, which is required.');
  });

  test('logs a JSON object a line where there is no terminal, without credentials', async () => {
    const { url, stderr, child, exited } = await start(['--log-level', 'trace']);
    const headers = { ...credentials(), Authorization: 'Bearer SECRET-TOKEN', 'x-api-key': 'SECRET-KEY' };
    await fetch(`${url}${BASE}/export/jobs?limit=1`, { headers });
    await fetch(`${url}${BASE}/export/jobs?limit=x`, { headers });
    child.kill('SIGINT');
    await exited;
    const lines = stderr()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'sandbox created', org: ORG, sandbox: 'prod' }),
    );
    expect(lines).toContainEqual(
      expect.objectContaining({
        method: 'GET',
        status: 200,
        operation: 'listExportJobs',
        url: `${BASE}/export/jobs?limit=1`,
      }),
    );
    expect(stderr()).not.toContain('SECRET');
  });
});

describe('a stop', () => {
  /** Sends a part of a call, and resolves to what sends the rest once the part has come to its sandbox. */
  async function begun(url: string, hasCome: Promise<unknown>) {
    const call = request(`${url}${BASE}/export/jobs`, {
      method: 'POST',
      headers: { ...credentials(), 'Content-Type': 'application/json' },
    });
    const answered = once(call, 'response') as Promise<[IncomingMessage]>;
    call.write('{"destination":{"datasetId":"d"},');
    await hasCome;
    return async () => {
      call.end('"schema":{"name":"s"}}');
      const [answer] = await answered;
      answer.resume();
      return answer.statusCode;
    };
  }

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s finishes what is under way and exits 0',
    async (signal) => {
      const ran = await runCommand(['--port', '0']);
      const hasCome = async () => {
        while (ran.mock?.sandboxes().length === 0) await setImmediate();
      };
      expect(ran.mock?.sandboxes()).toEqual([]);
      const finish = await begun(ran.mock?.url ?? '', hasCome());
      const exited = ran.signal(signal);
      expect(ran.out).toContain('Stopping');
      expect(await finish()).toBe(200);
      expect(await exited).toBe(0);
    },
  );

  test('by a process’s SIGHUP does so too', async () => {
    const { child, url, exited, logged } = await start();
    // The sandbox comes into being once the gateway has let the call through: it is under way.
    const finish = await begun(url, logged(/sandbox created/));
    child.kill('SIGHUP');
    expect(await finish()).toBe(200);
    expect(await exited).toBe(0);
  });

  test('asked for twice is done at once', async () => {
    const { child, url, exited, printed, logged } = await start();
    const call = fetch(`${url}${BASE}/export/jobs`, { headers: { ...credentials(), Prefer: 'delay=60000' } });
    const broken = expect(call).rejects.toThrow();
    await logged(/sandbox created/);
    child.kill('SIGINT');
    await printed(/Stopping/);
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    await broken;
  });
});

describe('what can not start says why in words, and exits', () => {
  test.each([
    [['--prot', '1'], {}, 2, "unknown option '--prot'"],
    [['--memory=true'], {}, 2, 'error: the flag --memory takes no value'],
    [['--prot=1'], {}, 2, "unknown option '--prot=1'"],
    [['extra'], {}, 2, "The verb 'extra' is not known"],
    [
      ['exce', '--', 'true'],
      {},
      2,
      "The verb 'exce' is not known. Did you mean 'exec'? Allowed: one of exec,",
    ],
    [['help', 'exce'], {}, 2, "The verb 'exce' is not known. Did you mean 'exec'? Allowed: one of exec,"],
    [['--port', '0', 'journl'], {}, 2, "The verb 'journl' is not known. Did you mean 'journal'?"],
    [['--port', 'x'], {}, 2, 'Invalid --port: "x"; expected an integer from 0 to 65535'],
    [['--port', '70000'], {}, 2, 'Invalid --port: 70000; expected an integer from 0 to 65535'],
    [['--port', '99999999999999999999'], {}, 2, 'Invalid --port: 100000000000000000000; expected'],
    [['--processing-ms', '99999999999'], {}, 2, 'Invalid --processing-ms: 99999999999; expected'],
    [['--host', ''], {}, 2, 'Invalid --host: ""; expected an address or a host name'],
    [['--seed', ''], {}, 2, 'Invalid --seed: ""; expected documented, demo, empty or the path'],
    [['--clock', 'noon'], {}, 2, 'Invalid --clock: "noon"'],
    [
      ['--scenario', 'fail'],
      {},
      2,
      "The scenario 'fail' is not known. Did you mean 'fails'? Allowed: one of cancel-",
    ],
    [['--scenario', ''], {}, 2, 'Invalid --scenario: ""; expected the name of a scenario'],
    [['--scenarios', 'no/such/folder'], {}, 2, 'no/such/folder does not exist.'],
    [['--progress', 'luck'], {}, 2, 'Invalid --progress: "luck"; expected one of time, polls, hand'],
    [['--polls', '0'], {}, 2, 'Invalid --polls: 0; expected an integer from 1 to 1000000'],
    [[], { AEP_MOCK_PROGRESS: 'luck' }, 2, 'Invalid AEP_MOCK_PROGRESS: "luck"; expected'],
    [['--log-level', 'loud'], {}, 2, 'Invalid --log-level: "loud"; expected one of fatal, error'],
    [['--seed', 'demmo'], {}, 2, "Did you mean 'demo'?"],
    [['--fault', 'outge'], {}, 2, 'Invalid --fault: "outge"; expected one of answer-lost, bare-503'],
    [[], { AEP_MOCK_FAULT: 'outge' }, 2, 'Invalid AEP_MOCK_FAULT: "outge"; expected one of'],
    [['--faults', '/no/such/folder'], {}, 2, 'The directory of faults /no/such/folder does not exist.'],
    [['--new-ms', '-1'], {}, 2, 'Invalid --new-ms: "-1"; expected an integer from 0 to'],
    // An address of documentation (RFC 5737): no machine has it.
    [['--host', '203.0.113.1'], {}, 1, 'The address 203.0.113.1 is none of this machine'],
    [['--host', 'no.such.host.invalid'], {}, 1, 'Choose another by --host or HOST'],
    [[], { PORT: 'http' }, 2, 'Invalid PORT: "http"; expected'],
    [[], { PORT: '70000' }, 2, 'Invalid PORT: 70000; expected'],
    [[], { AEP_MOCK_MEMORY: 'maybe' }, 2, 'Invalid AEP_MOCK_MEMORY: "maybe"; expected true, 1, false or 0'],
    [['--auth', 'none'], {}, 2, 'Invalid --auth: "none"; expected one of any, minted'],
    [
      ['--credentials', '/no/such/file.json'],
      {},
      2,
      'The credentials file /no/such/file.json cannot be read',
    ],
    [['--admin-token', ''], {}, 2, 'Invalid --admin-token: ""; expected printable ASCII'],
    [[], { AEP_MOCK_ADMIN_TOKEN: 'SEC RET' }, 2, 'Invalid AEP_MOCK_ADMIN_TOKEN: expected'],
    [[], { AEP_MOCK_ADMIN: 'no' }, 2, 'Invalid AEP_MOCK_ADMIN: "no"; expected true, 1, false or 0'],
    [['--db', 'd', '--memory'], {}, 2, '--db and --memory exclude each other'],
    [[], { AEP_MOCK_DB: 'd', AEP_MOCK_MEMORY: '1' }, 2, 'AEP_MOCK_DB and AEP_MOCK_MEMORY exclude each other'],
    [['--db', ''], {}, 2, 'Invalid --db: ""; expected the path of a directory'],
    [[], { AEP_MOCK_FRESH: 'yes' }, 2, 'Invalid AEP_MOCK_FRESH: "yes"; expected true, 1, false or 0'],
  ])('%j %j', async (args, env, expected, message) => {
    const { code, error, out } = await runCommand(args, env);
    expect(code).toBe(expected);
    expect(error).toContain(message);
    expect(error).not.toMatch(/^\s+at /m);
    expect(out).toBe('');
  });

  test('as a process does', async () => {
    const { exited, stderr, stdout } = run(['--seed', 'demmo']);
    expect(await exited).toBe(2);
    expect(stderr()).toContain("Did you mean 'demo'?");
    expect(stdout()).toBe('');
  });

  test('a port in use, with what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, error } = await runCommand(['--port', String(port)]);
    expect(code).toBe(1);
    expect(error).toBe(
      `Port ${port} of 127.0.0.1 is in use. Stop what uses it, or choose another: --port 0 picks one.\n`,
    );
    taken.close();
  });

  test('a broken contract', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'package-'));
    for (const part of ['dist', 'fixtures', 'package.json']) {
      await cp(join(packageRoot, part), join(folder, part), { recursive: true });
    }
    await symlink(join(packageRoot, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'dist/spec/openapi.json'), '{"openapi": "3.1.0", "paths": [');
    const { exited, stderr } = run(['--port', '0'], {}, folder);
    expect(await exited).toBe(2);
    expect(stderr()).toContain('dist/spec/openapi.json is broken');
    await rm(folder, { recursive: true });
  });
});

test('--version prints the versions of the mock and its contract', async () => {
  const { exited, stdout } = run(['--version']);
  expect(await exited).toBe(0);
  expect(stdout()).toMatch(/^aep-export-jobs-mock \d+\.\d+\.\d+ \(contract \d+\.\d+\.\d+, [0-9a-f]{12}\)\n$/);
});

test('--help tells every flag, with its environment variable', async () => {
  const { exited, stdout } = run(['--help']);
  expect(await exited).toBe(0);
  for (const name of [
    '--port',
    '--host',
    '--db',
    '--memory',
    '--fresh',
    '--seed',
    '--clock',
    '--random-seed',
    '--scenario',
    '--scenarios',
    '--new-ms',
    '--processing-ms',
    '--progress',
    '--polls',
    '--fault',
    '--faults',
    '--no-cors',
    '--auth',
    '--credentials',
    '--admin-token',
    '--no-admin',
    '--log-level',
    '--version',
  ]) {
    expect(stdout()).toMatch(new RegExp(`${name}\\b`));
  }
  for (const name of [
    'PORT',
    'HOST',
    'DB',
    'MEMORY',
    'FRESH',
    'SEED',
    'CLOCK',
    'RANDOM_SEED',
    'SCENARIO',
    'SCENARIOS',
    'NEW_MS',
    'PROCESSING_MS',
    'PROGRESS',
    'POLLS',
    'FAULT',
    'FAULTS',
    'CORS',
    'AUTH',
    'CREDENTIALS',
    'ADMIN_TOKEN',
    'ADMIN',
    'LOG_LEVEL',
  ]) {
    expect(stdout()).toMatch(new RegExp(`env:\\s+(AEP_MOCK_)?${name}\\b`));
  }
});
