import type { NextFunction, Request, RequestHandler, Response } from 'express';
import * as openApiValidator from 'express-openapi-validator';
import { ContractError } from '../../contract/contract-checks.js';
import { requestsOf } from '../../contract/contract-requests.js';
import { FORMATS } from '../../contract/contract-schemas.js';
import type { Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';

/** How express-openapi-validator refuses a request. */
export const { BadRequest } = openApiValidator.error;

/** How the validator holds a call of an operation against the contract. */
interface Prepared {
  check: RequestHandler;
  /** What the validator tells itself of such a call, as `req.openapi`. */
  route: object;
}

const prepared = new WeakMap<ContractOperation, Prepared>();

/**
 * The handler that holds a call against an operation. Express has found which one it is; the validator would look for
 * it again and compile every path anew, at each call. So that it does not, it is told what it found when warmed up.
 */
export function validate(contract: Contract, operation: ContractOperation): RequestHandler {
  const handler: RequestHandler = (req, res, next) => {
    const found = prepared.get(operation);
    if (!found) warmUp([contract]).then(() => handler(req, res, next), next);
    else
      void found.check(
        withRoute(req, Object.assign({}, found.route, { pathParams: { ...req.params } })),
        res,
        next,
      );
  };
  return handler;
}

function withRoute(req: Request, openapi: object): Request {
  return Object.assign(req, { openapi });
}

const warming = new WeakMap<Contract, Promise<void>>();

/**
 * Makes the validator compile contracts now, so that a broken one stops the start, not the calls. Each is compiled once
 * in a process, and those that are asked for together are together: it takes a tenth of a second, however few they are.
 */
export async function warmUp(contracts: Contract[], make = validatorOf): Promise<void> {
  const cold = contracts.filter((contract) => !warming.has(contract));
  if (cold.length > 0) {
    const warm = warmUpAll(cold, make);
    for (const contract of cold) warming.set(contract, warm);
    // One of them was broken, and the others may be asked for again without it.
    warm.catch(() => cold.forEach((contract) => warming.delete(contract)));
  }
  for (const contract of contracts) await warming.get(contract);
}

async function warmUpAll(contracts: Contract[], make: typeof validatorOf): Promise<void> {
  const handlers = make(await requestsOf(contracts));
  const check = handlers.find(({ name }) => name === 'requestMiddleware');
  for (const contract of contracts) {
    for (const operation of contract.operations) {
      const route = await routeOf(contract, operation, handlers);
      const wrong = withRoute(madeUp(contract, operation, { unknown: '1' }), { ...route, pathParams: {} });
      const refusal = check && (await errorOf(check, wrong));
      if (!check || !route || !(refusal instanceof BadRequest)) {
        throw new ContractError(contract.file, `the validator checks no call of ${operation.operationId}`);
      }
      prepared.set(operation, { check, route });
    }
  }
}

/** What the validator tells itself of a made-up call. */
async function routeOf(contract: Contract, operation: ContractOperation, handlers: RequestHandler[]) {
  const request: Request & { openapi?: object } = madeUp(contract, operation);
  for (const handler of handlers) {
    const error = await errorOf(handler, request);
    // A refusal of this made-up request is as good as an acceptance: the validator works.
    if (error instanceof BadRequest) break;
    if (error) throw new ContractError(contract.file, (error as Error).message, error);
  }
  return request.openapi;
}

export function validatorOf(document: object): RequestHandler[] {
  return openApiValidator.middleware({
    apiSpec: document as never,
    // The contract was checked when it was loaded, and this is a part of it.
    validateApiSpec: false,
    // What is wrong is told by our own check, which knows when to stop.
    validateRequests: { allErrors: false },
    validateResponses: false,
    validateSecurity: false,
    fileUploader: false,
    formats: FORMATS,
  }) as RequestHandler[];
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
