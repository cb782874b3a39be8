import { IncomingMessage, ServerResponse, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import cors from 'cors';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { ApiError, expectationFailed, messageMalformed } from '../platform/errors.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { IncomingRequest, OutgoingResponse, Outcome, ReceivedRequest } from '../pipeline/request.js';
import { listMethods, type Routes, type Target } from '../pipeline/routes.js';
import { readBody } from './bodies.js';
import { validateRequest } from './request-validator.js';

/** The classes of the messages that a server makes, as `createServer` takes them. */
interface MessageClasses {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
}

export interface App extends RequestListener {
  /** The classes of the messages that it is fastest with; any other of `node:http` will do. */
  messageClasses: MessageClasses;
}

/** Gets the requests for paths that are none of the mock's, and responds to them. */
export interface UpstreamProxy {
  forward(req: Request, res: Response, incoming: IncomingRequest, request: ReceivedRequest): Promise<void>;
  /** Breaks off what has no response yet: some responses, such as those of events, never end by themselves. */
  close(): void;
}

const EXPOSED_HEADERS = [
  'x-request-id',
  'X-Location',
  'Preference-Applied',
  'Retry-After',
  'WWW-Authenticate',
  'Allow',
];

/** The headers (CORS) that let a browser read a response from any origin. */
export const CROSS_ORIGIN_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED_HEADERS.join(','),
};

/** Lets browsers send requests from any origin, by these methods and with any headers. */
export function allowCrossOrigin(methods: string[]): RequestHandler {
  const twoHours = 7200;
  return cors({ methods, exposedHeaders: EXPOSED_HEADERS, maxAge: twoHours, preflightContinue: true });
}

/** The responses whose connections the mock has broken off as it stopped. */
const brokenOff = new WeakSet<ServerResponse>();

/** Has a request recorded nowhere, as its connection is broken off. */
export function breakOff(res: ServerResponse): void {
  brokenOff.add(res);
}

/** Puts Express in front of the pipeline: bodies, the validator of requests, CORS and how responses are sent. */
export function createApp(pipeline: Pipeline, routes: Routes, proxy?: UpstreamProxy): App {
  const app = express();
  app.disable('x-powered-by');
  const crossOrigin = new Map(
    routes.apis
      .filter((api) => api.crossOrigin)
      .map((api) => [api, allowCrossOrigin(listMethods(api.contract.operations))]),
  );

  const targets = new WeakMap<Request, Target>();

  app.use(async (req: Request, res: Response) => {
    const target = targets.get(req) ?? routes.readTarget(req.url);
    const api = routes.findApi(target.path);
    const share = api ? crossOrigin.get(api) : undefined;
    share?.(req, res, () => undefined);
    const incoming: IncomingRequest = {
      method: req.method,
      target,
      headers: req.headers,
      rawHeaders: req.rawHeaders,
      problem: findHttpProblem(req),
      isPreflight: req.method === 'OPTIONS' && isPreflight(req),
      readBody: (format) => readBody(req, res, format),
      wait: (ms) => waitUnlessClosed(ms, res),
      getConnectionState: () => (brokenOff.has(res) ? 'broken-off' : res.destroyed ? 'closed' : 'open'),
    };
    if (api?.inSandbox) {
      const { contract } = api;
      incoming.validate = (operation, parameters) =>
        validateRequest(contract, operation, parameters, req, res);
    }
    const outcome = await pipeline.handle(incoming);
    if (typeof outcome === 'object' && 'forwardTo' in outcome)
      await proxy?.forward(req, res, incoming, outcome.request);
    else deliver(res, incoming.method, outcome);
  });

  const listener: RequestListener = (message, res) => {
    const req = message as Request;
    const target = routes.readTarget(req.url);
    targets.set(req, target);
    // As the contracts know it, and without the host app's mount prefix. Of what has no path, Express would find no handler.
    req.url = req.originalUrl = target.path + target.query;
    app(req, res as Response);
  };
  return Object.assign(listener, { messageClasses: createMessageClasses(app) });
}

function isPreflight({ headers }: Request): boolean {
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** What HTTP forbids, and Node lets through. */
function findHttpProblem({ httpVersion, rawHeaders, headers }: Request): ApiError | undefined {
  if (!['1.0', '1.1'].includes(httpVersion)) return messageMalformed(`HTTP/${httpVersion} is not supported.`);
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1) return messageMalformed('The Host header is repeated.');
  if (hosts === 0 && httpVersion === '1.1') return messageMalformed('The Host header is missing.');
  const { expect, 'transfer-encoding': coding } = headers;
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return messageMalformed('The only supported transfer coding is chunked.');
  }
  return expect !== undefined && expect.toLowerCase() !== '100-continue'
    ? expectationFailed(expect)
    : undefined;
}

/** Sends what the pipeline gives. Nothing else sends a response of ours. */
export function deliver(
  res: Response,
  method: string,
  outcome: Exclude<Outcome, { forwardTo: string }>,
): void {
  if (outcome === 'reset') {
    resetConnection(res);
    return;
  }
  const { req } = res;
  const closes = outcome.delivery === 'then-close' || !res.shouldKeepAlive;
  // A connection that is closed before the request was received as a whole is reset, and the response lost with it
  // (RFC 9112, section 9.6). Clients that expect `100 Continue` are not waited for.
  if (req.complete || !closes || req.headers.expect !== undefined) send(res, method, outcome);
  else req.once('end', () => send(res, method, outcome)).resume();
}

function send(res: Response, method: string, { status, headers, text, delivery }: OutgoingResponse): void {
  if (delivery === 'bare') for (const name of res.getHeaderNames()) res.removeHeader(name);
  res.writeHead(status, headers);
  if (delivery !== 'then-close') {
    // A text goes out in one write with the headers; bytes would go out in two.
    res.end(text);
    return;
  }
  // By the time that it is sent, the response may have let go of it.
  const { socket } = res.req;
  const close = () => socket.destroySoon();
  if (text === undefined || method === 'HEAD') res.end(close);
  else res.write(text, close);
}

/** Resets the connection, once the responses to earlier requests on it are sent. */
function resetConnection(res: Response): void {
  if (res.socket) reset(res.socket);
  else res.once('socket', reset);
}

function reset(socket: Socket): void {
  try {
    socket.resetAndDestroy();
  } catch {
    // Only TCP can be reset: where the mock is mounted behind something else, the connection is closed.
    socket.destroy();
  }
}

/** Waits in real time, so that a frozen clock never traps a client. */
function waitUnlessClosed(ms: number, res: Response): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    res.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Makes classes whose messages have the prototypes of an Express app from the start. Express sets them on each message,
 * and an object whose prototype was changed makes all that Node does with it three times slower (measured).
 */
function createMessageClasses(app: Express): MessageClasses {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Req extends IncomingMessage = IncomingMessage> extends ServerResponse<Req> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  app.request = AppRequest.prototype as Request;
  app.response = AppResponse.prototype as Response;
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
