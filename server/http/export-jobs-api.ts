import type { Contract } from '../contract.js';
import type { OperationId, Operations, Services } from '../operations/operation.js';
import type { Sandboxes } from '../sandboxes.js';
import type { Api } from './api.js';
import { readBody } from './body.js';
import { admit } from './gateway.js';
import { validate } from './openapi-validator.js';

/** The API that is mocked: the gateway, and behind it the operations, each call in its sandbox. */
export function exportJobsApi(
  contract: Contract,
  operations: Operations,
  sandboxes: Sandboxes,
  crossOrigin: boolean,
): Api {
  return {
    contract,
    addressable: true,
    crossOrigin,
    readBody,
    hold: (operation) => validate(contract, operation),
    admit,
    open: (name) => sandboxes.get(name),
    perform(operationId, call, { sandbox }) {
      // Which operation it is decides the types of call and answer; the contract was checked against both.
      const operation = operations[operationId as OperationId] as (
        services: Services | undefined,
      ) => (call: unknown) => ReturnType<Api['perform']>;
      return operation(sandbox?.services)(call);
    },
  };
}
