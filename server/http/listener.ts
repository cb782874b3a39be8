import { once } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import {
  headersTooLarge,
  messageMalformed,
  methodNotAllowed,
  requestTimedOut,
  type ApiError,
} from '../platform/errors.js';
import { LARGEST_HEADERS_IN_BYTES, LONGEST_REQUEST_IN_SECONDS } from '../platform/limits.js';
import type { App } from './app.js';
import { Connections } from './connections.js';
import { CROSS_ORIGIN_HEADERS } from './cross-origin.js';
import type { Checked } from '../pipeline/reply.js';
import { isCall, type Refusal, type UnreadableMessage } from './malformed-requests.js';

const limits = (longestRequestInMs: number) => ({
  // Node refuses what reaches its limit.
  maxHeaderSize: LARGEST_HEADERS_IN_BYTES + 1,
  requestTimeout: longestRequestInMs,
  headersTimeout: longestRequestInMs,
  connectionsCheckingInterval: longestRequestInMs / 6,
  // The app refuses a missing Host itself, in the catalogue's form.
  requireHostHeader: false,
});

export interface ListenerParts {
  /** Calls are handed to it, as messages of its own classes if it has any. */
  app: RequestListener & Partial<Pick<App, 'messages'>>;
  makeRequestId: () => string;
  checked: Checked;
  log: Logger;
  /** The methods that there are. */
  methods: string[];
  /** Records what can not be read and is a call all the same. */
  recordRefusal?: (refusal: Refusal) => void;
  /** Whether browsers may read from any origin what is refused here. */
  crossOrigin: boolean;
}

/** Listens for HTTP and hands what can be read of it to an app. What can't be is refused in the catalogue's form. */
export class Listener {
  readonly #server: Server;
  readonly #connections: Connections;

  constructor(
    private readonly parts: ListenerParts,
    private readonly longestRequestInMs = LONGEST_REQUEST_IN_SECONDS * 1000,
  ) {
    this.#server = createServer({ ...limits(longestRequestInMs), ...parts.app.messages }, parts.app);
    // Beyond a number of headers, Node would drop the others and say nothing. Their size is limited already.
    this.#server.maxHeadersCount = 0;
    this.#connections = new Connections(this.#server);
    this.#server.on('clientError', (error, socket) => this.#refuseMessage(error, socket as Socket));
    // The app refuses what is not known, and lets a body come once it wants one.
    this.#server.on('checkExpectation', parts.app);
    this.#server.on('checkContinue', parts.app);
    this.#server.on('connect', (_req: IncomingMessage, socket) => {
      // Node has let go of the connection: nobody else hears of its errors, or passes over what comes on it.
      socket.on('error', () => undefined).resume();
      this.#connections.whenAnswered(socket as Socket, () => {
        this.#refuse(socket as Socket, methodNotAllowed('CONNECT', parts.methods.join(', ')));
      });
    });
  }

  /** The address listened on, without a slash at the end. Throws when it does not listen. */
  get url(): string {
    const address = this.#server.address() as AddressInfo | null;
    if (!address) throw new Error('The mock does not listen: call listen() first.');
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Resolves to `url` when it listens; rejects with Node's error when it can't. */
  async listen(port: number, host: string): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return this.url;
  }

  /** Takes no more calls, finishes those under way, and resolves when all are done. */
  close(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#connections.close();
    return closed;
  }

  /** Finishes nothing of what is under way any more. */
  breakOff(): void {
    this.#connections.breakOff();
  }

  #refuseMessage(message: UnreadableMessage, socket: Socket): void {
    if (this.#connections.isAnswered(socket)) {
      this.#end(socket);
      return;
    }
    // A call of which a part has come already is recorded as such.
    const isRecorded = isCall(message) && !this.#connections.isArriving(socket);
    // The answers to earlier calls on the connection come first (RFC 9112, section 9.3.2).
    this.#connections.whenAnswered(socket, () => {
      this.#refuse(socket, refusalOf(message), isRecorded ? message : undefined);
    });
  }

  /** @param recorded what is recorded with the answer, if anything */
  #refuse(socket: Socket, error: ApiError, recorded?: UnreadableMessage): void {
    if (!socket.writable) return;
    const { makeRequestId, checked, log, crossOrigin, recordRefusal } = this.parts;
    const requestId = makeRequestId();
    const { status, headers, body } = checked({ requestId }, error.answer(requestId));
    log.info({ requestId, status }, `refused: ${error.message}`);
    const json = JSON.stringify(body);
    const sent = {
      ...headers,
      ...(crossOrigin && CROSS_ORIGIN_HEADERS),
      Connection: 'close',
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(json),
    };
    if (recorded) {
      recordRefusal?.({ message: recorded, error, requestId, answer: { status, headers: sent, text: json } });
    }
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}`);
    this.#end(socket, [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', json].join('\r\n'));
  }

  #end(socket: Socket, text = ''): void {
    if (!socket.writable) return;
    socket.end(text);
    // Who does not end the connection in turn would keep it for ever.
    const lingering = setTimeout(() => socket.destroy(), this.longestRequestInMs).unref();
    socket.once('close', () => clearTimeout(lingering));
  }
}

function refusalOf(error: UnreadableMessage): ApiError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return requestTimedOut();
    default:
      return messageMalformed(`${error.message}.`);
  }
}
