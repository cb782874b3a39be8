import { createHash } from 'node:crypto';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createMockServer, StateError } from '../server/mock-server.js';
import { runCommand, type Ran } from './support/command.js';
import { BASE, credentials, NOW, SMALLEST_REQUEST } from './support/mock.js';
import { runCli, type Run, type RunOptions } from './support/run-cli.js';

// The command is a process of its own, and on a busy machine takes seconds to start.
const LONGEST_TEST_IN_MS = 60_000;
const AN_HOUR_LATER = '2026-01-01T01:00:00Z';

interface Server {
  url: string;
  stdout: () => string;
  stop: () => Promise<unknown>;
}

let folder: string;
let folders = 0;
const runs: Run[] = [];
const here = new Set<Ran>();

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'state-')));
});
afterEach(async () => {
  const ended = runs.splice(0);
  for (const { child } of ended) child.kill('SIGKILL');
  await Promise.all(ended.map(({ exited }) => exited));
  for (const ran of here) await stopped(ran);
});
afterAll(() => rm(folder, { recursive: true }));

/** A path that nothing is at yet. */
function newPath(): string {
  return join(folder, String(++folders));
}

function run(args: string[], env?: Record<string, string>, options?: RunOptions): Run {
  const started = runCli(['--port', '0', '--clock', NOW, '--seed', 'empty', ...args], env, options);
  runs.push(started);
  return started;
}

async function startProcess(args: string[], env?: Record<string, string>, options?: RunOptions) {
  const started = run(args, env, options);
  const [, url = ''] = await started.printed(/Listening on (http:\/\/[^/]+)\/data[^]*Docs: /);
  const stop = (signal: NodeJS.Signals = 'SIGINT') => {
    started.child.kill(signal);
    return started.exited;
  };
  return { ...started, url, stop };
}

/** Starts the command in this process, which takes no time. */
async function start(
  args: string[],
  env?: Record<string, string>,
  workingDirectory?: string,
): Promise<Server> {
  const ran = await runCommand(
    ['--port', '0', '--clock', NOW, '--seed', 'empty', ...args],
    env,
    workingDirectory === undefined ? {} : { workingDirectory },
  );
  if (!ran.mock) throw new Error(ran.error);
  here.add(ran);
  return { url: ran.mock.url, stdout: () => ran.out, stop: () => stopped(ran) };
}

async function stopped(ran: Ran): Promise<void> {
  here.delete(ran);
  await ran.signal('SIGINT');
}

async function call(
  { url }: Pick<Server, 'url'>,
  method: string,
  path: string,
  body?: unknown,
  sandbox = 'prod',
) {
  const response = await fetch(`${url}${BASE}/export/jobs${path}`, {
    method,
    headers: { ...credentials({ name: sandbox }), 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const create = (server: Pick<Server, 'url'>) => call(server, 'POST', '', SMALLEST_REQUEST);
const cancel = (server: Pick<Server, 'url'>, id: number) => call(server, 'DELETE', `/${id}`);

async function ids(server: Pick<Server, 'url'>): Promise<number[]> {
  return (await call(server, 'GET', '')).body.records.map(({ id }: { id: number }) => id);
}

/** Every file below a directory with a hash of what it holds, apart from what the lock leaves. */
async function treeOf(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isSocket());
  const hashes = files.map(async (entry) => {
    const file = join(entry.parentPath, entry.name);
    const hash = entry.isFile()
      ? createHash('sha256')
          .update(await readFile(file))
          .digest('hex')
      : 'no file';
    return [file.slice(directory.length), hash] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** The folder of the one sandbox that a directory keeps. */
async function sandboxFolder(directory: string): Promise<string> {
  const [name = ''] = await readdir(join(directory, 'sandboxes'));
  return join(directory, 'sandboxes', name);
}

/** A directory that keeps three jobs. */
async function keptState(): Promise<string> {
  const directory = newPath();
  const server = await start(['--db', directory]);
  for (let jobs = 0; jobs < 3; jobs++) await create(server);
  await server.stop();
  return directory;
}

/** A start by the command, in this process. */
async function refusedStart(args: string[]): Promise<{ code: number; stderr: string }> {
  const { code, error, out } = await runCommand(['--port', '0', '--clock', NOW, '--seed', 'empty', ...args]);
  expect(out).toBe('');
  expect(error).not.toMatch(/^\s+at /m);
  return { code, stderr: error };
}

describe('state that cannot be read stops the start, is named, and is left as it is', () => {
  let sound: string;
  beforeAll(async () => {
    sound = await keptState();
  }, LONGEST_TEST_IN_MS);

  /** What is done to a sandbox's folder, or its directory; resolves to the path that the message has to name. */
  type Damage = (sandbox: string, directory: string) => Promise<string>;

  const cut =
    (name: string, length: (size: number) => number): Damage =>
    async (sandbox) => {
      const file = join(sandbox, name);
      await truncate(file, length((await readFile(file)).length));
      return file;
    };
  const missing =
    (name: string): Damage =>
    async (sandbox) => {
      await rm(join(sandbox, name));
      return join(sandbox, name);
    };
  const written =
    (path: (sandbox: string, directory: string) => string, text: string): Damage =>
    async (sandbox, directory) => {
      await writeFile(path(sandbox, directory), text);
      return path(sandbox, directory);
    };
  const inSandbox = (name: string, text: string) => written((sandbox) => join(sandbox, name), text);
  const inDirectory = (name: string, text: string) => written((_, directory) => join(directory, name), text);
  const moved: Damage = async (sandbox) => {
    await rename(join(sandbox, 'jobs-0-63.json'), join(sandbox, 'jobs-64-127.json'));
    return join(sandbox, 'jobs-64-127.json');
  };
  const renamed: Damage = async (sandbox) => {
    const other = join(sandbox, '..', '0'.repeat(32));
    await rename(sandbox, other);
    return join(other, 'sandbox.json');
  };

  const JOBS = 'jobs-0-63.json';
  const MARK = 'aep-export-jobs-mock.json';
  const none = () => 0;
  const first = () => 1;
  const half = (size: number) => Math.floor(size / 2);
  const allButOne = (size: number) => size - 1;

  async function damagedBy(damage: Damage) {
    const directory = newPath();
    await cp(sound, directory, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    const file = await damage(await sandboxFolder(directory), directory);
    return { directory, named: basename(file) === MARK ? directory : file };
  }

  // In this process, where a start takes no time.
  test.each<[string, Damage]>([
    ['a file of jobs that is empty', cut(JOBS, none)],
    ['one that is cut after its first byte', cut(JOBS, first)],
    ['one that is cut in the middle', cut(JOBS, half)],
    ['one that lacks its last byte', cut(JOBS, allButOne)],
    ['one that holds other JSON', inSandbox(JOBS, '["jobs"]')],
    ['one whose job is none', inSandbox(JOBS, '{"records":[{"id":1,"kind":"simulated"}]}')],
    ['one that has the name of another', moved],
    ['a last id that is cut', cut('last-ids.json', half)],
    ['a last id that is other JSON', inSandbox('last-ids.json', '{"jobs":"3"}')],
    ['a last id that is missing', missing('last-ids.json')],
    ['a name of a sandbox that is cut', cut('sandbox.json', allButOne)],
    ['a name of a sandbox that is missing', missing('sandbox.json')],
    ['a folder of another sandbox’s name', renamed],
    ['a mark that is cut', inDirectory(MARK, '{"for')],
    ['a mark that is other JSON', inDirectory(MARK, '{"format":"1"}')],
    ['a mark of a later format', inDirectory(MARK, '{"format":4}')],
    ['a file of somebody else’s among ours', inDirectory('notes.txt', 'mine')],
    ['one among the sandboxes', inDirectory('sandboxes/notes.txt', 'mine')],
    ['one among the files of a sandbox', inSandbox('notes.txt', 'mine')],
    ['a file of jobs from elsewhere', inSandbox('jobs-1-2.json', '{"records":[]}')],
  ])('%s', async (_case, damage) => {
    const { directory, named } = await damagedBy(damage);
    const before = await treeOf(directory);
    const refused: unknown = await createMockServer({ db: directory }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StateError);
    expect((refused as Error).message).toContain(named);
    expect((refused as Error).message).toContain('left as it is');
    expect(await treeOf(directory)).toEqual(before);
  });

  test.each<[string, Damage]>([
    ['a file of jobs that is cut', cut(JOBS, half)],
    ['a last id that is missing', missing('last-ids.json')],
    ['a mark of a later format', inDirectory(MARK, '{"format":4}')],
    ['a file of somebody else’s among the sandboxes', inDirectory('sandboxes/notes.txt', 'mine')],
  ])(
    'the command exits with 2: %s',
    async (_case, damage) => {
      const { directory, named } = await damagedBy(damage);
      const before = await treeOf(directory);
      const { code, stderr } = await refusedStart(['--db', directory]);
      expect(stderr).toContain(named);
      expect(stderr).toContain('left as it is');
      expect(code).toBe(2);
      expect(await treeOf(directory)).toEqual(before);
    },
    LONGEST_TEST_IN_MS,
  );

  test(
    'all of it is given up by --fresh',
    async () => {
      const directory = newPath();
      await cp(sound, directory, { recursive: true });
      await cut(JOBS, half)(await sandboxFolder(directory), directory);
      expect((await refusedStart(['--db', directory])).stderr).toContain('--fresh');
      const server = await start(['--db', directory, '--fresh']);
      expect(await ids(server)).toEqual([]);
      expect((await create(server)).body.id).toBe(1);
      await server.stop();
      expect(await ids(await start(['--db', directory]))).toEqual([1]);
    },
    LONGEST_TEST_IN_MS,
  );
});

describe('what is somebody else’s is never touched', () => {
  test.each([[[]], [['--fresh']]])(
    'a directory that is not ours %j',
    async (flags) => {
      const directory = newPath();
      await mkdir(join(directory, 'sandboxes'), { recursive: true });
      await writeFile(join(directory, 'sandboxes', 'thesis.txt'), 'years of work');
      const before = await treeOf(directory);
      const { code, stderr } = await refusedStart(['--db', directory, ...flags]);
      expect(stderr).toContain(`The directory ${directory} holds sandboxes, and no state of this mock`);
      expect(code).toBe(2);
      expect(await treeOf(directory)).toEqual(before);
    },
    LONGEST_TEST_IN_MS,
  );

  test.each([[[]], [['--fresh']]])(
    'a file in the place of the directory %j',
    async (flags) => {
      const file = newPath();
      await writeFile(file, 'years of work');
      const { code, stderr } = await refusedStart(['--db', file, ...flags]);
      expect(stderr).toContain(`State cannot be kept in ${file}`);
      expect(stderr).toContain('--memory');
      expect(code).toBe(1);
      expect(await readFile(file, 'utf8')).toBe('years of work');
    },
    LONGEST_TEST_IN_MS,
  );
});

describe('a directory belongs to one process', () => {
  test(
    'a second one is told who has it, and the first goes on; once that is killed, the next starts at once',
    async () => {
      const directory = newPath();
      const holder = await startProcess(['--db', directory]);
      await create(holder);
      const { code, stderr } = await refusedStart(['--db', directory]);
      expect(stderr).toContain(
        `is in use by process ${String(holder.child.pid)}, which listens on ${holder.url}`,
      );
      expect(code).toBe(1);
      expect((await refusedStart(['--db', directory, '--fresh'])).code).toBe(1);
      expect((await create(holder)).body.id).toBe(2);

      holder.child.kill('SIGKILL');
      expect(await ids(await start(['--db', directory]))).toEqual([2, 1]);
    },
    LONGEST_TEST_IN_MS,
  );

  test(
    'a second one does not wait for a first that does not answer',
    async () => {
      const directory = newPath();
      const holder = await startProcess(['--db', directory]);
      holder.child.kill('SIGSTOP');
      const { code, stderr } = await refusedStart(['--db', directory]);
      expect(stderr).toContain('is in use by a process that does not answer');
      expect(code).toBe(1);
      holder.child.kill('SIGCONT');
      expect((await create(holder)).status).toBe(200);
    },
    LONGEST_TEST_IN_MS,
  );

  test(
    'of many that start at once, one has it',
    async () => {
      const directory = newPath();
      const started = Array.from({ length: 3 }, () => run(['--db', directory]));
      const outcomes = await Promise.all(
        started.map(({ printed, exited }) =>
          printed(/Listening on/).then(
            () => 'listens',
            () => exited,
          ),
        ),
      );
      expect(outcomes.sort()).toEqual([1, 1, 'listens']);
    },
    LONGEST_TEST_IN_MS,
  );
});

describe('state of another format', () => {
  test(
    'that is older is set aside, with a warning, and the mock begins anew',
    async () => {
      const directory = await keptState();
      const kept = await treeOf(join(directory, 'sandboxes'));
      await writeFile(join(directory, 'aep-export-jobs-mock.json'), '{"format":0}');
      const server = await startProcess(['--db', directory]);
      expect(server.stderr()).toContain(
        `The state in ${directory} had format 0 and was set aside in sandboxes-format-0`,
      );
      expect(await ids(server)).toEqual([]);
      expect((await create(server)).body.id).toBe(1);
      await server.stop();
      expect(await treeOf(join(directory, 'sandboxes-format-0'))).toEqual(kept);
      const again = await startProcess(['--db', directory]);
      expect(again.stderr()).not.toContain('set aside');
      expect(await ids(again)).toEqual([1]);
    },
    LONGEST_TEST_IN_MS,
  );
});

describe('state', () => {
  test(
    'goes on over a restart: jobs, cancels, sandboxes, and ids that are never used again',
    async () => {
      const directory = newPath();
      const server = await start(['--db', directory]);
      expect(server.stdout()).toContain(`State is kept in ${directory}. --fresh starts anew.`);
      for (let jobs = 0; jobs < 3; jobs++) await create(server);
      await call(server, 'POST', '', SMALLEST_REQUEST, 'another');
      await cancel(server, 1);
      await server.stop();

      const second = await start(['--db', directory, '--clock', AN_HOUR_LATER]);
      expect(second.stdout()).toContain('What was there goes on: 2 sandboxes.');
      expect(await ids(second)).toEqual([3, 2]);
      expect((await call(second, 'GET', '', undefined, 'another')).body.records).toHaveLength(1);
      expect((await cancel(second, 3)).status).toBe(204);
      await second.stop();

      const third = await start(['--db', directory, '--clock', AN_HOUR_LATER]);
      expect(await ids(third)).toEqual([2]);
      expect((await create(third)).body.id).toBe(4);
    },
    LONGEST_TEST_IN_MS,
  );

  test(
    'that is still as its seed was is not written',
    async () => {
      const directory = newPath();
      const server = await start(['--db', directory, '--seed', 'demo']);
      expect(await ids(server)).toHaveLength(240);
      expect((await cancel(server, 999_999_999)).status).toBe(404);
      expect(await readdir(join(directory, 'sandboxes'))).toEqual([]);
      await server.stop();
    },
    LONGEST_TEST_IN_MS,
  );
});

describe('a change that cannot be written', () => {
  test(
    'is refused and not made, and the log says why; the next is made once it can be',
    async () => {
      const directory = await keptState();
      const server = await startProcess(['--db', directory, '--clock', AN_HOUR_LATER]);
      // It stands where a file of jobs is written before it is renamed.
      const obstacle = join(await sandboxFolder(directory), '.jobs-0-63.json.tmp');
      await mkdir(obstacle);
      const notStored = {
        status: 503,
        body: { type: 'urn:aep-export-jobs-mock:error:change-not-stored', status: 503 },
      };
      expect(await create(server)).toMatchObject(notStored);
      await server.logged(/"reason":"EISDIR[^\n]*a change could not be stored, and was not made/);
      expect(await cancel(server, 2)).toMatchObject(notStored);
      expect(await Promise.all([create(server), cancel(server, 2), create(server)])).toMatchObject([
        notStored,
        notStored,
        notStored,
      ]);
      expect(await ids(server)).toEqual([3, 2, 1]);
      expect((await call(server, 'GET', '/2')).body.status).toBe('SUCCEEDED');

      await rm(obstacle, { recursive: true });
      const { status, body } = await create(server);
      expect(status).toBe(200);
      expect((await cancel(server, 2)).status).toBe(204);
      await server.stop('SIGKILL');
      expect(await ids(await start(['--db', directory, '--clock', AN_HOUR_LATER]))).toEqual([body.id, 3, 1]);
    },
    LONGEST_TEST_IN_MS,
  );
});

describe('where nobody says where', () => {
  test(
    'state is in memory where CI is set: nothing is left behind',
    async () => {
      const cwd = newPath();
      await mkdir(join(cwd, 'node_modules'), { recursive: true });
      const server = await start([], { CI: 'true', XDG_DATA_HOME: join(cwd, 'data') }, cwd);
      expect(server.stdout()).toContain('State is kept in memory');
      await create(server);
      await server.stop();
      // While it runs, its address stands below the cache's folder.
      expect(await readdir(cwd, { recursive: true })).toEqual(['node_modules', 'node_modules/.cache']);
    },
    LONGEST_TEST_IN_MS,
  );

  test(
    'it is below node_modules/.cache of the working directory, and found there again',
    async () => {
      const cwd = newPath();
      await mkdir(join(cwd, 'node_modules'), { recursive: true });
      const server = await startProcess([], { CI: '' }, { cwd });
      expect(server.stdout()).toContain(
        `State is kept in ${join(cwd, 'node_modules/.cache/aep-export-jobs-mock')}. `,
      );
      await create(server);
      await server.stop();
      expect(await ids(await start([], { CI: '' }, cwd))).toEqual([1]);
    },
    LONGEST_TEST_IN_MS,
  );

  test(
    'it is in the user’s folder, one for each working directory, where there is no node_modules',
    async () => {
      const data = newPath();
      const [one, two] = [newPath(), newPath()];
      const servers = await Promise.all(
        [one, two].map(async (cwd) => {
          await mkdir(cwd);
          return startProcess([], { CI: '', HOME: data, XDG_DATA_HOME: data }, { cwd });
        }),
      );
      const places = servers.map(({ stdout }) => /State is kept in (.+)\. --fresh/.exec(stdout())?.[1] ?? '');
      expect(new Set(places).size).toBe(2);
      for (const place of places) expect(place.startsWith(data)).toBe(true);
      await Promise.all(servers.map((server) => create(server)));
      expect(await readdir(one)).toEqual([]);
      for (const place of places) expect(await readdir(join(place, 'sandboxes'))).toHaveLength(1);
    },
    LONGEST_TEST_IN_MS,
  );
});
