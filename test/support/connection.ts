import { connect, type Socket } from 'node:net';
import { BASE, credentials, SMALLEST_REQUEST } from './mock.js';

/** A connection to a server, with all that came on it. */
export interface Connection {
  socket: Socket;
  /** What came so far. */
  received: () => string;
  /** Resolves when what came has the pattern. */
  has: (pattern: RegExp) => Promise<void>;
  /** Resolves when the connection is closed: to what came, and the code of the error that closed it. */
  closed: Promise<{ received: string; error: string | undefined }>;
}

/** Opens a connection, and sends a text on it. */
export function openConnection(url: string, text = ''): Connection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(text));
  let received = '';
  let error: string | undefined;
  socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
  socket.on('error', ({ code }: NodeJS.ErrnoException) => (error = code));
  const closed = new Promise<{ received: string; error: string | undefined }>((resolve) => {
    socket.once('close', () => resolve({ received, error }));
  });
  const has = async (pattern: RegExp) => {
    while (!pattern.test(received)) await new Promise((resolve) => socket.once('data', resolve));
  };
  return { socket, received: () => received, has, closed };
}

/** The text of a call below the base path, with the four headers and those given. */
export function callText(
  method: string,
  path: string,
  { headers = {}, body }: { headers?: Record<string, string>; body?: unknown } = {},
): string {
  const json = body === undefined ? '' : JSON.stringify(body);
  const ofBody = body !== undefined && {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(json)),
  };
  const lines = Object.entries({ Host: 'x', ...credentials(), ...ofBody, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `${method} ${BASE}${path} HTTP/1.1\r\n${lines.join('')}\r\n${json}`;
}

/** The text of a call that creates a job. */
export const createText = (headers?: Record<string, string>) =>
  callText('POST', '/export/jobs', { body: SMALLEST_REQUEST, ...(headers && { headers }) });
