import { EventEmitter, once } from 'node:events';
import { constants } from 'node:os';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand } from '../../cli/child-command.js';

let server: Server;
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});

/** Runs code in a process that has a `socket` to this one, and gives the other end of it. */
async function run(code: string, isInTerminal: boolean) {
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const signals = new EventEmitter();
  const ended = runCommand(
    {
      command: [process.execPath, '-e', `const socket = require('net').connect(${port}); ${code}`],
      environment: process.env,
      tell: (line) => {
        throw new Error(line);
      },
      signals: signals as unknown as NodeJS.Process,
      isInTerminal,
    },
    { command: isInTerminal ? 10_000 : 50, rest: 50 },
  );
  const [socket] = await connected;
  socket.on('error', () => undefined);
  return { ended, signals, socket };
}

test('a command that does not heed a signal is killed', async () => {
  const { ended, signals } = await run(`process.on('SIGTERM', () => 0)`, false);
  signals.emit('SIGTERM', 'SIGTERM');
  expect(await ended).toBe(128 + constants.signals.SIGKILL);
  expect(signals.eventNames()).toEqual([]);
});

test('in a terminal, which signals by itself, Ctrl-C is not passed on, and other signals are', async () => {
  const code = `socket.on('data', () => process.exit(5))`;
  const interrupted = await run(code, true);
  interrupted.signals.emit('SIGINT', 'SIGINT');
  interrupted.socket.write('end');
  expect(await interrupted.ended).toBe(5);

  const ended = await run(code, true);
  ended.signals.emit('SIGTERM', 'SIGTERM');
  expect(await ended.ended).toBe(128 + constants.signals.SIGTERM);
});
