import type { Contract } from '../../../contract/contract.js';
import type { Fault } from '../../sandbox/fault.js';
import type { OperationId, Operations, Services } from './operation.js';
import type { Sandboxes } from '../../sandbox/sandboxes.js';
import type { Api } from '../../pipeline/api.js';
import { readBody } from '../../http/body.js';
import type { Gateway } from '../../auth/gateway.js';
import { validate } from '../../http/openapi-validator.js';

export interface ExportJobsApiParts {
  contract: Contract;
  operations: Operations;
  sandboxes: Sandboxes;
  admit: Gateway;
  crossOrigin: boolean;
  scenarioNames: readonly string[];
  faults: ReadonlyMap<string, Fault>;
}

/** The API that is mocked: the gateway, and behind it the operations, each call in its sandbox. */
export function exportJobsApi(parts: ExportJobsApiParts): Api {
  const { contract, operations, sandboxes, admit, crossOrigin, scenarioNames, faults } = parts;
  return {
    contract,
    addressable: true,
    crossOrigin,
    readBody,
    namedPreferences: {
      scenario: { names: scenarioNames, operationId: 'createExportJob' },
      fault: { names: [...faults.keys()] },
    },
    faults,
    hold: (operation) => validate(contract, operation),
    admit,
    open: (name) => sandboxes.get(name),
    // What keeps nothing is not to cost anything either.
    journals: sandboxes.journals.capacity > 0 ? sandboxes.journals : undefined,
    perform(operationId, call, { sandbox }) {
      // Which operation it is decides the types of call and answer; the contract was checked against both.
      const operation = operations[operationId as OperationId] as (
        services: Services | undefined,
      ) => (call: unknown) => ReturnType<Api['perform']>;
      return operation(sandbox?.services)(call);
    },
  };
}
