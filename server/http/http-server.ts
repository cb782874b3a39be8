import { once } from 'node:events';
import { createServer, STATUS_CODES } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sentValue } from '../../contract/contract-violations.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { IncomingRequest } from '../pipeline/request.js';
import { listMethods, type Routes } from '../pipeline/routes.js';
import {
  headersTooLarge,
  MAX_HEADERS_BYTES,
  messageMalformed,
  methodNotAllowed,
  REQUEST_TIMEOUT_SECONDS,
  requestTimedOut,
  type ApiError,
} from '../platform/errors.js';
import { breakOff, CROSS_ORIGIN_HEADERS, type App } from './app.js';

export interface HttpServerParts {
  /** Requests are given to it, as messages of its own classes if it has any. */
  app: RequestListener & Partial<Pick<App, 'messageClasses'>>;
  pipeline: Pipeline;
  routes: Routes;
  /** Whether browsers may read from any origin what is rejected here. */
  crossOrigin: boolean;
}

/** What Node says of a message that it cannot read. */
interface MalformedMessage extends NodeJS.ErrnoException {
  /** What came last, and how much of it could be read. */
  rawPacket?: Buffer;
  bytesParsed?: number;
}

/** The responses to one connection. */
interface Connection {
  /** Those that are not sent yet. */
  readonly pending: ServerResponse[];
  /** A request that was responded to before all of it had come. */
  respondedEarly?: IncomingMessage;
  /** What is to be done when every request that has come is responded to. */
  whenResponded?: (() => void) | undefined;
}

/** Listens for HTTP and gives what can be read of it to an app. What cannot is rejected in the catalogue's form. */
export class HttpServer {
  readonly #server: Server;
  readonly #connections = new Map<Socket, Connection>();
  #isClosing = false;

  constructor(
    private readonly parts: HttpServerParts,
    private readonly requestTimeoutMs = REQUEST_TIMEOUT_SECONDS * 1000,
  ) {
    const { app } = parts;
    const options = {
      // Node rejects what reaches its limit.
      maxHeaderSize: MAX_HEADERS_BYTES + 1,
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: requestTimeoutMs / 6,
      // The app rejects a missing Host itself, in the catalogue's form.
      requireHostHeader: false,
    };
    const server = createServer({ ...options, ...app.messageClasses }, app);
    this.#server = server;
    // Beyond a number of headers, Node would drop the others and say nothing. Their size is limited already.
    server.maxHeadersCount = 0;
    server.on('connection', (socket) => {
      this.#connections.set(socket, { pending: [] });
      socket.once('close', () => this.#connections.delete(socket));
    });
    for (const event of ['request', 'checkExpectation', 'checkContinue'] as const) {
      server.on(event, (req: IncomingMessage, res: ServerResponse) => this.#track(req, res));
    }
    server.on('clientError', (error, socket) => this.#rejectMessage(error, socket as Socket));
    // The app rejects what is not known, and lets a body come once it wants one.
    server.on('checkExpectation', app);
    server.on('checkContinue', app);
    server.on('connect', (_req: IncomingMessage, duplex) => {
      const socket = duplex as Socket;
      // After CONNECT, Node detaches the socket: handle errors and drain it here.
      socket.on('error', () => undefined).resume();
      const allow = listMethods(parts.routes.apis.flatMap(({ contract }) => contract.operations));
      this.#whenResponded(socket, () => this.#reject(socket, methodNotAllowed('CONNECT', allow.join(', '))));
    });
  }

  /** The address listened on, without a slash at the end. Throws when it does not listen. */
  get url(): string {
    const address = this.#server.address() as AddressInfo | null;
    if (!address) throw new Error('The mock does not listen: call listen() first.');
    return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /** Resolves to `url` when it listens; rejects with Node's error when it cannot. */
  async listen(port: number, host: string): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return this.url;
  }

  /**
   * Takes no more requests, and resolves when those under way are responded to. One that is still arriving has as long
   * as any request has.
   */
  close(): Promise<void> {
    if (!this.#server.listening) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#isClosing = true;
    for (const [socket, connection] of this.#connections) this.#onResponse(socket, connection);
    setTimeout(() => this.breakOff(isArriving), REQUEST_TIMEOUT_SECONDS * 1000).unref();
    return closed;
  }

  /** Ends connections whatever is under way on them, and has that recorded nowhere. */
  breakOff(isMeant: (connection: Connection) => boolean = () => true): void {
    for (const [socket, connection] of this.#connections) {
      if (!isMeant(connection)) continue;
      connection.pending.forEach(breakOff);
      socket.destroy();
    }
  }

  #track(req: IncomingMessage, res: ServerResponse): void {
    const { socket } = req;
    const connection = this.#connections.get(socket);
    if (!connection) return;
    connection.pending.push(res);
    res.once('close', () => {
      if (!req.complete) connection.respondedEarly = req;
      connection.pending.splice(connection.pending.indexOf(res), 1);
      this.#onResponse(socket, connection);
    });
  }

  #whenResponded(socket: Socket, callback: () => void): void {
    const connection = this.#connections.get(socket);
    if (!connection) {
      callback();
      return;
    }
    connection.whenResponded = callback;
    this.#onResponse(socket, connection);
  }

  #onResponse(socket: Socket, connection: Connection): void {
    const { pending, whenResponded } = connection;
    if (whenResponded && !pending.some(({ req }) => req.complete)) {
      connection.whenResponded = undefined;
      whenResponded();
    }
    // What was written last is still to go out.
    else if (this.#isClosing && pending.length === 0) socket.destroySoon();
  }

  #rejectMessage(message: MalformedMessage, socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection?.respondedEarly?.complete === false) {
      this.#end(socket);
      return;
    }
    // A request of which a part has come already is recorded as such.
    const isRecorded = isRequest(message) && !(connection && isArriving(connection));
    // The responses to earlier requests on the connection come first (RFC 9112, section 9.3.2).
    this.#whenResponded(socket, () => this.#reject(socket, toApiError(message), message, isRecorded));
  }

  #reject(
    socket: Socket,
    error: ApiError,
    message: MalformedMessage = new Error(),
    isRecorded = false,
  ): void {
    if (!socket.writable) return;
    const { pipeline, routes, crossOrigin } = this.parts;
    const incoming = readPartialRequest(message, routes);
    const { status, headers, text = '' } = pipeline.rejectMalformed(incoming, error, isRecorded);
    const sent = { ...headers, ...(crossOrigin && CROSS_ORIGIN_HEADERS), Connection: 'close' };
    const lines = Object.entries(sent).map(([name, value]) => `${name}: ${value}`);
    this.#end(socket, [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', text].join('\r\n'));
  }

  #end(socket: Socket, text = ''): void {
    if (!socket.writable) return;
    socket.end(text);
    // Destroy the socket if the peer never closes.
    const lingering = setTimeout(() => socket.destroy(), this.requestTimeoutMs).unref();
    socket.once('close', () => clearTimeout(lingering));
  }
}

/** Whether a request on the connection has not come whole yet. */
function isArriving({ pending }: Connection): boolean {
  return pending.some(({ req }) => !req.complete);
}

/** True for malformed HTTP; false for early disconnects and timeouts. */
function isRequest({ code = '' }: MalformedMessage): boolean {
  return code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE';
}

function toApiError(error: MalformedMessage): ApiError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return requestTimedOut();
    default:
      return messageMalformed(`${error.message}.`);
  }
}

const REQUEST_LINE = /^([A-Z]{1,20}) (\S+)/;
const FIELD = /^([^\s:]+):(.*)$/s;

/** Reads a malformed message as far as it is a request. */
function readPartialRequest(
  { rawPacket = Buffer.alloc(0), bytesParsed = 0 }: MalformedMessage,
  routes: Routes,
): IncomingRequest {
  // The packet may hold earlier pipelined requests, and only the tail of this one.
  const before = rawPacket.subarray(0, bytesParsed).lastIndexOf('\r\n\r\n');
  const text = rawPacket.subarray(before < 0 ? 0 : before + '\r\n\r\n'.length).toString('latin1');
  const [requestLine = '', ...lines] = (text.split('\r\n\r\n', 1)[0] ?? '').split('\r\n');
  const [, method = '?', path] = REQUEST_LINE.exec(requestLine) ?? [];
  const target = path === undefined ? undefined : routes.readTarget(Buffer.from(path, 'latin1').toString());
  return {
    method,
    target: target && { ...target, sent: String(sentValue(target.sent)) },
    rawHeaders: target ? lines.flatMap(readField) : [],
    // Not even a request id is taken from what is not HTTP.
    headers: { prefer: getPrefer(lines) },
    isPreflight: false,
    readBody: () => Promise.reject(new Error('A malformed message has no body.')),
    wait: () => Promise.resolve(),
    getConnectionState: () => 'open',
  };
}

/** What a message says of itself by `Prefer`: whether it is malformed on purpose. */
function getPrefer(lines: readonly string[]): string | undefined {
  const fields = lines.map(readField).filter(([name]) => name?.toLowerCase() === 'prefer');
  return fields.length > 0 ? fields.map(([, value]) => value).join(', ') : undefined;
}

/** The name and the value of a header line, or nothing. */
function readField(line: string): string[] {
  const [, name, value = ''] = FIELD.exec(line) ?? [];
  return name === undefined ? [] : [name, value.trim()];
}
