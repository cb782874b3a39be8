import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { call } from './http-call.js';

const LONGEST_START_IN_MS = 60_000;
const POLL_IN_MS = 2;
const BYTES_PER_KIB = 1024;

/** A server that `node` runs. */
export class ServerProcess {
  readonly origin: string;
  /** From when it was spawned. */
  msToHealthy = 0;
  readonly #child: ChildProcess;
  readonly #spawnedAt = performance.now();
  readonly #killAtExit = () => this.#child.kill('SIGKILL');

  /**
   * Starts it, and waits until a GET of a path is answered with 200.
   * @param program what `node` is given, by the port.
   */
  static async start(program: (port: number) => string[], healthPath: string): Promise<ServerProcess> {
    const port = await freePort();
    const server = new ServerProcess(program(port), port);
    try {
      server.msToHealthy = await server.msToAnswer(healthPath);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private constructor(program: string[], port: number) {
    this.origin = `http://127.0.0.1:${port}`;
    // Nothing of the caller's environment changes what is measured, and what it prints costs it a write, as it would
    // elsewhere, and this process nothing.
    this.#child = spawn(process.execPath, program, { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
    // Before what it may write to is removed.
    process.prependOnceListener('exit', this.#killAtExit);
  }

  /** Resolves, once a GET of a path is answered with 200, to the milliseconds since it was spawned. */
  async msToAnswer(path: string): Promise<number> {
    while (performance.now() - this.#spawnedAt < LONGEST_START_IN_MS) {
      if (this.#hasEnded())
        throw new Error(`It ended before it answered: node ${this.#child.spawnargs.slice(1).join(' ')}`);
      const answer = await call('GET', this.origin + path).catch(() => undefined);
      if (answer?.status === 200) return performance.now() - this.#spawnedAt;
      await sleep(POLL_IN_MS);
    }
    throw new Error(`It did not answer 200 to ${path}: node ${this.#child.spawnargs.slice(1).join(' ')}`);
  }

  /** Resolves to its resident set, in bytes. */
  async memory(): Promise<number> {
    const kib = Number(
      process.platform === 'linux' ? await this.#residentByProc() : await this.#residentByPs(),
    );
    if (!(kib > 0)) throw new Error('Its memory can not be read.');
    return kib * BYTES_PER_KIB;
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

  async #residentByProc(): Promise<string | undefined> {
    return /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${this.#child.pid}/status`, 'utf8'))?.[1];
  }

  async #residentByPs(): Promise<string> {
    return (await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(this.#child.pid)])).stdout;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
