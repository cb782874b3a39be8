import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import * as openApiValidator from 'express-openapi-validator';
import { ContractError, type Contract, type ContractOperation, type ContractParameter } from '../contract.js';
import { FORMATS } from '../contract-schemas.js';
import { escapePointer, unknownName } from '../contract-violations.js';
import { ApiError, contractViolated, exportJobNotFound, type Violation } from '../domain/errors.js';
import { exchangeOf } from './exchange.js';
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
    next(error instanceof openApiValidator.error.BadRequest ? refusal(req, operation, error) : error);
  };
  return [precheck, ...validatorOf(contract), explain];
}

const validators = new WeakMap<Contract, RequestHandler[]>();

/** express-openapi-validator for a contract, made once in a process: it takes a tenth of a second and more. */
function validatorOf(contract: Contract): RequestHandler[] {
  let handlers = validators.get(contract);
  if (!handlers) {
    handlers = openApiValidator.middleware({
      apiSpec: structuredClone(contract.document) as never,
      validateRequests: { allErrors: true },
      validateResponses: false,
      validateSecurity: false,
      fileUploader: false,
      formats: FORMATS,
    }) as RequestHandler[];
    validators.set(contract, handlers);
  }
  return handlers;
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
      violations.push({ message, pointer, sent: values, allowed: 'one value' });
    }
  }
  for (const parameter of operation.parameters) {
    const text = parameter.isInteger ? textOf(req, parameter) : undefined;
    if (text !== undefined && !INTEGER.test(text)) {
      const message = `'${parameter.name}' must be an integer.`;
      violations.push({
        message,
        pointer: pointerTo(parameter),
        sent: text,
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
    return parameter.check(parameter.isInteger ? Number(text) : text, pointerTo(parameter));
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

/** Makes express-openapi-validator compile the contract now, so that a broken one stops the start, not the calls. */
export async function warmUp(contract: Contract): Promise<void> {
  for (const { method, path, requestBody } of contract.operations) {
    const url = contract.basePath + path.replace(/\{\w+\}/g, '1');
    const request = {
      method: method.toUpperCase(),
      originalUrl: url,
      url,
      path: url,
      baseUrl: '',
      headers: requestBody ? { 'content-type': 'application/json' } : {},
      query: {},
      params: {},
      body: {},
      app: { enabled: () => false, param: () => undefined },
    };
    for (const handler of validatorOf(contract)) {
      const error = await new Promise<unknown>((resolve) => {
        void handler(request as never, {} as never, resolve);
      });
      // A refusal of this made-up request is as good as an acceptance: the validator works.
      if (error instanceof openApiValidator.error.BadRequest) break;
      if (error)
        throw new ContractError(`The contract can not be used: ${(error as Error).message}`, {
          cause: error,
        });
    }
  }
}
