/** Messages of HTTP as bytes on a connection, a character each. */
import { connect } from 'node:net';

/** What the contract, or HTTP, allows as the response to one message. */
export interface Expected {
  /** Whose declared responses it has to be among. Without it, any operation's, or an error that belongs to none. */
  operation?: string;
  statuses: readonly number[];
  /** A response to HEAD has no body. */
  isHead?: boolean;
  /** The `x-request-id` that has to come back. */
  requestId?: string;
  /** What was asked for, which the created job has to hold. */
  asked?: object;
  /** The connection may be closed in place of a response. */
  mayBeMissing?: boolean;
}

/** What is sent on one connection, and what may come back. */
export interface Exchange {
  kind: string;
  bytes: string;
  /** Where the bytes are cut into several writes. */
  cuts: readonly number[];
  /** `last`: not before the mock has closed; else once the mock has read what was sent, or `at once`. */
  leaves: 'last' | 'by ending' | 'by resetting' | 'by resetting at once';
  /** In order. `any`: whatever responses the contract allows, but no failure. */
  expected: readonly Expected[] | 'any';
}

export type Header = readonly [name: string, value: string];

export interface Message {
  method: string;
  target: string;
  version?: string;
  headers: readonly Header[];
  body?: string;
}

export interface Response {
  status: number;
  /** Names in lower case, each as often as it came. */
  headers: [name: string, value: string][];
  body: string;
}

const MAX_EXCHANGE_MS = 10_000;

export function toBytes({ method, target, version = 'HTTP/1.1', headers, body = '' }: Message): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} ${version}\r\n${lines.join('')}\r\n${body}`;
}

/** The bytes of a text's UTF-8, a character each. */
export const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/**
 * Sends the bytes of an exchange, and resolves to everything that came back when the connection is closed. `settle`
 * resolves when the mock has read what was sent. Rejects when the connection stays open, and when there is none.
 */
export function send(
  port: number,
  { bytes, cuts, leaves }: Exchange,
  settle: () => Promise<void>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection was still open after ${MAX_EXCHANGE_MS} ms`));
    }, MAX_EXCHANGE_MS);
    socket.on('data', (chunk: string) => (received += chunk));
    // Whether a broken connection is allowed is for the judge to say; that there is none never is.
    socket.on('error', (error) => {
      if ('syscall' in error && error.syscall === 'connect') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    const writeAndLeave = async () => {
      const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
      for (const [index, end] of places.slice(1).entries()) {
        const part = bytes.slice(places[index], end);
        if (part !== '') await new Promise((written) => socket.write(part, 'latin1', written));
      }
      if (leaves === 'last') return;
      if (leaves !== 'by resetting at once') await settle();
      if (leaves === 'by ending') socket.end();
      // What the mock has ended already cannot be reset.
      else if (socket.writable) socket.resetAndDestroy();
      else socket.destroy();
    };
    socket.once('connect', () => void writeAndLeave().catch(reject));
  });
}

/** Reads what came on a connection. Throws when it is not whole responses. `isHead` says what the index-th is to. */
export function parseResponses(received: string, isHead: (index: number) => boolean): Response[] {
  const responses: Response[] = [];
  let rest = received;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) throw new Error('what came is no whole response');
    const [start = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) [\w -]+$/.exec(start)?.[1] ?? NaN);
    if (Number.isNaN(status)) throw new Error(`what came has no status line: ${JSON.stringify(start)}`);
    const headers = lines.map((line): [string, string] => {
      const [, name, value = ''] = /^([\w-]+): (.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`what came has a malformed header: ${JSON.stringify(line)}`);
      return [name.toLowerCase(), value];
    });
    rest = rest.slice(end + 4);
    if (status === 100) continue;
    const declared = headers.find(([name]) => name === 'content-length')?.[1];
    const hasBody = status !== 204 && !isHead(responses.length);
    if (hasBody && declared === undefined) throw new Error('the response has no Content-Length');
    const length = hasBody ? Number(declared) : 0;
    if (rest.length < length) throw new Error('what came is shorter than its Content-Length');
    responses.push({ status, headers, body: rest.slice(0, length) });
    rest = rest.slice(length);
  }
  return responses;
}
