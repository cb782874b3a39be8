import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { Contract, ContractOperation } from '../contract.js';
import { sentValue } from '../contract-violations.js';
import { contractViolated, exportJobNotFound, type ApiError } from '../domain/errors.js';
import { exchangeOf, type Exchange } from './exchange.js';
import { BadRequest, validate } from './openapi-validator.js';
import { readPreferences } from './prefer.js';
import { textViolations, valueViolations, type SentParameters } from './request-violations.js';

const MOST_VIOLATIONS = 50;
const LARGEST_BODY_TOLD_IN_BYTES = 16 * 1024;

/** The handlers that hold a request against an operation of the contract, and fill in the contract's defaults. */
export function requestCheck(
  contract: Contract,
  operation: ContractOperation,
): (RequestHandler | ErrorRequestHandler)[] {
  const precheck: RequestHandler = (req, res, next) => {
    const exchange = exchangeOf(res);
    const sent = sentParameters(req);
    const { preferences, violations } = readPreferences(req.get('prefer'), operation);
    exchange.sent = sent;
    exchange.preferences = preferences;
    if (violations.length > 0 || textViolations(sent, operation).length > 0)
      throw refusal(req, exchange, operation);
    if (req.method === 'HEAD') req.method = 'GET';
    next();
  };
  const explain: ErrorRequestHandler = (error: unknown, req, res, next) => {
    next(error instanceof BadRequest ? refusal(req, exchangeOf(res), operation, error) : error);
  };
  return [precheck, validate(contract, operation), explain];
}

function sentParameters({ params, originalUrl, headers }: Request): SentParameters {
  const start = originalUrl.indexOf('?');
  return { path: params, query: new URLSearchParams(start < 0 ? '' : originalUrl.slice(start)), headers };
}

/** Why a request is refused: everything that is wrong with it, or 404 when its path names nothing. */
function refusal(req: Request, exchange: Exchange, operation: ContractOperation, found?: Error): ApiError {
  const { sent, bodyInBytes = 0 } = exchange;
  const violations = sent ? [...textViolations(sent, operation), ...valueViolations(sent, operation)] : [];
  if (sent && violations.some(({ pointer }) => pointer?.startsWith('/path/'))) {
    return exportJobNotFound(String(sentValue(sent.path['exportJobId'])));
  }
  // To tell all that is wrong takes time that grows with the square of how much is.
  const tell = bodyInBytes > LARGEST_BODY_TOLD_IN_BYTES ? 'first' : 'all';
  violations.push(...(operation.requestBody?.(req.body, '/body', tell) ?? []));
  violations.push(...readPreferences(req.get('prefer'), operation).violations);
  if (violations.length === 0 && found) violations.push({ message: found.message });
  return contractViolated(violations.slice(0, MOST_VIOLATIONS));
}
