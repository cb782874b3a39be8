#!/usr/bin/env node
import { text as textOf } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import { runCommandLine } from './command-line.js';

function print(text: string, end = '\n'): void {
  // Who reads it may have had enough before its end, as `head` has.
  const fail = ({ code, message }: NodeJS.ErrnoException) => {
    if (code !== 'EPIPE') console.error(message);
    process.exit(code === 'EPIPE' ? 0 : 1);
  };
  process.stdout.once('error', fail).write(text + end);
}

function printOn(line: string): void {
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => undefined);
  process.stdout.write(`${line}\n`);
}

// There is nobody left to be told of it.
process.stderr.on('error', () => undefined);

const isInTerminal = process.stdin.isTTY;
process.on('exit', () => {
  // Node aborts, and may leave a core dump, when it ends after its terminal is gone.
  if (isInTerminal && !isatty(process.stdin.fd)) process.kill(process.pid, 'SIGKILL');
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  environment: process.env,
  workingDirectory: process.cwd(),
  print,
  printOn,
  tell: (line) => console.error(line),
  warn: (line, level) => void import('../server/log.js').then(({ createLog }) => createLog(level).warn(line)),
  readInput: () => textOf(process.stdin),
  signals: process,
  isInTerminal,
  exit: (code) => process.exit(code),
  // Loaded when it is needed, as no verb needs it: most of the time that the command takes to load is for it.
  createMock: async (options) => (await import('../server/mock-server.js')).createMockServer(options),
});
