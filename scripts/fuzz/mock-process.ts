/** The built mock in a process of its own, so that its heap is its own, and its end is noticed. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ORGANISATIONS, SANDBOXES } from './exchanges.js';
import type { Target } from './fuzz.js';

type Question = 'reset' | 'state';
interface State {
  port: number;
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
const EXEC_ARGV = ['--expose-gc', '--import', 'tsx'];
const PINO_ERROR = 50;

export class MockProcess implements Target {
  #child: ChildProcess | undefined;
  #faults: string[] = [];
  #port = 0;

  async port(): Promise<number> {
    if (!this.#child) await this.ask('state');
    return this.#port;
  }

  async reset(): Promise<void> {
    await this.ask('reset');
  }

  /** Starts the process if there is none. */
  async ask(question: Question): Promise<State> {
    const child = (this.#child ??= this.#start());
    const controller = new AbortController();
    const { signal } = controller;
    child.send(question);
    try {
      const ended = once(child, 'exit', { signal }).then(() => [undefined]);
      const [state] = (await Promise.race([once(child, 'message', { signal }), ended])) as [
        State | undefined,
      ];
      ended.catch(() => undefined);
      if (!state) throw new Error('the mock has ended');
      this.#port = state.port;
      return state;
    } finally {
      controller.abort();
    }
  }

  faults(): string[] {
    return this.#faults.splice(0);
  }

  stop(): void {
    this.#child?.kill();
  }

  #start(): ChildProcess {
    const child = fork(PROGRAM, { execArgv: EXEC_ARGV, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    let rest = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      // Each line of the log is JSON of the mock's own, whatever is sent, and none reports an error.
      const wrong = lines.filter((line) => levelIn(line) >= PINO_ERROR);
      this.#faults.push(...wrong.map((line) => `the mock has logged ${line.slice(0, 2000)}`));
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      this.#faults.push(`the mock has ended (${code ?? signal})`);
    });
    return child;
  }
}

/** As high as can be if it is no line of the log. */
function levelIn(line: string): number {
  try {
    return (JSON.parse(line) as { level: number }).level;
  } catch {
    return Infinity;
  }
}

if (process.argv[1] === PROGRAM) {
  const { createMockServer } = (await import(BUILT_PACKAGE)) as {
    createMockServer: (options: object) => Promise<Mock>;
  };
  const options = { memory: true, newMs: 1, processingMs: 1, randomSeed: 1, logLevel: 'info' };
  const mock = await createMockServer(options);
  const port = Number(new URL(await mock.listen()).port);
  process.on('message', (question: Question) => {
    const sandboxes = question === 'reset' ? ORGANISATIONS : [];
    const resets = sandboxes.flatMap((org) => SANDBOXES.map((name) => mock.sandbox({ org, name }).reset()));
    void Promise.all(resets).then(() => {
      gc?.();
      const { contractViolations } = mock.health();
      process.send?.({ port, heapInBytes: process.memoryUsage().heapUsed, contractViolations });
    });
  });
}
