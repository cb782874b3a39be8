import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import spawn from 'cross-spawn';
import type { Surroundings } from './surroundings.js';
import type { Environment } from './flags.js';

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
/** Those that a terminal sends to all that runs in it. */
const OF_A_TERMINAL: readonly PassedOn[] = ['SIGINT', 'SIGQUIT'];
type PassedOn = (typeof PASSED_ON)[number];

const NOT_STARTABLE = 126;
const NOT_FOUND = 127;
const BY_SIGNAL = 128;

export interface ChildCommand extends Pick<Surroundings, 'tell' | 'signals' | 'isInTerminal'> {
  command: readonly string[];
  environment: Environment;
}

/** How long a command that was signalled may take to end, and then what it has started. In milliseconds. */
export interface Patience {
  command: number;
  rest: number;
}

export const PATIENCE: Patience = { command: 5000, rest: 1000 };

/**
 * Runs a command with the standard streams of this process, and resolves to its exit code as a shell has it. Signals are
 * passed on to it and all that it has started; what has not ended by then is killed.
 */
export async function runCommand(child: ChildCommand, patience = PATIENCE): Promise<number> {
  try {
    return await startAndWait(child, patience);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    child.tell(`${child.command[0]} can not be started: ${reasonOf(error as NodeJS.ErrnoException)}.`);
    return code === 'ENOENT' ? NOT_FOUND : NOT_STARTABLE;
  }
}

function reasonOf({ code, errno, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such command';
  const [, words] = getSystemErrorMap().get(errno ?? 0) ?? [];
  return words === undefined ? message : `${words} (${code})`;
}

/** Rejects when it can not be started. */
async function startAndWait(child: ChildCommand, patience: Patience): Promise<number> {
  const { command, environment, signals, isInTerminal } = child;
  const [file = '', ...parameters] = command;
  // Windows has no process groups. What is detached would open a window there.
  const hasGroup = !isInTerminal && process.platform !== 'win32';
  // Node itself finds no `npm` on Windows, which has it as a file for its shell.
  const started = spawn(file, parameters, { stdio: 'inherit', env: environment, detached: hasGroup });
  const group = new StartedGroup(started, hasGroup, patience);
  const pass = (signal: PassedOn) => group.pass(signal, isInTerminal && OF_A_TERMINAL.includes(signal));
  for (const signal of PASSED_ON) signals.on(signal, pass);
  try {
    const code = await ended(started);
    await group.end();
    return code;
  } finally {
    for (const signal of PASSED_ON) signals.off(signal, pass);
  }
}

function ended(started: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    started.once('error', reject);
    started.once('exit', (code, signal) => {
      resolve(code ?? BY_SIGNAL + (signal ? constants.signals[signal] : 0));
    });
  });
}

/** A command with all that it has started, as far as that has not left its process group. */
class StartedGroup {
  #wasSignalled = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly started: ChildProcess,
    private readonly hasGroup: boolean,
    private readonly patience: Patience,
  ) {}

  /** @param isHeard whether it has the signal already */
  pass(signal: PassedOn, isHeard: boolean): void {
    this.#wasSignalled = true;
    this.#deadline ??= setTimeout(() => this.#send('SIGKILL'), this.patience.command);
    if (!isHeard) this.#send(signal);
  }

  /** To be called when the command itself has ended: what it has left is ended as well, if it was signalled. */
  async end(): Promise<void> {
    clearTimeout(this.#deadline);
    if (!this.#wasSignalled || !this.hasGroup) return;
    const latest = performance.now() + this.patience.rest;
    while (this.#send(0) && performance.now() < latest) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#send('SIGKILL');
  }

  /** Sends a signal, and says whether there is still something that gets it. */
  #send(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.started;
    if (pid === undefined) return false;
    try {
      return this.hasGroup ? process.kill(-pid, signal) : this.started.kill(signal);
    } catch {
      return false;
    }
  }
}
