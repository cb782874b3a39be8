import { once } from 'node:events';
import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  expectationFailed,
  headersTooLarge,
  messageMalformed,
  requestTimedOut,
  type ApiError,
} from '../domain/errors.js';
import { LARGEST_HEADERS_IN_BYTES, LONGEST_REQUEST_IN_SECONDS } from '../domain/limits.js';

/** Listens for HTTP and hands what can be read of it to an app. What can't be is refused in the catalogue's form. */
export class Listener {
  readonly #server: Server;

  constructor(
    app: RequestListener,
    private readonly makeRequestId: () => string,
  ) {
    this.#server = createServer(
      {
        maxHeaderSize: LARGEST_HEADERS_IN_BYTES,
        requestTimeout: LONGEST_REQUEST_IN_SECONDS * 1000,
        headersTimeout: LONGEST_REQUEST_IN_SECONDS * 1000,
        connectionsCheckingInterval: 5000,
        // The app refuses a missing Host itself, in the catalogue's form.
        requireHostHeader: false,
      },
      app,
    );
    // Node closes the connections that are idle when it is told to close, and lets those linger that become so later.
    this.#server.on('request', (_req, res) => {
      res.once('close', () => {
        if (!this.#server.listening) setImmediate(() => this.#server.closeIdleConnections());
      });
    });
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      this.#refuse(socket as Socket, refusalOf(error));
    });
    this.#server.on('checkExpectation', (req, res) => {
      this.#refuse(res.socket as Socket, expectationFailed(String(req.headers.expect)));
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
    return new Promise((resolve) => {
      if (!this.#server.listening) resolve();
      else this.#server.close(() => resolve());
    });
  }

  #refuse(socket: Socket, error: ApiError): void {
    if (!socket.writable) return;
    const requestId = this.makeRequestId();
    const { status, body } = error.answer(requestId);
    const json = JSON.stringify(body);
    socket.end(
      [
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
        'Connection: close',
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(json)}`,
        `x-request-id: ${requestId}`,
        '',
        json,
      ].join('\r\n'),
    );
  }
}

function refusalOf(error: NodeJS.ErrnoException): ApiError {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return headersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return requestTimedOut();
    default:
      return messageMalformed(`${error.message}.`);
  }
}
