import { connect } from 'node:net';
import type { Exchange } from './exchange.js';

const LONGEST_EXCHANGE_IN_MS = 10_000;

/**
 * Sends the bytes of an exchange, and resolves to all that came back when the connection is closed. `settle` resolves
 * when the mock has read what was sent. Rejects when the connection stays open, and when there is none.
 */
export function send(
  port: number,
  { bytes, cuts, leaves }: Exchange,
  settle: () => Promise<void>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    let isConnected = false;
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection was still open after ${LONGEST_EXCHANGE_IN_MS} ms`));
    }, LONGEST_EXCHANGE_IN_MS);
    socket.setNoDelay().setEncoding('latin1');
    socket.on('data', (chunk: string) => (received += chunk));
    // Whether a broken connection is allowed is for the judge to say; that there is none never is.
    socket.on('error', (error) => {
      if (!isConnected) reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    socket.once('connect', () => {
      isConnected = true;
      const writeAndLeave = async () => {
        for (const part of partsOf(bytes, cuts)) {
          await new Promise((written) => socket.write(part, 'latin1', written));
        }
        if (leaves === 'last') return;
        if (leaves !== 'by resetting at once') await settle();
        if (leaves === 'by ending') socket.end();
        // What the mock has ended already can not be reset.
        else if (socket.writable) socket.resetAndDestroy();
        else socket.destroy();
      };
      writeAndLeave().catch(reject);
    });
  });
}

function partsOf(bytes: string, cuts: readonly number[]): string[] {
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  return places.slice(1).flatMap((end, index) => bytes.slice(places[index], end) || []);
}
