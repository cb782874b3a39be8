import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { runCommandLine } from '../../cli/command-line.js';
import { createMockServer, type MockServer } from '../../server/mock-server.js';

/** A command line that was run in this process, which spares the start of another. */
export interface Ran {
  /** The exit code, if the command has ended. */
  code: number;
  out: string;
  error: string;
  /** What it started, if it did. */
  mock: MockServer | undefined;
  /** Sends it a signal, and resolves to the exit code of its end. */
  signal: (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => Promise<number>;
}

/** Runs a command line to the end, or until its mock listens. It logs nothing, and no environment of this process is heeded. */
export async function runCommand(
  args: string[],
  env: Record<string, string> = {},
  {
    input = '',
    workingDirectory = tmpdir(),
    signals = new EventEmitter(),
    createMock = createMockServer,
  }: {
    input?: string;
    workingDirectory?: string;
    signals?: EventEmitter;
    createMock?: typeof createMockServer;
  } = {},
): Promise<Ran> {
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (exit = resolve));
  const ran: Ran = {
    code: 0,
    out: '',
    error: '',
    mock: undefined,
    signal: (name) => {
      signals.emit(name, name);
      return exited;
    },
  };
  const environment = { CI: 'true', AEP_MOCK_LOG_LEVEL: 'silent', ...env };
  // Commander reads the values of variables from the process.
  const before = process.env;
  process.env = environment;
  ran.code = await runCommandLine(args, {
    environment,
    workingDirectory,
    print: (text, end = '\n') => (ran.out += text + end),
    printOn: (line) => (ran.out += `${line}\n`),
    tell: (text) => (ran.error += `${text}\n`),
    warn: (text) => (ran.error += `${text}\n`),
    readInput: () => Promise.resolve(input),
    signals: signals as unknown as NodeJS.Process,
    isInTerminal: false,
    exit,
    createMock: async (options) => (ran.mock = await createMock(options)),
  }).finally(() => (process.env = before));
  return ran;
}
