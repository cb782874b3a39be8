import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { Contract, ContractOperation, ContractParameter } from '../contract.js';
import { escapePointer, sentValue, unknownName } from '../contract-violations.js';
import { ApiError, contractViolated, exportJobNotFound, type Violation } from '../domain/errors.js';
import { exchangeOf } from './exchange.js';
import { BadRequest, validatorOf } from './openapi-validator.js';
import { readPreferences } from './prefer.js';

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const MOST_VIOLATIONS = 50;

/** The handlers that hold a request against an operation of the contract, and fill in the contract's defaults. */
export function requestCheck(
  contract: Contract,
  operation: ContractOperation,
): (RequestHandler | ErrorRequestHandler)[] {
  const precheck: RequestHandler = (req, res, next) => {
    const exchange = exchangeOf(res);
    const { preferences, violations } = readPreferences(req.get('prefer'), operation);
    exchange.preferences = preferences;
    if (violations.length > 0 || textViolations(req, operation).length > 0) throw refusal(req, operation);
    if (req.method === 'HEAD') req.method = 'GET';
    next();
  };
  const explain: ErrorRequestHandler = (error: unknown, req, _res, next) => {
    next(error instanceof BadRequest ? refusal(req, operation, error) : error);
  };
  return [precheck, ...validatorOf(contract), explain];
}

/** Why a request is refused: everything that is wrong with it, or 404 when its path names nothing. */
function refusal(req: Request, operation: ContractOperation, found?: Error): ApiError {
  const violations = [
    ...textViolations(req, operation),
    ...valueViolations(req, operation),
    ...readPreferences(req.get('prefer'), operation).violations,
  ];
  if (violations.some(({ pointer }) => pointer?.startsWith('/path/'))) {
    return exportJobNotFound(String(req.params['exportJobId']));
  }
  if (violations.length === 0 && found) violations.push({ message: found.message });
  return contractViolated(violations.slice(0, MOST_VIOLATIONS));
}

/** What is wrong with the names and the spelling: an unknown or repeated parameter, a number not in decimal digits. */
function textViolations(req: Request, operation: ContractOperation): Violation[] {
  const violations: Violation[] = [];
  const query = queryOf(req);
  const known = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  for (const name of new Set(query.keys())) {
    const pointer = `/query/${escapePointer(name)}`;
    const values = query.getAll(name);
    if (!known.includes(name)) violations.push(unknownName('query parameter', name, known, pointer));
    else if (values.length > 1) {
      const message = `The query parameter '${name}' is repeated.`;
      violations.push({ message, pointer, sent: sentValue(values), allowed: 'one value' });
    }
  }
  for (const parameter of operation.parameters) {
    const text = parameter.isInteger ? textOf(req, parameter) : undefined;
    if (text !== undefined && !INTEGER.test(text)) {
      const message = `'${parameter.name}' must be an integer.`;
      violations.push({
        message,
        pointer: pointerTo(parameter),
        sent: sentValue(text),
        allowed: 'an integer in decimal digits',
      });
    }
  }
  return violations;
}

/** What is wrong with the values, by the contract's schemas. */
function valueViolations(req: Request, operation: ContractOperation): Violation[] {
  const ofParameters = operation.parameters.flatMap((parameter) => {
    const text = textOf(req, parameter);
    if (text === undefined || (parameter.isInteger && !INTEGER.test(text))) return [];
    const violations = parameter.check(parameter.isInteger ? Number(text) : text, pointerTo(parameter));
    return violations.map((violation) => ({ ...violation, sent: sentValue(text) }));
  });
  return [...ofParameters, ...(operation.requestBody?.(req.body, '/body') ?? [])];
}

function queryOf(req: Request): URLSearchParams {
  const start = req.originalUrl.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : req.originalUrl.slice(start));
}

function textOf(req: Request, parameter: ContractParameter): string | undefined {
  switch (parameter.in) {
    case 'path':
      return String(req.params[parameter.name]);
    case 'query':
      return queryOf(req).get(parameter.name) ?? undefined;
    case 'header':
      return req.get(parameter.name);
  }
}

function pointerTo({ in: place, name }: ContractParameter): string {
  return `/${place === 'header' ? 'headers' : place}/${place === 'header' ? name.toLowerCase() : name}`;
}
