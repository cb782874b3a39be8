import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { runCommand } from '../support/command.js';
import { BASE, credentials, NOW, SMALLEST_REQUEST } from '../support/mock.js';

let mock: MockServer;
let folder: string;
/** A sandbox for each test. */
let sandbox: string;
let sandboxes = 0;

beforeAll(async () => {
  mock = await createMockServer({ clock: NOW });
  await mock.listen();
  folder = await mkdtemp(join(tmpdir(), 'project-'));
});
beforeEach(() => {
  sandbox = `test-${++sandboxes}`;
});
afterAll(async () => {
  await mock.close();
  await rm(folder, { recursive: true });
});

/** Runs a verb as the command does, in this process. */
async function run(args: string[], input = '') {
  const { code, out, error } = await runCommand(
    [...args, '--url', mock.url],
    {},
    { input, workingDirectory: folder },
  );
  return { code, out, error };
}

/** What a verb prints that does what it should. */
async function verb(...args: string[]): Promise<string> {
  const { code, out, error } = await run([args[0] ?? '', '--sandbox', sandbox, ...args.slice(1)]);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}

/** What a verb says that does not. */
async function refused(args: string[], code = 1): Promise<string> {
  const ended = await run([...args, '--sandbox', sandbox]);
  expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
  return ended.error;
}

const call = (path: string, init: RequestInit = {}) =>
  fetch(`${mock.url}${BASE}/export/jobs${path}`, {
    ...init,
    headers: { ...credentials({ name: sandbox }), 'Content-Type': 'application/json' },
  });

async function create(): Promise<number> {
  const answer = await call('', { method: 'POST', body: JSON.stringify(SMALLEST_REQUEST) });
  return ((await answer.json()) as { id: number }).id;
}

const retrieve = async (id: number) => (await (await call(`/${id}`)).json()) as Record<string, any>;

const columns = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

describe('the clock', () => {
  test('is told, turned, frozen and let go', async () => {
    expect(await verb('clock')).toBe('The clock stands at 2026-01-01T00:00:00.000Z.\n');
    expect(await verb('advance', '1h30m')).toBe('The clock stands at 2026-01-01T01:30:00.000Z.\n');
    expect(await verb('advance', 'PT30M')).toContain('02:00:00.000Z');
    expect(await verb('advance', '500')).toContain('02:00:00.500Z');
    expect(await verb('clock', '2027-01-01T00:00:00+01:00')).toContain('2026-12-31T23:00:00.000Z');
    expect(await verb('clock', '1767225600000')).toContain('2026-01-01T00:00:00.000Z');
    expect(await verb('resume')).toMatch(
      /^The clock goes, and says 2026-01-01T00:00:0\S+\. Real time is \S+\.\n$/,
    );
    expect(await verb('freeze')).toMatch(/^The clock stands at 2026-01-01T00:00:0/);
  });

  test('that goes as real time does says so once', async () => {
    await verb('clock', String(Date.now()));
    expect(await verb('resume')).not.toContain('Real time');
  });
});

describe('export jobs', () => {
  test('are listed in columns, newest first', async () => {
    const id = await create();
    await call(`/${id}`, { method: 'DELETE' });
    const [head, first, second] = columns(await verb('jobs'));
    expect(head).toEqual(['ID', 'STATUS', 'CREATED', 'STORY', 'MOVES BY', 'DATASET']);
    expect(first).toEqual([
      String(id),
      'NEW, asked to cancel',
      '2026-01-01T00:00:00.000Z',
      'succeeds',
      'time',
      'dataset',
    ]);
    expect(second?.slice(0, 4)).toEqual(['11037', 'SUCCEEDED', '2018-10-04T01:19:33.895Z', 'static']);
  });

  test('are stepped, held and finished', async () => {
    const id = String(await create());
    expect(await verb('step', id)).toBe(`Job ${id} is PROCESSING.\n`);
    expect(await verb('hold', id)).toBe(`Job ${id} stays PROCESSING until it is moved by hand.\n`);
    await verb('advance', '1d');
    expect((await retrieve(Number(id))).status).toBe('PROCESSING');
    expect(await verb('finish', id)).toBe(`Job ${id} is SUCCEEDED.\n`);
    expect(await refused(['finish', id])).toContain(`The export job ${id} is SUCCEEDED`);
  });

  test('fail with the documented errors, or with those that are given', async () => {
    const [one, other] = [await create(), await create()];
    expect(await verb('fail', String(one))).toBe(`Job ${one} is FAILED.\n`);
    expect((await retrieve(one)).errors.length).toBeGreaterThan(0);
    const whole = { code: '2', msg: 'Two: of them', callStack: 'at Export' };
    await verb('fail', String(other), '--error', '1: No such dataset', '--error', JSON.stringify(whole));
    expect((await retrieve(other)).errors).toEqual([
      { code: '1', msg: 'No such dataset', callStack: '' },
      whole,
    ]);
  });

  test('are waited for while somebody turns the clock', async () => {
    const id = String(await create());
    expect(await refused(['wait', id, 'PROCESSING', '--timeout', '20ms'])).toContain(id);
    const waiting = verb('wait', id, 'SUCCEEDED');
    await verb('advance', '7s');
    expect(await waiting).toBe(`Job ${id} is SUCCEEDED.\n`);
  });

  test('that there are not are refused in words', async () => {
    expect(await refused(['step', '5'])).toBe(
      'There is no export job 5 in this sandbox.\n  at       /path/exportJobId\n  sent     5\n',
    );
  });
});

describe('rules', () => {
  test('are set, listed and removed', async () => {
    expect(await verb('rules')).toBe('There are no rules.\n');
    expect(await verb('scenario', 'fails', '--times', '1')).toBe(
      'Rule r1: scenario fails for created jobs, 1 time.\n',
    );
    expect(await verb('progress', 'polls', '--polls', '2')).toBe(
      'Rule r2: progress polls (2 in each status) for created jobs.\n',
    );
    const aim = ['--operation', 'retrieveExportJob', '--job', '100', '--nth', '2'];
    expect(await verb('fault', 'bare-503', ...aim, '--for', '30s')).toBe(
      'Rule r3: fault bare-503 for retrieveExportJob, job 100, number 2 alone, 30 s.\n',
    );
    expect([(await call('/100')).status, (await call('/100')).status]).toEqual([200, 503]);
    await create();
    expect(columns(await verb('rules'))).toEqual([
      ['ID', 'RULE', 'FOR', 'APPLIED'],
      ['r3', 'fault bare-503', 'retrieveExportJob, job 100, number 2 alone, 30 s', '1', 'over'],
      ['r2', 'progress polls (2 in each status)', 'created jobs', '1'],
      ['r1', 'scenario fails', 'created jobs, 1 time', '1', 'over'],
    ]);
    expect(await verb('rules', '--remove', 'r1')).toBe('Rule r1 is removed.\n');
    expect(await refused(['rules', '--remove', 'r1'])).toContain('r1');
    expect(await verb('rules', '--clear')).toBe('All rules are removed.\n');
    expect(await verb('rules')).toBe('There are no rules.\n');
  });

  test('of a name that there is not are refused with those that there are', async () => {
    expect(await refused(['fault', 'unavailble'])).toMatch(
      /Did you mean 'unavailable'\?[^]*allowed {2}one of/,
    );
    expect(await refused(['scenario', 'nope'])).toContain('succeeds');
  });

  test('are removed by their names alone, and never all of them by a strange one', async () => {
    await verb('scenario', 'fails');
    for (const name of ['', '.', '..']) {
      expect(await refused(['rules', '--remove', name], 2)).toContain('allowed is text other than that');
    }
    expect(await refused(['rules', '--remove', '../rules'])).toContain('/path/id');
    expect(await verb('rules')).toContain('scenario fails');
  });

  test('have scenarios and faults to choose from', async () => {
    expect(await verb('scenarios')).toMatch(/^succeeds \(default\) {2,}\S.*$/m);
    expect(await verb('faults')).toMatch(/^answer-lost {2,}\S.*$/m);
  });
});

describe('state', () => {
  test('is saved, listed, restored and forgotten', async () => {
    expect(await verb('snapshots')).toBe('There are no snapshots.\n');
    expect(await verb('snapshot', 'before')).toBe(
      'Saved before: 9 jobs, the clock at 2026-01-01T00:00:00.000Z.\n',
    );
    await create();
    await verb('advance', '1h');
    expect(await verb('restore', 'before')).toBe(
      'Restored before: 9 jobs, the clock at 2026-01-01T00:00:00.000Z.\n',
    );
    expect(columns(await verb('snapshots'))[1]?.slice(0, 2)).toEqual(['before', '9']);
    expect(await verb('snapshots', '--remove', 'before')).toBe('Snapshot before is forgotten.\n');
    expect(await refused(['restore', 'before'])).toContain('There is no snapshot "before"');
  });

  test('begins anew, in parts or as a whole', async () => {
    const id = await create();
    await verb('advance', '1h');
    expect(await verb('reset', 'clock', 'rules')).toBe('Back at the beginning: clock, rules.\n');
    expect(await verb('clock')).toContain('00:00:00.000Z');
    expect((await retrieve(id)).id).toBe(id);
    expect(await verb('reset')).toBe('Back at the beginning: all but the snapshots.\n');
    expect((await call(`/${id}`)).status).toBe(404);
  });

  test('is exported, and imported from a file or from standard input', async () => {
    const id = await create();
    const exported = await verb('export');
    expect(JSON.parse(exported)).toMatchObject({ format: 2, collections: { jobs: { lastId: id } } });
    await writeFile(join(folder, 'state.json'), exported);
    await verb('reset');
    expect(await verb('import', join(folder, 'state.json'))).toBe('The state is imported.\n');
    expect(await verb('export')).toBe(exported);
    const { code } = await run(['import', '-', '--sandbox', `${sandbox}-copy`], exported);
    expect(code).toBe(0);
    expect(await verb('export', '--sandbox', `${sandbox}-copy`)).toBe(exported);
  });

  test('that is none is refused, with where it stands', async () => {
    await writeFile(join(folder, 'none.json'), '{');
    await writeFile(join(folder, 'other.json'), '{"format":1}');
    expect(await refused(['import', join(folder, 'none.json')], 2)).toMatch(
      /none\.json is no JSON: .+; allowed is what export/,
    );
    expect(await refused(['import', join(folder, 'missing.json')], 2)).toContain(
      'missing.json can not be read: ENOENT',
    );
    expect(await refused(['import', join(folder, 'other.json')])).toContain('/body/clock');
  });

  test('belongs to sandboxes, which are listed and deleted', async () => {
    await create();
    const row = (await verb('sandboxes')).split('\n').find((line) => line.includes(`  ${sandbox}  `));
    expect(row?.split(/ {2,}/)).toEqual([
      '1BD6382559DF0C130A49422D@AdobeOrg',
      sandbox,
      '10',
      '2026-01-01T00:00:00.000Z',
      'frozen',
    ]);
    expect(await verb('sandboxes', '--remove', sandbox)).toContain(`Sandbox ${sandbox} of 1BD`);
    expect(await verb('sandboxes')).not.toContain(`  ${sandbox}  `);
    expect(await refused(['sandboxes', '--remove', sandbox])).toContain(sandbox);
  });
});

describe('the calls that were made', () => {
  test('are listed with what they broke, and forgotten', async () => {
    expect(await verb('journal')).toBe('There are no such calls.\n');
    await call('?limit=2');
    await call('?limt=2&status=RUNNING');
    await call('/100');
    const all = await verb('journal');
    expect(all).toMatch(/^ID {2,}TIME {2,}STATUS {2,}MS {2,}CALL\n1 {2,}2026-01-01T00:00:00.000Z {2,}200 /);
    expect(all).toMatch(
      /GET \/data\/core\/ups\/export\/jobs\?limt=2&status=RUNNING\n {4}request: The query parameter 'limt' is not known. Did you mean 'limit'\?\n {6}at {7}\/query\/limt\n {6}rule {5}#\/\S+\n/,
    );
    expect(all).toMatch(/sent {5}"RUNNING"\n {6}allowed {2}one of NEW, SUCCEEDED, FAILED\n/);
    const calls = async (...filters: string[]) =>
      [...(await verb('journal', ...filters)).matchAll(/ GET \S+jobs(\S*)$/gm)].map(([, rest]) => rest);
    expect(await calls('--violations')).toEqual(['?limt=2&status=RUNNING']);
    expect(await calls('--status', '200')).toEqual(['?limit=2', '/100']);
    expect(await calls('--operation', 'listExportJobs', '--limit', '1')).toEqual(['?limt=2&status=RUNNING']);
    expect(await calls('--job', '100')).toEqual(['/100']);
    expect(await calls('--fault', 'slow')).toEqual([]);
    expect(await verb('journal', '--clear')).toBe('The journal is empty.\n');
    expect(await verb('journal')).toBe('There are no such calls.\n');
  });

  test('are marked where they were meant to break the contract', async () => {
    for (const query of ['?limt=2', '?limit=x', '?limit=0', '?limit=2']) await call(query);
    expect(await verb('expect', '--pointer', '/query/limt')).toBe('1 call marked as expected.\n');
    expect(await verb('expect', '--id', '3', '--status', '400')).toBe('1 call marked as expected.\n');
    expect(await verb('journal')).toMatch(
      /limt=2 {2}\(expected\)\n[^]*limit=x\n[^]*limit=0 {2}\(expected\)\n/,
    );
    expect(await verb('expect', '--operation', 'listExportJobs')).toBe('1 call marked as expected.\n');
    expect(await verb('expect')).toMatch(
      /^0 calls marked as expected in sandbox test-\d+ of 1BD6382559DF0C130A49422D@AdobeOrg\. --sandbox and --org name another\.\n$/,
    );
  });

  test('are marked where a fault was applied, and where it broke the connection', async () => {
    await verb('fault', 'connection-reset', '--times', '1');
    await expect(call('/100')).rejects.toThrow();
    expect(await verb('journal')).toMatch(/ broken .*\/100 {2}\(fault connection-reset\)\n$/);
  });

  test('are shown without what a terminal would obey, or a pipeline', async () => {
    await verb('advance', '0');
    await fetch(`${mock.url}${BASE}/export/jobs`, {
      method: 'POST',
      headers: { ...credentials({ name: sandbox }), 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...SMALLEST_REQUEST, '\u009b31m': 1, '\n::error::a': 1 }),
    });
    const all = await verb('journal');
    expect(all).toContain('\u{FFFD}31m');
    expect(all).toContain('::error::a');
    expect(all).not.toMatch(/^\s*::/m);
  });

  test('count for the coverage', async () => {
    await call('?limit=2');
    const covered = await verb('coverage');
    expect(covered).toMatch(/^Of \d+ statuses, parameters and examples, [1-9]\d* are exercised\.\n/);
    expect(covered).toMatch(
      /\nlistExportJobs: 1 call\n {2}statuses\n {4}exercised {2}200: 1\n {4}not {8}400, /,
    );
    expect(covered).toContain('limit (query): 1');
  });
});

test('the address is printed of a mock that is well', async () => {
  expect(await verb('url')).toBe(`${mock.url}\n`);
  expect(JSON.parse(await verb('url', '--json'))).toMatchObject({ status: 'ok' });
});

test('--json prints the answer as it came, and nothing where there is none', async () => {
  expect(JSON.parse(await verb('clock', '--json'))).toMatchObject({
    now: '2026-01-01T00:00:00.000Z',
    frozen: true,
  });
  expect(JSON.parse(await verb('jobs', '--json')).jobs).toHaveLength(9);
  expect(await verb('rules', '--clear', '--json')).toBe('');
});

describe('bad usage ends with 2, and says what is allowed', () => {
  test.each([
    [
      ['advnce', '2h'],
      "The verb 'advnce' is not known. Did you mean 'advance'? Allowed: one of exec, verify",
    ],
    [['advance'], "missing required argument 'duration'"],
    [
      ['advance', '2 hours'],
      'Allowed is a length of time such as 2h, 1h30m, 90s, 500ms or PT2H, or milliseconds',
    ],
    [['clock', 'noon'], 'Allowed is a timestamp as RFC 3339 writes it'],
    [['finish', 'x'], 'Allowed is the id of an export job'],
    [['fail', '1', '--error', 'x'], 'Allowed is code:message'],
    [['fail', '1', '--error', '{'], 'It is no JSON'],
    [['wait', '1', 'DONE'], 'Allowed choices are NEW, PROCESSING, SUCCEEDED, FAILED'],
    [['progress', 'fast'], 'Allowed choices are time, polls, hand'],
    [['reset', 'everything'], 'Allowed choices are jobs, clock, rules, journal'],
    [['fault', 'slow', '--times', '0'], 'Allowed is a whole number in decimal digits, from 1'],
    [['fault', 'slow', '--operation', 'list'], 'Allowed choices are listExportJobs'],
    [['rules', '--clear', '--remove', 'r1'], 'cannot be used with'],
    [['journal', '--clear', '--violations'], 'cannot be used with'],
    [['jobs', 'extra'], 'too many arguments'],
    [['jobs', '--url', 'localhost'], 'Allowed is the address of a mock, such as http://127.0.0.1:4010'],
    [['jobs', '--org', 'ö'], 'Allowed is text of printable ASCII characters'],
    [['--seed', 'demo', 'jobs'], "--seed before the verb 'jobs' is for starting a mock"],
    [['fault', 'slow', '--nth', '1', '--times', '1'], 'cannot be used with'],
  ])('%j', async (args, message) => {
    expect(await refused(args, 2)).toContain(message);
  });
});
