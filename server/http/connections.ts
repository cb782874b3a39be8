import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LONGEST_REQUEST_IN_SECONDS } from '../domain/limits.js';

/** The connections of a server, and the calls on each that were not answered yet. */
export class Connections {
  readonly #unanswered = new Map<Socket, Set<IncomingMessage>>();
  readonly #latest = new WeakMap<Socket, IncomingMessage>();
  readonly #waiting = new Map<Socket, () => void>();
  #closing = false;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#unanswered.set(socket, new Set());
      socket.once('close', () => {
        this.#unanswered.delete(socket);
        this.#waiting.delete(socket);
      });
    });
    for (const event of ['request', 'checkExpectation', 'checkContinue'] as const) {
      server.on(event, (req: IncomingMessage, res: ServerResponse) => {
        const { socket } = req;
        this.#unanswered.get(socket)?.add(req);
        this.#latest.set(socket, req);
        res.once('close', () => {
          this.#unanswered.get(socket)?.delete(req);
          this.#onAnswered(socket);
        });
      });
    }
  }

  /** Whether what comes on a connection belongs to a call that was answered before it came whole. */
  isAnswered(socket: Socket): boolean {
    const latest = this.#latest.get(socket);
    return latest?.complete === false && !this.#unanswered.get(socket)?.has(latest);
  }

  /** Calls back when every call that came whole on a connection was answered. */
  whenAnswered(socket: Socket, callback: () => void): void {
    this.#waiting.set(socket, callback);
    this.#onAnswered(socket);
  }

  /**
   * Ends the connections on which nothing is under way, at once or as soon as it was answered. A call that is still
   * arriving has as long as any call has.
   */
  close(): void {
    this.#closing = true;
    for (const socket of this.#unanswered.keys()) this.#onAnswered(socket);
    setTimeout(() => {
      for (const [socket, calls] of this.#unanswered) {
        if ([...calls].some(({ complete }) => !complete)) socket.destroy();
      }
    }, LONGEST_REQUEST_IN_SECONDS * 1000).unref();
  }

  #onAnswered(socket: Socket): void {
    const calls = this.#unanswered.get(socket) ?? new Set();
    const callback = this.#waiting.get(socket);
    if (callback && ![...calls].some(({ complete }) => complete)) {
      this.#waiting.delete(socket);
      callback();
    }
    // What was written last is still to go out.
    else if (this.#closing && calls.size === 0) socket.destroySoon();
  }
}
