import { execFile, spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

/** Longer than a first `npm install` takes on a slow network. */
const MAX_RUN_MS = 300_000;
const MAX_START_MS = 60_000;

/** Runs a program to its end, and resolves to what it printed on standard output. Rejects with all it printed. */
export async function run(
  program: string,
  parameters: string[],
  folder: string,
  env = process.env,
): Promise<string> {
  const running = promisify(execFile)(program, parameters, { cwd: folder, env, timeout: MAX_RUN_MS });
  const killAtExit = () => running.child.kill();
  process.prependOnceListener('exit', killAtExit);
  try {
    return (await running).stdout;
  } catch (error) {
    const { message, stdout = '' } = error as Error & { stdout?: string };
    throw new Error([message.trim(), stdout.trim()].join('\n'), { cause: error });
  } finally {
    process.off('exit', killAtExit);
  }
}

/** A program that runs until it is told to stop, with whatever it starts. */
export class Command {
  readonly #child: ChildProcess;
  readonly #end: Promise<number | null>;
  readonly #killAtExit = () => this.#killAll();
  #output = '';

  constructor(program: string, parameters: string[], folder: string, env = process.env) {
    // Detached, it leads a process group of its own, which is signalled as a terminal does it.
    this.#child = spawn(program, parameters, {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.prependOnceListener('exit', this.#killAtExit);
    this.#end = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', resolve);
    });
    for (const stream of this.#streams) {
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    }
  }

  get #streams(): Readable[] {
    return [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
  }

  /** What it has printed so far, on standard output and on standard error. */
  get output(): string {
    return this.#output;
  }

  /** Resolves to the match once it has printed something, or has already. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const fail = (what: string) =>
        reject(new Error(`${what} before it printed ${pattern}: ${this.#output}`));
      const timer = setTimeout(() => fail(`${MAX_START_MS / 1000} s passed`), MAX_START_MS);
      const look = () => {
        const match = pattern.exec(this.#output);
        if (!match) return;
        clearTimeout(timer);
        resolve(match);
      };
      for (const stream of this.#streams) stream.on('data', look);
      look();
      this.#end.then(() => fail('it ended'), reject).finally(() => clearTimeout(timer));
    });
  }

  signal(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, name);
  }

  /** Resolves, when all that it started has ended too, to its exit code: null when a signal ended it. */
  ended(): Promise<number | null> {
    return this.#end;
  }

  /** Ends it by force, if it has not ended. */
  async kill(): Promise<void> {
    this.#killAll();
    await this.#end.catch(() => null);
    process.off('exit', this.#killAtExit);
  }

  #killAll(): void {
    try {
      this.signal('SIGKILL');
    } catch {
      // All of it has ended.
    }
  }
}
