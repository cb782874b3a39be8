import type { Socket } from 'node:net';
import type { Response } from 'express';
import type { Logger } from 'pino';
import type { components } from '../../generated/control.js';
import { exchangeOf } from '../pipeline/exchange.js';
import { finish, send, type Delivery } from '../pipeline/reply.js';

/** Sends an answer whole, whatever the contract says of it. */
export const UNCHECKED: Delivery = { isChecked: false, send };

/** Sends status and headers of an answer without its body. One that has none, as every 204, goes out as it is. */
export const EMPTIED: Delivery = {
  isChecked: true,
  broken({ status, headers, text }) {
    return {
      status,
      headers: text === undefined ? headers : { ...headers, 'Content-Length': 0 },
      text: undefined,
    };
  },
  send,
};

/**
 * Sends the headers of an answer and half of its body, and closes the connection. What has no body to send, as every 204
 * and what answers HEAD, goes out as it is, and the connection is closed behind it.
 */
export const TRUNCATED: Delivery = {
  isChecked: true,
  broken: ({ status, headers, text }) => ({
    status,
    headers,
    text: text?.slice(0, Math.floor(text.length / 2)),
  }),
  closes: true,
  send(res, { status, headers, text }) {
    // By then the response may have let go of it.
    const { socket } = res.req;
    const close = () => socket.destroySoon();
    res.writeHead(status, headers);
    if (text === undefined || exchangeOf(res).method === 'HEAD') res.end(close);
    else res.write(text, close);
  },
};

/** Sends what a fault has, and of our own only what HTTP needs to find its end: not even what lets browsers read it. */
export function raw({ status, headers = {}, body = '' }: components['schemas']['RawEffect']): Delivery {
  const saysWhereItEnds = Object.keys(headers).some((name) =>
    /^(content-length|transfer-encoding)$/i.test(name),
  );
  // RFC 9110, section 8.6.
  const mayNotSay = status === 204 || status === 304;
  const length = saysWhereItEnds || mayNotSay ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return {
    isChecked: false,
    broken: () => ({ status, headers: { ...headers, ...length }, text: body }),
    send(res, answer) {
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      send(res, answer);
    },
  };
}

/** Resets the connection of a call in place of an answer, once the answers to earlier calls on it are out. */
export function cutOff(res: Response, log: Logger): void {
  if (res.socket) reset(res.socket);
  else res.once('socket', reset);
  finish(log, exchangeOf(res), undefined);
}

function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    // Only TCP can be reset: where the mock is mounted behind something else, the connection is closed.
    socket.destroy();
  }
}
