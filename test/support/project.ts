import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, type Ran } from './command.js';
import { runCli, type Run } from './run-cli.js';

/** What a command that has ended printed, and how it ended. */
export interface Ended {
  code: number | null;
  out: string;
  error: string;
}

/** A project of its own, in which mocks are started and verbs are called. */
export class Project {
  readonly #mocks: Run[] = [];
  readonly #mocksHere: Ran[] = [];

  private constructor(readonly folder: string) {}

  static async make(): Promise<Project> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
    // What is written for the project is then written in it.
    await mkdir(join(folder, 'node_modules'));
    return new Project(folder);
  }

  /** Starts a mock on a free port, with its clocks going, and resolves to it and its address once it listens. */
  async start(args: string[] = [], env: Record<string, string> = {}): Promise<Run & { url: string }> {
    const mock = runCli(['--port', '0', '--log-level', 'warn', ...args], env, { cwd: this.folder });
    this.#mocks.push(mock);
    const [, url = ''] = await mock.printed(/Listening on (http:\S+)\/data\/core\/ups\n[^]*Docs: /);
    return { ...mock, url };
  }

  /** Starts one in this process, and resolves to what it printed, and its address. */
  async startHere(args: string[] = []): Promise<Ran & { url: string }> {
    const ran = await runCommand(['--port', '0', ...args], {}, { workingDirectory: this.folder });
    if (!ran.mock) throw new Error(ran.error);
    this.#mocksHere.push(ran);
    return { ...ran, url: ran.mock.url };
  }

  /** Runs a verb to its end, in this process: not two at a time, as each is given its environment. */
  async verb(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    const { code, out, error } = await runCommand(args, env, { workingDirectory: this.folder });
    return { code, out, error };
  }

  /** Runs a verb to its end, in a process of its own. */
  async verbProcess(args: string[], env: Record<string, string> = {}, input?: string): Promise<Ended> {
    const { exited, stdout, stderr } = runCli(args, env, { cwd: this.folder, input });
    const code = await exited;
    return { code, out: stdout(), error: stderr() };
  }

  async remove(): Promise<void> {
    for (const { child } of this.#mocks) child.kill('SIGKILL');
    await Promise.all(this.#mocks.map(({ exited }) => exited));
    await Promise.all(this.#mocksHere.map(({ signal }) => signal('SIGTERM')));
    await rm(this.folder, { recursive: true });
  }
}
