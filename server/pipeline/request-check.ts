import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { ContractOperation } from '../../contract/contract-operations.js';
import { sentValue } from '../../contract/contract-violations.js';
import { contractViolated, exportJobNotFound, type ApiError, type Violation } from '../platform/errors.js';
import { exchangeOf, type Exchange } from './exchange.js';
import { BadRequest } from '../http/openapi-validator.js';
import { readPreferences, type NamedPreferences } from './preferences.js';
import {
  missingViolations,
  textViolations,
  typedParameters,
  valueViolations,
  type SentParameters,
} from './request-violations.js';

const MOST_VIOLATIONS = 50;
const LARGEST_BODY_TOLD_IN_BYTES = 16 * 1024;

/** The handlers that hold a request against an operation of the contract. `hold` does what is beyond names and spelling. */
export function requestCheck(
  operation: ContractOperation,
  hold: RequestHandler,
  named: NamedPreferences = {},
): (RequestHandler | ErrorRequestHandler)[] {
  const precheck: RequestHandler = (req, res, next) => {
    const exchange = exchangeOf(res);
    const sent = sentParameters(req);
    const { preferences, violations } = readPreferences(req.get('prefer'), operation, named);
    exchange.sent = sent;
    exchange.preferences = preferences;
    exchange.preferenceViolations = violations;
    if (violations.length > 0 || textViolations(sent, operation).length > 0)
      throw refusal(req, exchange, operation);
    if (req.method === 'HEAD') req.method = 'GET';
    next();
  };
  const explain: ErrorRequestHandler = (error: unknown, req, res, next) => {
    next(error instanceof BadRequest ? refusal(req, exchangeOf(res), operation, error) : error);
  };
  return [precheck, hold, explain];
}

/**
 * Holds a call against an operation without express-openapi-validator, which would have to compile all operations at the
 * start. Its parameters become `typed` in the exchange.
 */
export function holdAlone(operation: ContractOperation): RequestHandler {
  return (req, res, next) => {
    const exchange = exchangeOf(res);
    const { sent } = exchange;
    if (sent) {
      if (violationsOf(req, exchange, operation).length > 0) throw refusal(req, exchange, operation);
      exchange.typed = typedParameters(sent, operation);
    }
    next();
  };
}

function sentParameters({ params, originalUrl, headers }: Request): SentParameters {
  const start = originalUrl.indexOf('?');
  return { path: params, query: new URLSearchParams(start < 0 ? '' : originalUrl.slice(start)), headers };
}

/** Why a request is refused: everything that is wrong with it, or 404 when its path names no export job. */
function refusal(req: Request, exchange: Exchange, operation: ContractOperation, found?: Error): ApiError {
  const violations = violationsOf(req, exchange, operation);
  const id = exchange.sent?.path['exportJobId'];
  if (id !== undefined && violations.some(({ pointer }) => pointer === '/path/exportJobId')) {
    // The answer says that there is no such job; that it names none is for the journal.
    exchange.violations = violations.slice(0, MOST_VIOLATIONS);
    return exportJobNotFound(String(sentValue(id)));
  }
  violations.push(...(exchange.preferenceViolations ?? []));
  if (violations.length === 0 && found) violations.push({ message: found.message });
  return contractViolated(violations.slice(0, MOST_VIOLATIONS));
}

/** What in a request breaks the contract, preferences aside. */
function violationsOf(
  req: Request,
  { sent, bodyInBytes = 0 }: Exchange,
  operation: ContractOperation,
): Violation[] {
  const body: unknown = req.body;
  // To tell all that is wrong takes time that grows with the square of how much is.
  const tell = bodyInBytes > LARGEST_BODY_TOLD_IN_BYTES ? 'first' : 'all';
  return [
    ...(sent
      ? [
          ...textViolations(sent, operation),
          ...missingViolations(sent, operation),
          ...valueViolations(sent, operation),
        ]
      : []),
    ...(body === undefined && !operation.bodyRequired
      ? []
      : (operation.requestBody?.(body, '/body', tell) ?? [])),
  ];
}
