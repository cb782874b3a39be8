import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ORGANISATIONS, SANDBOXES } from './credentials.js';
import type { Target } from './fuzz.js';

export type Question = { ask: 'reset'; sandboxes: { org: string; name: string }[] } | { ask: 'state' };

export interface State {
  /** What is left after a collection. */
  heapInBytes: number;
  contractViolations: number;
}

const PROGRAM = fileURLToPath(new URL('mock-process.ts', import.meta.url));
const PINO_ERROR = 50;
const MOST_OF_OUTPUT = 2000;

/** The built mock in a process of its own, so that its heap is its own, and its end is seen. */
export class MockProcess implements Target {
  #child: ChildProcess | undefined;
  #port = 0;
  #faults: string[] = [];

  async port(): Promise<number> {
    if (!this.#child) await this.#start();
    return this.#port;
  }

  async reset(): Promise<void> {
    await this.port();
    const sandboxes = ORGANISATIONS.flatMap((org) => SANDBOXES.map((name) => ({ org, name })));
    await this.#ask({ ask: 'reset', sandboxes });
  }

  async state(): Promise<State> {
    await this.port();
    return (await this.#ask({ ask: 'state' })) as State;
  }

  faults(): string[] {
    return this.#faults.splice(0);
  }

  stop(): void {
    this.#child?.kill();
  }

  async #start(): Promise<void> {
    const child = fork(PROGRAM, {
      execArgv: ['--expose-gc', '--import', 'tsx'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.#child = child;
    let line = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (line + chunk).split('\n');
      line = lines.pop() ?? '';
      for (const text of lines) this.#readLog(text);
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      this.#faults.push(`the mock has ended (${code ?? signal})`);
    });
    this.#port = (await this.#told(child)) as number;
  }

  #ask(question: Question): Promise<unknown> {
    if (!this.#child) return Promise.reject(new Error('the mock has ended'));
    const told = this.#told(this.#child);
    this.#child.send(question);
    return told;
  }

  async #told(child: ChildProcess): Promise<unknown> {
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the mock has ended')));
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [
      { told: unknown },
    ];
    ended.catch(() => undefined);
    answered.abort();
    return message.told;
  }

  /** Each line of the log is JSON of the mock's, whatever callers send, and none tells of a failure. */
  #readLog(line: string): void {
    try {
      const { level, msg } = JSON.parse(line) as { level: number; msg: string };
      if (level < PINO_ERROR) return;
      this.#faults.push(`the mock has logged an error: ${msg} ${line.slice(0, MOST_OF_OUTPUT)}`);
    } catch {
      this.#faults.push(`the mock has written ${line.slice(0, MOST_OF_OUTPUT)}`);
    }
  }
}
