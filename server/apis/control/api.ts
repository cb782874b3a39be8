import type { components, operations } from '../../../generated/control.js';
import type { Contract } from '../../../contract/contract.js';
import { sandboxNotFound } from '../../platform/control-errors.js';
import { ApiError, contractViolated } from '../../platform/errors.js';
import type { Health } from './health.js';
import type { Api, PerformedCall } from '../../pipeline/api.js';
import { readOptionalBody } from '../../http/body.js';
import { holdAlone } from '../../pipeline/request-check.js';
import { OptionError } from '../../../contract/option-error.js';
import type { SandboxHandle } from './sandbox-handle.js';
import { DOCUMENTED_SANDBOX, type SandboxName } from '../../platform/sandbox-name.js';
import { done, ok, type Operations, type SandboxOf } from './control-operation.js';
import { jobOperations, journalOperations, ruleOperations } from './job-operations.js';
import { clockOperations, stateOperations } from './state-operations.js';

type Schemas = components['schemas'];

/** What the control plane reaches: a part of the programmatic API. */
export interface Controlled {
  health(): Health;
  sandbox(name: SandboxName): SandboxHandle;
  sandboxes(): Schemas['Sandbox'][];
  deleteSandbox(name: SandboxName): Promise<boolean>;
  scenarios(): Schemas['ScenarioList'];
  faults(): Schemas['Fault'][];
}

/** The control plane. Each operation is a line onto the programmatic API. */
export function controlApi(contract: Contract, mock: Controlled): Api {
  const table = operationsOn(mock);
  return {
    contract,
    addressable: false,
    crossOrigin: false,
    readBody: readOptionalBody,
    hold: holdAlone,
    async perform(operationId, call) {
      // Which operation it is decides the types of call and answer; both are held to the contract.
      const operation = table[operationId as keyof operations] as (
        call: PerformedCall,
      ) => ReturnType<Api['perform']>;
      try {
        return await operation(call);
      } catch (error) {
        throw refusalOf(error, call);
      }
    },
  };
}

function operationsOn(mock: Controlled): Operations {
  const of: SandboxOf = ({ headers }) =>
    mock.sandbox({
      org: headers['x-gw-ims-org-id'] ?? DOCUMENTED_SANDBOX.org,
      name: headers['x-sandbox-name'] ?? DOCUMENTED_SANDBOX.name,
    });
  return {
    ...clockOperations(of),
    ...stateOperations(of),
    ...jobOperations(of),
    ...ruleOperations(of),
    ...journalOperations(of),
    listScenarios: () => ok(mock.scenarios()),
    listFaults: () => ok({ faults: mock.faults() }),
    listSandboxes: () => ok({ sandboxes: mock.sandboxes() }),
    deleteSandbox: async ({ path }) => {
      if (!(await mock.deleteSandbox(path))) throw sandboxNotFound(path.org, path.name);
      return done;
    },
    getHealth: () => ok(mock.health()),
    getVersion: () => {
      const { version, contract: identity } = mock.health();
      return ok({ version, contract: identity });
    },
  };
}

/** A value that the contract lets through may still be none that there is. */
function refusalOf(error: unknown, { body }: PerformedCall): unknown {
  const pointer = body === undefined ? '/path' : '/body';
  if (error instanceof OptionError && error.violations.length > 0) {
    return contractViolated(
      error.violations.map((each) => ({ ...each, pointer: pointer + (each.pointer ?? '') })),
    );
  }
  if (error instanceof ApiError || !(error instanceof OptionError || error instanceof RangeError))
    return error;
  return contractViolated([{ message: error.message, pointer }]);
}
