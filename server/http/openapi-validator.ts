import type { RequestHandler } from 'express';
import * as openApiValidator from 'express-openapi-validator';
import type { Contract } from '../contract.js';
import { ContractError } from '../contract-checks.js';
import { FORMATS } from '../contract-schemas.js';

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
      if (error instanceof BadRequest) break;
      if (error) throw new ContractError(contract.file, (error as Error).message, error);
    }
  }
}
