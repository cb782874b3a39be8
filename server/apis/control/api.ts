import { randomUUID } from 'node:crypto';
import type { components, operations } from '../../../generated/control.js';
import type { OpenApiDocument } from '../../../contract/contract-checks.js';
import { ownContract, readDocument } from '../../../contract/contract-document.js';
import { contractOf, type Contract } from '../../../contract/contract.js';
import { OptionError } from '../../../contract/option-error.js';
import { packageVersion } from '../../../contract/package-root.js';
import { createAdminGuard, getAdminAccess, type AdminOptions } from '../../auth/admin-guard.js';
import type { Api, Handler, OperationRequest } from '../../pipeline/api.js';
import type { TypedRequest, TypedResponse } from '../../pipeline/typed-operation.js';
import {
  ApiError,
  contractViolated,
  ruleNotFound,
  sandboxNotFound,
  snapshotNotFound,
} from '../../platform/errors.js';
import { DOCUMENTED_SANDBOX, type SandboxName } from '../../platform/sandbox-name.js';
import { SANDBOX_PARTS } from '../../sandbox/sandbox.js';
import type { CommonSandboxHandle, JournalFilter } from './sandbox-handle.js';

type Schemas = components['schemas'];

/** How a mock is. Times in real seconds, `timestamp` as RFC 3339 writes it. */
export type Health = Schemas['Health'];

/** What the control plane reaches: a part of the programmatic API. */
export interface ControlledMock {
  health(): Health;
  sandbox(name: SandboxName): CommonSandboxHandle;
  sandboxes(): Schemas['Sandbox'][];
  deleteSandbox(name: SandboxName): Promise<boolean>;
  faults(): Schemas['Fault'][];
}

/** Makes what tells how a mock is that is ready from now on. */
export function createHealth(
  { version, hash }: Health['contract'],
  counters: Readonly<Pick<Health, 'contractViolations'>>,
): () => Health {
  const instance = randomUUID();
  const readySince = performance.now();
  return () => ({
    status: 'ok',
    version: packageVersion,
    contract: { version, hash },
    instance,
    uptimeInSeconds: Math.round(performance.now() - readySince) / 1000,
    timestamp: new Date().toISOString(),
    contractViolations: counters.contractViolations,
  });
}

/** The sandbox that a request of the control plane is for: what its headers do not say is taken from the documented one. */
export function readSandboxName({ headers }: { headers: object }): SandboxName {
  const { 'x-gw-ims-org-id': org, 'x-sandbox-name': name } = headers as Record<string, string | undefined>;
  return { org: org ?? DOCUMENTED_SANDBOX.org, name: name ?? DOCUMENTED_SANDBOX.name };
}

const contracts = new Map<string, Promise<Contract>>();

/** The contract of the control plane, which names the operations of the apis and the parts of sandboxes. Once in a process. */
export function loadControlContract(
  operationIds: readonly string[],
  collections: readonly string[],
): Promise<Contract> {
  const names = { OperationId: operationIds, SandboxPart: [...collections, ...SANDBOX_PARTS] };
  const key = JSON.stringify(names);
  let contract = contracts.get(key);
  if (!contract) contracts.set(key, (contract = load(names)));
  return contract;
}

async function load(names: Record<string, readonly string[]>): Promise<Contract> {
  const file = ownContract('control');
  const document = (await readDocument(file)) as OpenApiDocument;
  const schemas = document.components.schemas as Record<string, object>;
  for (const [name, values] of Object.entries(names)) schemas[name] = { ...schemas[name], enum: values };
  return contractOf(file, document, 'when needed');
}

/**
 * The control plane. Each operation is a line onto the programmatic API; those that are for the resources of one api are
 * that api's own.
 */
export function createControlApi(
  contract: Contract,
  mock: ControlledMock,
  apiRoutes: Readonly<Record<string, Handler>>,
  options: AdminOptions,
): Api {
  const guard = createAdminGuard(options);
  const isOff = getAdminAccess(options) === 'off';
  const routed = contract.operations.filter(({ operationId }) => !isOff || operationId === 'getHealth');
  const routes: Readonly<Record<string, Handler>> = { ...createCommonRoutes(mock), ...apiRoutes };
  return {
    contract: { ...contract, operations: routed },
    bodyFormat: 'optional-json',
    crossOrigin: false,
    authorize(headers, _address, operation) {
      guard(headers, operation?.operationId === 'getHealth');
      return undefined;
    },
    operations: Object.fromEntries(
      Object.entries(routes).map(([operationId, handle]) => [
        operationId,
        () => async (request: OperationRequest) => {
          try {
            return await handle(request);
          } catch (error) {
            throw toApiError(error, request);
          }
        },
      ]),
    ),
  };
}

/** A value that the contract lets through may still name nothing that exists. */
function toApiError(error: unknown, { body }: OperationRequest): unknown {
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

type Request<Id extends keyof operations> = TypedRequest<operations[Id]>;
type Response<Id extends keyof operations> = TypedResponse<operations[Id]>;
type Routes = {
  [Id in keyof operations]: (request: Request<Id>) => Response<Id> | Promise<Response<Id>>;
};

const respond = <Body>(body: Body) => ({ status: 200 as const, body });
const DONE = { status: 204 as const };

function createCommonRoutes(mock: ControlledMock): Record<string, Handler> {
  const get = (request: { headers: object }) => mock.sandbox(readSandboxName(request));
  const turnClock = async (
    request: { headers: object },
    turn: (clock: CommonSandboxHandle['clock']) => void,
  ) => {
    const sandbox = get(request);
    turn(sandbox.clock);
    await sandbox.stored();
    return respond(toClock(sandbox));
  };
  const routes: Partial<Routes> = {
    getHealth: () => respond(mock.health()),
    getVersion: () => {
      const { version, contract } = mock.health();
      return respond({ version, contract });
    },

    getClock: (request) => respond(toClock(get(request))),
    setClock: async (request) => {
      await get(request).setClock(request.body);
      return respond(toClock(get(request)));
    },
    advanceClock: (request) => turnClock(request, (clock) => clock.advance(request.body.by)),
    freezeClock: (request) => turnClock(request, (clock) => clock.freeze()),
    resumeClock: (request) => turnClock(request, (clock) => clock.resume()),

    resetSandbox: async (request) => {
      await get(request).reset(...(request.body?.only ?? []));
      return DONE;
    },
    listSnapshots: (request) => respond({ snapshots: get(request).snapshots() }),
    saveSnapshot: (request) => respond(get(request).snapshot(request.path.name)),
    deleteSnapshot: (request) => {
      if (!get(request).deleteSnapshot(request.path.name)) throw snapshotNotFound(request.path.name);
      return DONE;
    },
    restoreSnapshot: async (request) => respond(await get(request).restore(request.path.name)),
    exportState: (request) => respond(get(request).exportState()),
    importState: async (request) => {
      await get(request).importState(request.body);
      return DONE;
    },

    listRules: (request) => respond({ rules: get(request).rules.list() }),
    addRule: async (request) => {
      const sandbox = get(request);
      const rule = sandbox.rules.add(request.body);
      await sandbox.stored();
      return { status: 201, body: rule };
    },
    removeRules: async (request) => {
      const sandbox = get(request);
      sandbox.rules.clear();
      await sandbox.stored();
      return DONE;
    },
    removeRule: async (request) => {
      const sandbox = get(request);
      if (!sandbox.rules.remove(request.path.id)) throw ruleNotFound(request.path.id);
      await sandbox.stored();
      return DONE;
    },
    listFaults: () => respond({ faults: mock.faults() }),

    listJournal: (request) => respond({ entries: get(request).journal(toFilter(request.query)) }),
    clearJournal: (request) => {
      get(request).clearJournal();
      return DONE;
    },
    countJournal: (request) => respond({ count: get(request).journalCount(toFilter(request.query)) }),
    expectViolations: (request) => respond({ marked: get(request).expectViolations(request.body) }),
    getCoverage: (request) => respond(get(request).coverage()),

    listSandboxes: () => respond({ sandboxes: mock.sandboxes() }),
    deleteSandbox: async ({ path }) => {
      if (!(await mock.deleteSandbox(path))) throw sandboxNotFound(path.org, path.name);
      return DONE;
    },
  };
  return routes as unknown as Record<string, Handler>;
}

function toClock({ clock }: CommonSandboxHandle): Schemas['Clock'] {
  const now = clock.now();
  const realTime = new Date().toISOString();
  return { now: new Date(now).toISOString(), nowInMs: now, frozen: clock.frozen, realTime };
}

function toFilter({ violations, expected, ...query }: Request<'listJournal'>['query']): JournalFilter {
  return {
    ...query,
    ...(violations !== undefined && { violations: violations === 'true' }),
    ...(expected !== undefined && { expected: expected === 'true' }),
  };
}
