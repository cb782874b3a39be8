/**
 * For each kind of request that changes state, and each operation by which the mock stores the change: leaves the
 * directory as a kill at that moment does, and has the disk refuse that operation. What is served then, and what the next
 * mock finds, has to be wholly the state before the request or wholly the state after it, and the one after it when the
 * request was acknowledged. Knows of the mock its HTTP and the directory it is given. Runs in a process that has
 * failing-disk.js preloaded: systematic-worker.ts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { run } from '../command.js';
import { HEADERS, MockClient, SMALLEST_REQUEST, type Answer } from '../mock-client.js';

interface Disk {
  sabotage: string | undefined;
  watch(folder?: string, plan?: { mode: string; at?: number; images?: string }): void;
  settle(): Promise<{ operations: string[]; images: Image[]; refusals: number }>;
  copy(from: string, to: string): void;
}
/** What a kill leaves behind, and when. */
interface Image {
  where: string;
  directory: string;
}
interface Mock {
  client: MockClient;
  directory: string;
  close(): Promise<void>;
}
interface Clock {
  frozen: boolean;
  nowInMs: number;
  realTime: string;
}
interface State {
  collections: { jobs: { records: object[]; lastId: number } };
  rules: { matched: number; applied: number; times?: number }[];
}
/** What the next mock makes of a directory. */
interface Next {
  shown?: Shown;
  problem?: string | undefined;
  /** What it shows when the one before was killed while it recovered. */
  recovered: { image: string; shownThen: Shown }[];
}
type Outcome = 'before' | 'after';
type View = 'served' | 'restarted';
type Step = [method: string, path: string, body?: unknown];
/** What is shown of the sandboxes, by part. */
type Shown = Record<string, string>;

/** Not a literal: types are checked before it is built. */
const BUILT_PACKAGE = 'aep-export-jobs-mock' as string;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const JOBS = '/data/core/ups/export/jobs';
const ADMIN = '/__admin';
const CATALOGUE = 'urn:aep-export-jobs-mock:error:';
const OTHER = 'other';
const [FINISHED_ID, POLLED_ID, RUNNING_ID] = [722, 11038, 11039];
const HOUR_MS = 3_600_000;
const control = (path: string, body?: object): Step => ['POST', `${ADMIN}/${path}`, body];
const setClock = (now: string, more = {}): Step => ['PUT', `${ADMIN}/clock`, { now, ...more }];
const addRule = (rule: object): Step => control('rules', rule);
const CREATE: Step = ['POST', JOBS, SMALLEST_REQUEST];
const COUNTED_SCENARIO = addRule({ scenario: 'slow', times: 2 });
const COUNTED_FAULT = addRule({ fault: 'empty-answer', operation: 'retrieveExportJob', times: 2 });
/** Its body is the state of another sandbox. */
const IMPORT: Step = ['PUT', `${ADMIN}/state`];
const LATER = setClock('2031-06-01T00:10:00Z');
/** Clocks are compared by the hour: none is set to the end of one. */
const STORED = [
  setClock('2030-01-01T00:10:00Z', { frozen: true }),
  ...[addRule({ progress: 'polls', polls: 2 }), CREATE, addRule({ progress: 'time' }), CREATE],
];
const PARTS = ['jobs', 'clock', 'rules', 'jobs clock', 'jobs rules', 'clock rules', 'jobs clock rules'];

interface Kind {
  request: Step;
  /** Stored by an earlier mock, beside what the start has. */
  stored?: Step[];
  /** Sent to the same mock before. */
  earlier?: Step[];
}

const KINDS: Record<string, Kind> = {
  create: { request: CREATE },
  'create that a rule counts': { request: CREATE, stored: [COUNTED_SCENARIO] },
  'cancel of a running job': { request: ['DELETE', `${JOBS}/${RUNNING_ID}`] },
  'cancel of a finished job': { request: ['DELETE', `${JOBS}/${FINISHED_ID}`] },
  step: { request: control(`jobs/${RUNNING_ID}/step`) },
  finish: { request: control(`jobs/${RUNNING_ID}/finish`) },
  fail: { request: control(`jobs/${RUNNING_ID}/fail`) },
  hold: { request: control(`jobs/${RUNNING_ID}/hold`) },
  'retrieve that moves a job on': { request: ['GET', `${JOBS}/${POLLED_ID}`] },
  'retrieve that a rule counts': { request: ['GET', `${JOBS}/${RUNNING_ID}`], stored: [COUNTED_FAULT] },
  reset: { request: control('reset') },
  ...Object.fromEntries(
    PARTS.map((part) => [`reset of ${part}`, { request: control('reset', { only: part.split(' ') }) }]),
  ),
  'clock set': { request: LATER },
  'clock set going': { request: setClock('2031-06-01T00:10:00Z', { frozen: false }) },
  'clock advance': { request: control('clock/advance', { by: '2h' }) },
  'clock freeze': { request: control('clock/freeze') },
  'clock resume': { request: control('clock/resume') },
  'rule add': { request: COUNTED_SCENARIO },
  'rule remove': { request: ['DELETE', `${ADMIN}/rules/r1`] },
  'rules clear': { request: ['DELETE', `${ADMIN}/rules`] },
  import: { request: IMPORT },
  restore: {
    request: control('snapshots/saved/restore'),
    earlier: [['PUT', `${ADMIN}/snapshots/saved`], CREATE, LATER, COUNTED_SCENARIO],
  },
  'delete of the sandbox': {
    request: ['DELETE', `${ADMIN}/sandboxes/${HEADERS['x-gw-ims-org-id']}/prod`],
  },
};

interface Start {
  stored: Step[];
  options?: object;
  kinds: RegExp;
}

const ANOTHER_CLOCK = { clock: '2040-01-01T00:10:00Z' };
const STARTS: Record<string, Start> = {
  'stored, frozen': { stored: STORED, kinds: /^(?!clock freeze)/ },
  'stored, going': {
    stored: [...STORED, control('clock/resume')],
    kinds: /^(reset of clock rules|clock (set$|advance|freeze)|import)/,
  },
  'stored, --clock': {
    stored: STORED,
    options: ANOTHER_CLOCK,
    kinds: /^(create|reset of jobs clock$|restore)/,
  },
  // There is no sandbox yet.
  new: { stored: [], options: ANOTHER_CLOCK, kinds: /^(create$|cancel of a fin|rule add|import)/ },
};

/** Names of a start and of kinds, in parts that take about as long. */
export function getParts(maxKinds = 6): string[][] {
  return Object.entries(STARTS).flatMap(([start, { kinds }]) => {
    const names = Object.keys(KINDS).filter((kind) => kinds.test(kind));
    const count = Math.ceil(names.length / maxKinds);
    return Array.from({ length: count }, (_, part) => [
      start,
      ...names.filter((__, index) => index % count === part),
    ]);
  });
}

/** Tries kinds from a start in a process of their own. */
export async function runSystematic(
  [start = '', ...kinds]: string[],
  { isKilled = false, sabotage = '' } = {},
): Promise<Result[]> {
  const disk = ['--import', new URL('failing-disk.js', import.meta.url).href, '--import', 'tsx'];
  const worker = fileURLToPath(new URL('systematic-worker.ts', import.meta.url));
  const parameters = [...disk, worker, ...(isKilled ? ['--killed'] : []), start, ...kinds];
  const environment = { ...process.env, DISK_SABOTAGE: sabotage };
  const printed = await run(process.execPath, parameters, ROOT, environment);
  return printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
}

export interface Result {
  kind: string;
  /** The states that kills left behind. */
  kills: number;
  refusals: number;
  /** What is wrong, each with the operations at which it was so. */
  failures: string[];
}

/** Tries one kind of request from one start, at each operation. */
export class SystematicRun {
  readonly #disk = (globalThis as unknown as { failingDisk: Disk }).failingDisk;
  readonly #kind: Kind;
  #request: Step;
  readonly #stored: Step[];
  readonly #options: object;
  readonly #failures = new Map<string, string[]>();
  readonly #mocks = new Set<Mock>();
  /** By the content of the directory. */
  readonly #restarts = new Map<string, Promise<Next>>();
  #root = '';
  #directories = 0;
  #template = '';
  #counts = { kills: 0, refusals: 0 };
  /** The states that are allowed: as served, and as the next mock finds them. */
  #before = { served: {}, restarted: {} } as Record<View, Shown>;
  #after = this.#before;

  constructor(
    private readonly startName: string,
    private readonly kindName: string,
  ) {
    const [kind, start] = [KINDS[kindName], STARTS[startName]];
    if (!kind || !start) throw new Error(`There is no ${kindName} from ${startName}`);
    this.#kind = kind;
    this.#request = kind.request;
    this.#stored = [...start.stored, ...(kind.stored ?? [])];
    this.#options = { ...start.options, randomSeed: 1, port: 0 };
  }

  /** @param isKilled whether processes are killed, which takes a second each, in place of refusals. */
  async run(isKilled: boolean): Promise<Result> {
    this.#root = await mkdtemp(join(tmpdir(), 'durability-'));
    try {
      await this.#makeTemplate();
      await this.#tryKills();
      if (isKilled) await this.#killProcesses();
      else await this.#tryRefusals();
    } catch (error) {
      this.#fail(`ended early: ${(error as Error).message}`, 'the run');
    } finally {
      for (const mock of this.#mocks) await mock.close();
      await rm(this.#root, { recursive: true, force: true });
    }
    const failures = [...this.#failures].map(
      ([what, where]) => `${what}\n          ${where.join('\n          ')}`,
    );
    return { kind: `${this.kindName}, ${this.startName}`, ...this.#counts, failures };
  }

  /** Sends the request on a directory, and is killed at the n-th operation if there are so many. */
  async sendAndDie(directory: string, n: number): Promise<void> {
    const { client } = await this.#openPrepared(directory);
    this.#disk.watch(directory, { mode: 'kill', at: n });
    await this.#send(client, this.#request);
    await this.#disk.settle();
  }

  async #makeTemplate(): Promise<void> {
    this.#template = this.#newDirectory();
    const mock = await this.#open(this.#template);
    await this.#sendAll(mock, this.#stored);
    if (this.#request === IMPORT) {
      const bodies = await this.#sendAll(mock, [...STORED, CREATE, ['GET', `${ADMIN}/state`]], 'source');
      this.#request = [IMPORT[0], IMPORT[1], bodies.at(-1)];
    }
    if (this.#stored.length > 0) await this.#sendAll(mock, [CREATE], OTHER);
    await mock.close();
    const before = await this.#openPrepared(this.#copy(this.#template));
    this.#before.served = await this.#show(before);
    this.#before.restarted = await this.#showNext(before);
    await before.close();
  }

  /** Sends the request once, and tries what a kill would have left behind at each moment. */
  async #tryKills(): Promise<void> {
    const mock = await this.#openPrepared(this.#copy(this.#template));
    this.#disk.watch(mock.directory, { mode: 'images', images: this.#newDirectory() });
    const { status } = await this.#send(mock.client, this.#request);
    const acknowledged = this.#copy(mock.directory);
    const { images } = await this.#disk.settle();
    this.#disk.watch();
    if (status >= 300) throw new Error(`the response is ${status}`);
    const last = this.#copy(mock.directory);
    const served = await this.#show(mock);
    await mock.close();
    this.#after = { served, restarted: await this.#showAt(last) };
    if (isDeepStrictEqual(served, this.#before.served)) throw new Error('nothing has changed');
    if (!('clock' in this.#options))
      this.#check('stored', 'at the end', 'served', this.#after.restarted, ['after']);
    for (const { directory, where } of images)
      await this.#restart('killed', where, directory, ['before', 'after']);
    await this.#restart('killed when acknowledged', 'at the response', acknowledged, ['after']);
  }

  async #killProcesses(): Promise<void> {
    for (let n = 1; ; n++) {
      const directory = this.#copy(this.#template);
      const parameters = ['--kill', String(n), '--directory', directory, this.startName, this.kindName];
      const { signal } = spawnSync(process.execPath, [
        ...process.execArgv,
        process.argv[1] ?? '',
        ...parameters,
      ]);
      if (signal !== 'SIGKILL') return;
      await this.#restart('killed process', `${n}`, directory, ['before', 'after']);
    }
  }

  async #tryRefusals(): Promise<void> {
    for (const mode of ['refuse', 'full'] as const) {
      for (let n = 1; await this.#tryRefusal(mode, n); n++) this.#counts.refusals++;
    }
  }

  /** Resolves to whether there was something to refuse. */
  async #tryRefusal(mode: 'refuse' | 'full', at: number): Promise<boolean> {
    const mock = await this.#openPrepared(this.#copy(this.#template));
    this.#disk.watch(mock.directory, { mode, at });
    const { status, body } = await this.#send(mock.client, this.#request);
    const { operations, refusals } = await this.#disk.settle();
    this.#disk.watch();
    if (refusals > 0) {
      const what = `${mode === 'full' ? 'disk full from' : 'refused'}, response ${status}`;
      const where = operations[at - 1] ?? '';
      const isAcknowledged = status > 0 && status < 300;
      const type = String((body as { type?: unknown } | undefined)?.type);
      if (!isAcknowledged && (status < 500 || !type.startsWith(CATALOGUE)))
        this.#fail(`${what} of type ${type}`, where);
      const left = this.#copy(mock.directory);
      const outcomes = [isAcknowledged ? ('after' as const) : ('before' as const)];
      const shown = await this.#show(mock);
      // An id that nobody was given may be left out.
      if (!isAcknowledged && Number(shown.lastId) > Number(this.#before.served.lastId))
        shown.lastId = this.#before.served.lastId ?? '';
      this.#check(`${what}, served`, where, 'served', shown, outcomes);
      const problem = await this.#goOn(mock);
      if (problem) this.#fail(`${what}, with a good disk again: ${problem}`, where);
      await this.#restart(what, where, left, outcomes);
    }
    await mock.close();
    return refusals > 0;
  }

  /** Checks what the next mock makes of what is left. */
  async #restart(what: string, where: string, directory: string, outcomes: Outcome[]): Promise<void> {
    this.#counts.kills++;
    const content = await toText(directory);
    const next = this.#restarts.get(content) ?? this.#tryNext(directory);
    this.#restarts.set(content, next);
    const { shown, problem, recovered } = await next;
    if (problem) this.#fail(`${what}, restarted: ${problem}`, where);
    if (shown && !this.#check(`${what}, restarted`, where, 'restarted', shown, outcomes)) return;
    for (const { image, shownThen } of recovered) {
      this.#check(
        `${what}, killed at the restart too`,
        `${where}, ${image}`,
        'restarted',
        shownThen,
        outcomes,
      );
    }
  }

  /** Starts the next mock on a directory, which has to be good for more. A kill while it recovers is tried as well. */
  async #tryNext(directory: string): Promise<Next> {
    const recovered: Next['recovered'] = [];
    this.#disk.watch(directory, { mode: 'images', images: this.#newDirectory() });
    try {
      const mock = await this.#open(directory);
      const { images } = await this.#disk.settle();
      this.#disk.watch();
      const shown = await this.#show(mock);
      const problem = await this.#goOn(mock);
      await mock.close();
      for (const { where, directory: image } of images) {
        this.#counts.kills++;
        recovered.push({ image: where, shownThen: await this.#showAt(image) });
      }
      return { shown, problem, recovered };
    } catch (error) {
      return { problem: (error as Error).message, recovered };
    } finally {
      this.#disk.watch();
    }
  }

  /** Sends a create, which has to be there for the next mock. Resolves to what is wrong. */
  async #goOn(mock: Mock): Promise<string | undefined> {
    const { status } = await this.#send(mock.client, CREATE);
    if (status !== 200) return `the response to a create is ${status}`;
    const { jobs } = await this.#show(mock);
    return (await this.#showNext(mock)).jobs === jobs ? undefined : 'a create is not kept';
  }

  #check(what: string, where: string, view: View, shown: Shown, outcomes: Outcome[]): boolean {
    const [before, after] = [this.#before[view], this.#after[view]];
    if (outcomes.some((outcome) => isDeepStrictEqual(shown, { before, after }[outcome]))) return true;
    const parts = Object.keys(shown).map((part) => {
      if (shown[part] === before[part]) return shown[part] === after[part] ? [] : [`${part} as before`];
      return [`${part} as ${shown[part] === after[part] ? 'after' : 'neither before nor after'}`];
    });
    this.#fail(`${what}: ${parts.flat().join(', ')}`, where);
    return false;
  }

  #fail(what: string, where: string): void {
    this.#failures.set(what, [...(this.#failures.get(what) ?? []), where]);
  }

  #newDirectory(): string {
    return join(this.#root, String(++this.#directories));
  }

  #copy(from: string): string {
    const to = this.#newDirectory();
    this.#disk.copy(from, to);
    return to;
  }

  async #open(directory: string): Promise<Mock> {
    const { createMockServer } = (await import(BUILT_PACKAGE)) as {
      createMockServer: (options: object) => Promise<{ listen(): Promise<string>; close(): Promise<void> }>;
    };
    const server = await createMockServer({ ...this.#options, db: directory });
    const client = new MockClient(await server.listen());
    const close = async () => {
      this.#mocks.delete(mock);
      client.close();
      await server.close();
    };
    const mock = { client, directory, close };
    this.#mocks.add(mock);
    return mock;
  }

  /** With all sent that the request needs. */
  async #openPrepared(directory: string): Promise<Mock> {
    const mock = await this.#open(directory);
    await this.#sendAll(mock, this.#kind.earlier ?? []);
    return mock;
  }

  /** The status is 0 when there is no response. */
  async #send(client: MockClient, [method, path, body]: Step, sandbox?: string): Promise<Answer> {
    return client
      .send(method, path, body, sandbox)
      .catch((error: unknown) => ({ status: 0, body: String(error) }));
  }

  /** Sends what has to succeed. Resolves to the bodies. */
  async #sendAll({ client }: Mock, steps: Step[], sandbox?: string): Promise<unknown[]> {
    const bodies: unknown[] = [];
    for (const step of steps) {
      const { status, body } = await this.#send(client, step, sandbox);
      if (status < 200 || status > 299)
        throw new Error(`${step[0]} ${step[1]} got ${status} ${JSON.stringify(body)}`);
      bodies.push(body);
    }
    return bodies;
  }

  async #show(mock: Mock): Promise<Shown> {
    const steps = ['clock', 'state'].map((name): Step => ['GET', `${ADMIN}/${name}`]);
    const [clock, state] = (await this.#sendAll(mock, steps)) as [Clock, State];
    const [other] = (await this.#sendAll(mock, steps.slice(1), OTHER)) as [State];
    const { frozen, nowInMs, realTime } = clock;
    const isReal = Math.abs(nowInMs - Date.parse(realTime)) < HOUR_MS / 60;
    return {
      clock: `${frozen ? 'frozen' : 'going'} ${isReal ? 'real' : Math.floor(nowInMs / HOUR_MS)}`,
      // How often a rule has applied is stored only of one that ends by it.
      rules: JSON.stringify(
        state.rules.map(({ matched, applied, ...rule }) =>
          rule.times ? { ...rule, matched, applied } : rule,
        ),
      ),
      jobs: JSON.stringify(state.collections.jobs.records),
      lastId: String(state.collections.jobs.lastId),
      other: JSON.stringify({ ...other, clock: undefined }),
    };
  }

  async #showAt(directory: string): Promise<Shown> {
    const mock = await this.#open(directory);
    const shown = await this.#show(mock);
    await mock.close();
    return shown;
  }

  /** What the next mock would show if this one was killed now. */
  #showNext({ directory }: Mock): Promise<Shown> {
    return this.#showAt(this.#copy(directory));
  }
}

async function toText(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [relative(directory, path), entry.isFile() && (await readFile(path, 'utf8'))];
  });
  return JSON.stringify((await Promise.all(files)).sort());
}
