import type { RequestListener } from 'node:http';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import type { Logger } from 'pino';
import type { Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import { expectationFailed, messageMalformed, methodNotAllowed, pathNotFound } from '../platform/errors.js';
import { fragmentOf } from '../../contract/json-pointer.js';
import type { Api } from '../pipeline/api.js';
import { ignoreBody } from './body.js';
import { carryOut } from '../pipeline/carry-out.js';
import { crossOrigin } from './cross-origin.js';
import { beginExchange, exchangeOf } from '../pipeline/exchange.js';
import { messageClassesOf, type MessageClasses } from './message-classes.js';
import { methodsOf } from '../pipeline/methods.js';
import { refusalViolations } from '../pipeline/refusal-violations.js';
import { answerOf, type Reply } from '../pipeline/reply.js';
import { requestCheck } from '../pipeline/request-check.js';
import { ADDRESS_TEMPLATE, readTarget } from '../pipeline/request-target.js';
import { journalsFor } from './malformed-requests.js';

export interface AppParts {
  apis: Api[];
  makeRequestId: () => string;
  /** Whether a caller's `x-request-id` is one that the contract allows. */
  isRequestId: (text: string) => boolean;
  reply: Reply;
  /** Takes what is for none of the APIs to another server. Absent when there is none. */
  passOn?: RequestHandler[] | undefined;
  log: Logger;
}

export interface App extends RequestListener {
  /** The classes of the messages that it is fastest with; any other of `node:http` will do. */
  messages: MessageClasses;
}

/** The life of a request, from top to bottom. */
export function createApp({ apis, makeRequestId, isRequestId, reply, passOn, log }: AppParts): App {
  const app = express();
  app.disable('x-powered-by');
  app.set('case sensitive routing', true);

  app.use(needHttp);
  for (const api of apis) addRoutes(app, api, reply, log);
  if (passOn) app.use(passOn);
  for (const api of apis) app.use(api.contract.basePath, sharing(api, reply), admission(api));
  app.use(nowhere(apis, passOn ? '' : `; ${PASSING_ON}`));

  const addressable = apis.filter((api) => api.addressable).map(({ contract }) => contract.basePath);
  const listener: RequestListener = (incoming, outgoing) => {
    const [req, res] = [incoming as Request, outgoing as Response];
    // What it was mounted below, if anything, is not ours to see.
    const { sent: url, url: known, address } = readTarget(req.url, addressable);
    req.url = req.originalUrl = known;
    const sent = req.headers['x-request-id']?.toString();
    const requestId = sent !== undefined && isRequestId(sent) ? sent : makeRequestId();
    beginExchange(res, { requestId, method: req.method, url, address, rawHeaders: req.rawHeaders });
    app(req, res, (error?: unknown) => {
      const exchange = exchangeOf(res);
      // What HTTP itself refuses has not come to where it is decided.
      exchange.journals ??= journalsFor(req.path, apis);
      exchange.violations ??= refusalViolations(error, exchange);
      reply(res, answerOf(error, exchange, log));
    });
  };
  return Object.assign(listener, { messages: messageClassesOf(app) });
}

/** Adds each path by itself: a router within the router would take the address of every call apart once more. */
function addRoutes(app: Express, api: Api, reply: Reply, log: Logger): void {
  const { contract } = api;
  const share = sharing(api, reply);
  for (const [path, operations] of byPath(contract)) {
    const route = app.route(contract.basePath + path.replace(/\{(\w+)\}/g, ':$1'));
    if (share.length > 0) route.all(share);
    for (const operation of operations) {
      route[operation.method](
        enter(api, operation),
        operation.requestBody ? api.readBody : ignoreBody,
        requestCheck(operation, api.hold(operation), api.namedPreferences),
        carryOut(api, operation, reply, log),
      );
    }
    const others = otherMethods(methodsOf(operations).join(', '), fragmentOf(['paths', path]), reply);
    route.all(admission(api), others);
  }
}

function sharing(api: Api, reply: Reply): RequestHandler[] {
  return api.crossOrigin ? crossOrigin(methodsOf(api.contract.operations), reply) : [];
}

/** Lets on what the gateway admits, whatever it is for. */
function admission(api: Api): RequestHandler {
  return (req, res, next) => {
    exchangeOf(res).journals = api.journals;
    api.admit?.(req.headers, exchangeOf(res));
    next();
  };
}

/** Lets a call for an operation in, to its sandbox, if the gateway admits it. */
function enter(api: Api, operation: ContractOperation): RequestHandler {
  return (req, res, next) => {
    const exchange = exchangeOf(res);
    exchange.operation = operation;
    exchange.journals = api.journals;
    if (api.inOwnForm) exchange.inOwnForm = api.inOwnForm;
    const name = api.admit?.(req.headers, exchange);
    if (name) exchange.sandbox = api.open?.(name);
    next();
  };
}

function byPath({ operations }: Contract): Map<string, ContractOperation[]> {
  const paths = new Map<string, ContractOperation[]>();
  for (const operation of operations)
    paths.set(operation.path, [...(paths.get(operation.path) ?? []), operation]);
  return paths;
}

/** Refuses what Node lets through, and HTTP does not. */
const needHttp: RequestHandler = (req, _res, next) => {
  const { httpVersion, rawHeaders, headers } = req;
  if (!['1.0', '1.1'].includes(httpVersion))
    throw messageMalformed(`HTTP/${httpVersion} is not spoken here.`);
  const hosts = rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === 'host').length;
  if (hosts > 1) throw messageMalformed('The Host header is repeated.');
  if (hosts === 0 && httpVersion === '1.1') throw messageMalformed('The Host header is missing.');
  const { expect, 'transfer-encoding': coding } = headers;
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw messageMalformed('The only transfer coding that is known is chunked.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') throw expectationFailed(expect);
  next();
};

function otherMethods(allow: string, rule: string, reply: Reply): RequestHandler {
  return (req, res) => {
    if (req.method !== 'OPTIONS') throw methodNotAllowed(req.method, allow, rule);
    reply(res, { status: 204, headers: { Allow: allow } });
  };
}

const PASSING_ON = '--upstream <url> passes other paths on to another server';

function nowhere(apis: Api[], hint: string): RequestHandler {
  const known = apis.flatMap(({ contract, addressable }) =>
    [...byPath(contract).keys()].map(
      (path) => (addressable ? `[${ADDRESS_TEMPLATE}]` : '') + contract.basePath + path,
    ),
  );
  return (_req, res) => {
    const [path = ''] = exchangeOf(res).url.split('?', 1);
    throw pathNotFound(path, `one of ${known.join(', ')}${hint}`);
  };
}
