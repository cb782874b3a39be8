import type { RequestListener } from 'node:http';
import cors from 'cors';
import express, { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Contract, ContractOperation } from '../contract.js';
import { messageMalformed, methodNotAllowed, pathNotFound } from '../domain/errors.js';
import type { Api } from './api.js';
import { ignoreBody, readBody } from './body.js';
import { carryOut } from './carry-out.js';
import { beginExchange, exchangeOf } from './exchange.js';
import { answerOf, type Reply } from './reply.js';
import { requestCheck } from './request-check.js';

export interface AppParts {
  apis: Api[];
  makeRequestId: () => string;
  /** Whether a caller's `x-request-id` is one that the contract allows. */
  isRequestId: (text: string) => boolean;
  reply: Reply;
  log: Logger;
}

/** The life of a request, from top to bottom. */
export function createApp({ apis, makeRequestId, isRequestId, reply, log }: AppParts): RequestListener {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('case sensitive routing', true);

  app.use(begin(makeRequestId, isRequestId));
  for (const api of apis) {
    const { basePath } = api.contract;
    if (api.crossOrigin) app.use(basePath, cors(CROSS_ORIGIN), preflight(reply));
    app.use(basePath, routes(api, reply, log));
  }
  app.use(nowhere(apis));
  app.use(renderError(reply, log));
  return (req, res) => {
    req.url = originForm(req.url ?? '/');
    app(req, res);
  };
}

const CROSS_ORIGIN: cors.CorsOptions = {
  methods: ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'],
  exposedHeaders: [
    'x-request-id',
    'X-Location',
    'Preference-Applied',
    'Retry-After',
    'WWW-Authenticate',
    'Allow',
  ],
  preflightContinue: true,
};

function routes(api: Api, reply: Reply, log: Logger): Router {
  const router = Router({ caseSensitive: true });
  const admit: RequestHandler = (req, res, next) => {
    if (api.admit) exchangeOf(res).sandbox = api.admit(req);
    next();
  };
  for (const [path, operations] of byPath(api.contract)) {
    const route = router.route(path.replace(/\{(\w+)\}/g, ':$1'));
    for (const operation of operations) {
      route[operation.method](
        enter(operation),
        admit,
        operation.requestBody ? readBody : ignoreBody,
        requestCheck(api.contract, operation),
        carryOut(api, operation, reply, log),
      );
    }
    const allow = operations.flatMap(({ method }) =>
      method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
    );
    route.all(admit, otherMethods([...allow, 'OPTIONS'].join(', '), reply));
  }
  router.use(admit);
  return router;
}

function byPath({ operations }: Contract): Map<string, ContractOperation[]> {
  const paths = new Map<string, ContractOperation[]>();
  for (const operation of operations)
    paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation]);
  return paths;
}

function begin(makeRequestId: () => string, isRequestId: (text: string) => boolean): RequestHandler {
  return (req, res, next) => {
    const sent = req.get('x-request-id');
    const requestId = sent !== undefined && isRequestId(sent) ? sent : makeRequestId();
    const startedAt = performance.now();
    beginExchange(res, { requestId, method: req.method, url: req.url, startedAt, preferences: {} });
    if (req.httpVersion === '1.1' && !req.headers.host) throw messageMalformed('The Host header is missing.');
    next();
  };
}

/** The target of a request as path and query, whichever form of RFC 9112 (section 3.2) it was sent in. */
function originForm(target: string): string {
  const url = target.replace(/^https?:\/\/[^/?]*/i, '');
  const path = url.split('?', 1)[0] ?? '';
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    // A path that can not be decoded is taken as it is written, and so names nothing.
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}

function preflight(reply: Reply): RequestHandler {
  return (req, res, next) => {
    const isPreflight =
      req.method === 'OPTIONS' && req.get('origin') && req.get('access-control-request-method');
    if (isPreflight) reply(res, { status: 204 });
    else next();
  };
}

function enter(operation: ContractOperation): RequestHandler {
  return (_req, res, next) => {
    exchangeOf(res).operation = operation;
    next();
  };
}

function otherMethods(allow: string, reply: Reply): RequestHandler {
  return (req, res) => {
    if (req.method !== 'OPTIONS') throw methodNotAllowed(req.method, allow);
    reply(res, { status: 204, headers: { Allow: allow } });
  };
}

function nowhere(apis: Api[]): RequestHandler {
  const known = apis.flatMap(({ contract }) =>
    [...byPath(contract).keys()].map((path) => contract.basePath + path),
  );
  return (req) => {
    throw pathNotFound(req.path, `one of ${known.join(', ')}`);
  };
}

function renderError(reply: Reply, log: Logger): ErrorRequestHandler {
  return (error, _req, res, _next) => {
    reply(res, answerOf(error, exchangeOf(res), log));
  };
}
