import type { NextFunction, Request, RequestHandler, Response } from 'express';
import * as openApiValidator from 'express-openapi-validator';
import { ContractError } from '../contract-checks.js';
import { FORMATS } from '../contract-schemas.js';
import type { Contract, ContractOperation } from '../contract.js';

/** How express-openapi-validator refuses a request. */
export const { BadRequest } = openApiValidator.error;

const validators = new WeakMap<Contract, RequestHandler[]>();

/** express-openapi-validator for a contract, made once in a process: it takes a tenth of a second and more. */
export function validatorOf(contract: Contract): RequestHandler[] {
  let handlers = validators.get(contract);
  if (!handlers) {
    handlers = openApiValidator.middleware({
      apiSpec: structuredClone(contract.document) as never,
      // What is wrong is told by our own check, which knows when to stop.
      validateRequests: { allErrors: false },
      validateResponses: false,
      validateSecurity: false,
      fileUploader: false,
      formats: FORMATS,
    }) as RequestHandler[];
    validators.set(contract, handlers);
  }
  return handlers;
}

/** What the validator tells itself of a call, as `req.openapi`: which operation it is for, and its path's parameters. */
type Route = object;

const routes = new WeakMap<ContractOperation, Route>();

/**
 * The handler that holds a call against an operation. Express has found which one it is; the validator would look for
 * it again and compile every path anew, at each call. So that it does not, it is told what it found when warmed up.
 */
export function validate(contract: Contract, operation: ContractOperation): RequestHandler {
  const check = checkOf(contract);
  const handler: RequestHandler = (req, res, next) => {
    const route = routes.get(operation);
    if (!route) warmUp(contract).then(() => handler(req, res, next), next);
    else void check(withRoute(req, { ...route, pathParams: { ...req.params } }), res, next);
  };
  return handler;
}

/** The part of the validator that checks, without the one that routes. */
function checkOf(contract: Contract): RequestHandler {
  const check = validatorOf(contract).find(({ name }) => name === 'requestMiddleware');
  if (!check) throw new Error('express-openapi-validator has other parts than the mock knows');
  return check;
}

function withRoute(req: Request, openapi: Route): Request {
  return Object.assign(req, { openapi });
}

const warmedUp = new WeakMap<Contract, Promise<void>>();

/** Makes the validator compile a contract now, so that a broken one stops the start, not the calls. */
export function warmUp(contract: Contract): Promise<void> {
  let done = warmedUp.get(contract);
  if (!done) warmedUp.set(contract, (done = warmUpAll(contract)));
  return done;
}

async function warmUpAll(contract: Contract): Promise<void> {
  for (const operation of contract.operations) {
    const request = madeUp(contract, operation);
    for (const handler of validatorOf(contract)) {
      const error = await errorOf(handler, request);
      // A refusal of this made-up request is as good as an acceptance: the validator works.
      if (error instanceof BadRequest) break;
      if (error) throw new ContractError(contract.file, (error as Error).message, error);
    }
    const { openapi: route } = request as Request & { openapi?: Route };
    const wrong = withRoute(madeUp(contract, operation, { unknown: '1' }), { ...route, pathParams: {} });
    const refusal = await errorOf(checkOf(contract), wrong);
    if (!route || !(refusal instanceof BadRequest)) {
      throw new ContractError(contract.file, `the validator checks no call of ${operation.operationId}`);
    }
    routes.set(operation, route);
  }
}

function errorOf(handler: RequestHandler, request: Request): Promise<unknown> {
  return new Promise((resolve) => void handler(request, {} as Response, resolve as NextFunction));
}

function madeUp(
  { basePath }: Contract,
  { method, path, requestBody }: ContractOperation,
  query: Record<string, string> = {},
): Request {
  const url = basePath + path.replace(/\{\w+\}/g, '1');
  const request = {
    method: method.toUpperCase(),
    originalUrl: url,
    url,
    path: url,
    baseUrl: '',
    headers: requestBody ? { 'content-type': 'application/json' } : {},
    query,
    params: {},
    body: {},
    app: { enabled: () => false, param: () => undefined },
  };
  return request as unknown as Request;
}
