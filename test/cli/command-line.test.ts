import { execFile } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../contract/package-root.js';
import { Project } from '../support/project.js';

let project: Project;
const running = () => readdir(join(project.folder, 'node_modules/.cache/aep-export-jobs-mock.running'));

beforeEach(async () => {
  project = await Project.make();
});
afterEach(() => project.remove());

describe('the mock that runs from this directory', () => {
  test('is found by its verbs, until it stops', async () => {
    const { url, child, exited } = await project.start();
    const { instance } = (await (await fetch(`${url}/__admin/health`)).json()) as { instance: string };
    const folder = join(project.folder, 'node_modules/.cache/aep-export-jobs-mock.running');
    expect(await running()).toEqual([`${instance}.json`]);
    const announced = JSON.parse(await readFile(join(folder, `${instance}.json`), 'utf8')) as unknown;
    expect(announced).toEqual({ url, pid: child.pid, instance });

    expect(await project.verbProcess(['clock', '2026-01-01T00:00:00Z'])).toMatchObject({
      code: 0,
      error: '',
    });
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await expect(running()).rejects.toThrow('ENOENT');
    expect(await project.verbProcess(['clock'])).toEqual({
      code: 1,
      out: '',
      error:
        'No mock runs from this directory. Start one by aep-export-jobs-mock, or name one by --url <url>.\n',
    });
  });

  test('is not looked for where it was killed', async () => {
    const { child, exited } = await project.start();
    child.kill('SIGKILL');
    await exited;
    expect(await running()).toHaveLength(1);
    expect((await project.verb(['jobs'])).error).toContain('No mock runs from this directory');
    expect(await running()).toEqual([]);
  });

  test('is named by --url if there is another', async () => {
    const urls = [(await project.startHere()).url, (await project.startHere()).url];
    const { code, error } = await project.verb(['reset']);
    expect(code).toBe(1);
    expect(error).toContain(`More than one mock runs from this directory: ${urls.sort().join(', ')}.`);
    expect((await project.verb(['reset', '--url', urls[0] ?? ''])).code).toBe(0);
  });

  test('is found where it listens on all addresses, and asks for its token', async () => {
    const { url } = await project.startHere(['--host', '0.0.0.0', '--admin-token', 'secret']);
    expect(url).toContain('//0.0.0.0:');
    expect(await project.verb(['clock'])).toMatchObject({ code: 1, error: expect.stringContaining('token') });
    expect(await project.verb(['clock', '--admin-token', 'secret'])).toMatchObject({ code: 0, error: '' });
    expect(await project.verb(['clock'], { AEP_MOCK_ADMIN_TOKEN: 'secret' })).toMatchObject({ code: 0 });
  });

  test('is found when it has no control plane, and says that it has none', async () => {
    await project.startHere(['--no-admin']);
    expect(await project.verb(['clock'])).toMatchObject({ code: 1, error: expect.stringMatching(/^.+\n/) });
  });

  test('starts where it can not be announced, and says so', async () => {
    const cache = join(project.folder, 'node_modules/.cache');
    await writeFile(cache, 'a file');
    const { url, error } = await project.startHere();
    expect(error).toContain('need --url');
    expect((await project.verb(['clock', '--url', url])).code).toBe(0);
    await rm(cache);
  });
});

describe('one mock', () => {
  let url: string;
  let shared: Project;

  beforeAll(async () => {
    shared = await Project.make();
    ({ url } = await shared.startHere(['--seed', 'demo', '--clock', '2026-01-01T00:00:00Z']));
  });
  afterAll(() => shared.remove());

  test('has the sandbox that flags or the environment name, and what is empty counts as not set', async () => {
    const env = { AEP_MOCK_URL: `${url}/data/core/ups`, AEP_MOCK_ORG: 'an org', AEP_MOCK_SANDBOX: 'dev' };
    await shared.verb(['advance', '1h'], env);
    const clocks = [
      await shared.verb(['clock', '--org', 'an org', '--sandbox', 'dev']),
      await shared.verb(['clock', '--sandbox', 'other'], env),
      await shared.verb(['clock'], { AEP_MOCK_URL: '', AEP_MOCK_ORG: '', AEP_MOCK_SANDBOX: '' }),
    ];
    expect(clocks.map(({ out }) => /T(\d\d):/.exec(out)?.[1])).toEqual(['01', '00', '00']);
  });

  test('what is exported by one is imported by another, through a pipe', async () => {
    const { out } = await shared.verbProcess(['export']);
    expect(await shared.verbProcess(['import', '-', '--sandbox', 'copy'], {}, out)).toEqual({
      code: 0,
      out: 'The state is imported.\n',
      error: '',
    });
    expect(await shared.verbProcess(['import', '-'], {}, '{')).toMatchObject({
      code: 2,
      out: '',
      error: expect.stringMatching(/^Standard input is no JSON: .+; allowed is what export has printed\n$/),
    });
  });

  test('a reader that has had enough ends it without a word', async () => {
    const cli = join(packageRoot, 'dist/cli/main.js');
    const pipeline = `{ '${process.execPath}' '${cli}' jobs --json --url ${url}; echo "exit $?" >&2; } | true`;
    expect((await promisify(execFile)('sh', ['-c', pipeline])).stderr).toBe('exit 0\n');
  });
});

test('each verb has its help, with what every verb takes, and bad usage exits 2', async () => {
  const { out } = await project.verb(['--help']);
  const verbs = [...out.slice(out.indexOf('Verbs for')).matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
  expect(verbs.length).toBeGreaterThan(20);
  const help = await project.verb(['help', 'fail']);
  expect(help).toMatchObject({ code: 0, error: '' });
  expect(help.out).toMatch(/--error[^]*--json[^]*--url[^]*--org[^]*--sandbox[^]*--admin-token/);
  expect(await project.verb(['fail', '--help'])).toEqual(help);
  expect(await project.verb(['advance', '2x'])).toMatchObject({ code: 2, out: '' });
  expect(await project.verb(['finsh', '1', '--sandbox', 'x'])).toMatchObject({
    code: 2,
    out: '',
    error: expect.stringContaining("Did you mean 'finish'?"),
  });
});
