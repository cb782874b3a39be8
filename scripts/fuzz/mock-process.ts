/** The built mock in a process of its own, so that its heap is its own, and its end is noticed. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Target } from './fuzz.js';
import { ORGANISATIONS, SANDBOXES } from './exchanges.js';

export interface State {
  /** What is left after a collection. */
  heapInBytes: number;
  contractViolations: number;
}

interface Mock {
  listen(): Promise<string>;
  sandbox(name: { org: string; name: string }): { reset(): Promise<void> };
  health(): { contractViolations: number };
}

/** The package itself, as whoever installs it imports it. Not a literal: types are checked before it is built. */
const BUILT_PACKAGE = 'aep-export-jobs-mock' as string;
const PROGRAM = fileURLToPath(import.meta.url);
const PINO_ERROR = 50;
const MAX_SHOWN = 2000;

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
    await this.#ask('reset');
  }

  async state(): Promise<State> {
    await this.port();
    return (await this.#ask('state')) as State;
  }

  faults(): string[] {
    return this.#faults.splice(0);
  }

  stop(): void {
    this.#child?.kill();
  }

  async #start(): Promise<void> {
    const execArgv = ['--expose-gc', '--import', 'tsx'];
    const child = fork(PROGRAM, { execArgv, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
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
    this.#port = (await this.#message(child)) as number;
  }

  #ask(question: 'reset' | 'state'): Promise<unknown> {
    if (!this.#child) return Promise.reject(new Error('the mock has ended'));
    const message = this.#message(this.#child);
    this.#child.send(question);
    return message;
  }

  async #message(child: ChildProcess): Promise<unknown> {
    const controller = new AbortController();
    const { signal } = controller;
    const ended = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the mock has ended')));
    const [message] = (await Promise.race([once(child, 'message', { signal }), ended])) as [
      { value: unknown },
    ];
    ended.catch(() => undefined);
    controller.abort();
    return message.value;
  }

  /** Each line of the log is JSON of the mock's own, whatever is sent, and none reports an error. */
  #readLog(line: string): void {
    try {
      const { level, msg } = JSON.parse(line) as { level: number; msg: string };
      if (level >= PINO_ERROR)
        this.#faults.push(`the mock has logged an error: ${msg} ${line.slice(0, MAX_SHOWN)}`);
    } catch {
      this.#faults.push(`the mock has written ${line.slice(0, MAX_SHOWN)}`);
    }
  }
}

async function serve(): Promise<void> {
  const { createMockServer } = (await import(BUILT_PACKAGE)) as {
    createMockServer: (options: object) => Promise<Mock>;
  };
  const options = { memory: true, newMs: 1, processingMs: 1, randomSeed: 1, logLevel: 'info' };
  const mock = await createMockServer(options);
  const reply = async (question: 'reset' | 'state') => {
    if (question === 'reset') {
      for (const org of ORGANISATIONS)
        for (const name of SANDBOXES) await mock.sandbox({ org, name }).reset();
      return undefined;
    }
    gc?.();
    return {
      heapInBytes: process.memoryUsage().heapUsed,
      contractViolations: mock.health().contractViolations,
    };
  };
  process.on('message', (question: 'reset' | 'state') => {
    void reply(question).then((value) => process.send?.({ value }));
  });
  process.send?.({ value: Number(new URL(await mock.listen()).port) });
}

if (process.argv[1] === PROGRAM) await serve();
