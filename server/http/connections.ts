import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { LONGEST_REQUEST_IN_SECONDS } from '../platform/limits.js';
import { breakOff } from '../pipeline/exchange.js';

interface Connection {
  /** The calls that were not answered yet. */
  readonly unanswered: ServerResponse[];
  /** A call that was answered before it came whole. */
  answeredEarly?: IncomingMessage;
  /** What is to be done when every call that came whole was answered. */
  whenAnswered?: (() => void) | undefined;
}

/** Whether a call on it has not come whole yet. */
function isArriving({ unanswered }: Connection): boolean {
  return unanswered.some(({ req }) => !req.complete);
}

/** The connections of a server, and the calls on each that were not answered yet. */
export class Connections {
  readonly #connections = new Map<Socket, Connection>();
  #closing = false;

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#connections.set(socket, { unanswered: [] });
      socket.once('close', () => this.#connections.delete(socket));
    });
    for (const event of ['request', 'checkExpectation', 'checkContinue'] as const) {
      server.on(event, (req: IncomingMessage, res: ServerResponse) => this.#watch(req, res));
    }
  }

  /** Whether what comes on a connection belongs to a call that was answered before it came whole. */
  isAnswered(socket: Socket): boolean {
    return this.#connections.get(socket)?.answeredEarly?.complete === false;
  }

  /** Whether what comes on a connection belongs to a call that is not answered yet. */
  isArriving(socket: Socket): boolean {
    const connection = this.#connections.get(socket);
    return connection !== undefined && isArriving(connection);
  }

  /** Calls back when every call that came whole on a connection was answered. */
  whenAnswered(socket: Socket, callback: () => void): void {
    const connection = this.#connections.get(socket);
    if (!connection) {
      callback();
      return;
    }
    connection.whenAnswered = callback;
    this.#onAnswered(socket, connection);
  }

  /**
   * Ends the connections on which nothing is under way, at once or as soon as it was answered. A call that is still
   * arriving has as long as any call has.
   */
  close(): void {
    this.#closing = true;
    for (const [socket, connection] of this.#connections) this.#onAnswered(socket, connection);
    setTimeout(() => this.breakOff(isArriving), LONGEST_REQUEST_IN_SECONDS * 1000).unref();
  }

  /** Ends connections whatever is under way on them, and has that recorded nowhere. */
  breakOff(isMeant: (connection: Connection) => boolean = () => true): void {
    for (const [socket, connection] of this.#connections) {
      if (!isMeant(connection)) continue;
      connection.unanswered.forEach(breakOff);
      socket.destroy();
    }
  }

  #watch(req: IncomingMessage, res: ServerResponse): void {
    const { socket } = req;
    const connection = this.#connections.get(socket);
    if (!connection) return;
    connection.unanswered.push(res);
    res.once('close', () => {
      if (!req.complete) connection.answeredEarly = req;
      connection.unanswered.splice(connection.unanswered.indexOf(res), 1);
      this.#onAnswered(socket, connection);
    });
  }

  #onAnswered(socket: Socket, connection: Connection): void {
    const { unanswered, whenAnswered } = connection;
    if (whenAnswered && !unanswered.some(({ req }) => req.complete)) {
      connection.whenAnswered = undefined;
      whenAnswered();
    }
    // What was written last is still to go out.
    else if (this.#closing && unanswered.length === 0) socket.destroySoon();
  }
}
