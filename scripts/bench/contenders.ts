/** The servers that are measured, and how they are: started by `node`, called one at a time or under load. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { HEADERS } from '../mock-client.js';
import type { Plan } from './report.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const CONTENDERS = join(ROOT, 'scripts/bench/contenders');
export const LIST = '/export/jobs';
export const LIST_10 = `${LIST}?limit=10`;
export const BASE_PATH = '/data/core/ups';

const MAX_START_MS = 60_000;
const POLL_MS = 2;
const CLOCK_TICK_MS = 10;

/** A server that `node` runs. */
export class Server {
  api = '';
  /** Milliseconds since it was spawned. */
  msToHealthy = 0;
  readonly #child: ChildProcess;
  readonly #spawnedAt = performance.now();
  readonly #killAtExit = () => this.#child.kill('SIGKILL');

  /** Starts our mock with its defaults, except that jobs finish as they are created, and so can be deleted at once. */
  static startOurs(flags: string[]): Promise<Server> {
    const program = [join(ROOT, 'dist/cli/main.js'), '--new-ms', '0', '--processing-ms', '0', ...flags];
    return Server.#start((port) => [...program, '--port', port], '/__admin/health', BASE_PATH);
  }

  /** @param bodies a file with the bodies that those without data of their own send. */
  static startRival(name: 'express' | 'node-http' | 'prism', bodies: string): Promise<Server> {
    const prism = () => {
      const { bin } = readManifest('node_modules/@stoplight/prism-cli') as { bin: { prism: string } };
      return join(ROOT, 'node_modules/@stoplight/prism-cli', bin.prism);
    };
    const flags = [
      '-v',
      'silent',
      '--multiprocess=false',
      '-h',
      '127.0.0.1',
      join(ROOT, 'spec/openapi.yaml'),
    ];
    return Server.#start(
      (port) =>
        name === 'prism'
          ? [prism(), 'mock', ...flags, '-p', port]
          : [join(CONTENDERS, `${name}.js`), port, bodies],
      LIST_10,
      '',
    );
  }

  static async #start(program: (port: string) => string[], healthPath: string, basePath: string) {
    const port = await findFreePort();
    const server = new Server(program(String(port)));
    const origin = `http://127.0.0.1:${port}`;
    server.api = origin + basePath;
    try {
      server.msToHealthy = await server.msToResponse(origin + healthPath);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(program: string[]) {
    // Without the caller's environment, and what it prints costs it a write as anywhere, and this process nothing.
    this.#child = spawn(process.execPath, program, { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
    // Before the files are removed that it may write to.
    process.prependOnceListener('exit', this.#killAtExit);
  }

  /** Waits for a 200, and resolves to the milliseconds since the process was spawned. */
  async msToResponse(url: string): Promise<number> {
    const command = `node ${this.#child.spawnargs.slice(1).join(' ')}`;
    while (performance.now() - this.#spawnedAt < MAX_START_MS) {
      if (this.#hasEnded()) throw new Error(`It ended before it responded: ${command}`);
      const isOk = await send(url).then(
        () => true,
        () => false,
      );
      if (isOk) return performance.now() - this.#spawnedAt;
      await sleep(POLL_MS);
    }
    throw new Error(`No 200 from ${url}: ${command}`);
  }

  /** Its resident set in bytes. Linux only, as is its CPU time. */
  memoryBytes(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Its CPU time so far, of all its threads, in milliseconds. */
  cpuMs(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
    return (Number(user) + Number(system)) * CLOCK_TICK_MS;
  }

  async stop(): Promise<void> {
    if (!this.#hasEnded()) {
      this.#child.kill();
      await once(this.#child, 'exit');
    }
    process.off('exit', this.#killAtExit);
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The `package.json` in a folder of the repository. */
export function readManifest(folder: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
}

interface Sending {
  method?: string;
  body?: string;
  /** Without one, the request has a connection of its own. */
  agent?: Agent;
  /** What the response must have. */
  status?: number;
}

/** Sends a request, and resolves to the body of the response. Not by `fetch`, which keeps connections open. */
export async function send(url: string, { method = 'GET', body, agent, status = 200 }: Sending = {}) {
  const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const sent = request(url, { method, agent: agent ?? false, headers: { ...HEADERS, ...length } }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const received = await text(response);
  if (response.statusCode === status) return received;
  throw new Error(`${method} ${url}: ${response.statusCode} in place of ${status}: ${received}`);
}

/**
 * Gets paths in turn with autocannon. All responses by the whole time, so that a pause of the server counts. Rejects
 * unless every response is a 200.
 * @param readCpuMs the CPU time of the server so far.
 */
export async function measureLoad(
  api: string,
  paths: string[],
  plan: Pick<Plan, 'connections' | 'warmUp' | 'load'>,
  readCpuMs = () => NaN,
): Promise<{ perSecond: number; cpuUsPerRequest: number }> {
  await load(api, paths, plan.connections, plan.warmUp);
  const before = readCpuMs();
  const { '2xx': responses, duration } = await load(api, paths, plan.connections, plan.load);
  if (responses === 0) throw new Error(`No response within ${duration} s`);
  return {
    perSecond: responses / duration,
    cpuUsPerRequest: ((readCpuMs() - before) * 1000) / responses,
  };
}

async function load(api: string, paths: string[], connections: number, duration: number) {
  const base = new URL(api).pathname.replace(/\/$/, '');
  const requests = paths.map((path) => ({ path: base + path }));
  const result = await autocannon({
    url: api,
    requests,
    headers: HEADERS,
    connections,
    duration,
    sampleInt: 100,
  });
  const { errors, timeouts, statusCodeStats = {} } = result;
  // autocannon reconnects silently when a server closes a connection. At the end, one request of each is pending.
  const lost = Math.max(0, result.requests.sent - result['2xx'] - result.non2xx - connections);
  if (
    errors > 0 ||
    timeouts > 0 ||
    lost > 0 ||
    Object.keys(statusCodeStats).some((status) => status !== '200')
  ) {
    const statuses = JSON.stringify(statusCodeStats);
    throw new Error(
      `${errors} errors, ${timeouts} timeouts, ${lost} requests without a response, statuses: ${statuses}`,
    );
  }
  return result;
}

/**
 * Creates jobs in batches, and resolves to how many were acknowledged per second. Each batch is deleted, untimed, before
 * the next, so that the number of stored jobs stays about the same.
 */
export async function createsPerSecond(api: string, body: string, plan: Plan): Promise<number> {
  const { batch, warmUpBatches, batches } = plan.creates;
  let ms = 0;
  for (let index = -warmUpBatches; index < batches; index++) {
    const startedAt = performance.now();
    const ids = await createJobs(api, body, batch, plan.connections);
    if (index >= 0) ms += performance.now() - startedAt;
    await concurrently(plan.connections, batch, (index, agent) =>
      send(`${api}${LIST}/${ids[index]}`, { method: 'DELETE', status: 204, agent }),
    );
  }
  return (batch * batches) / (ms / 1000);
}

/** Creates jobs over HTTP, and resolves to their ids. */
export async function createJobs(
  api: string,
  body: string,
  jobs: number,
  connections: number,
): Promise<number[]> {
  const created = await concurrently(connections, jobs, (_, agent) =>
    send(api + LIST, { method: 'POST', body, agent }),
  );
  return created.map((text) => (JSON.parse(text) as { id: number }).id);
}

async function concurrently<T>(
  connections: number,
  count: number,
  action: (index: number, agent: Agent) => Promise<T>,
): Promise<T[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    while (next < count) results.push(await action(next++, agent));
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return results;
}
