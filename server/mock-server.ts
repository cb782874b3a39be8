import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { checkOperations, ContractError } from '../contract/contract-checks.js';
import { ownContract } from '../contract/contract-document.js';
import { loadContract, type Contract } from '../contract/contract.js';
import { parseInstant } from '../contract/instant.js';
import { OptionError } from '../contract/option-error.js';
import type { components } from '../generated/control.js';
import {
  createControlApi,
  createHealth,
  loadControlContract,
  readSandboxName,
  type ControlledMock,
} from './apis/control/api.js';
import {
  createSandboxHandle,
  type CommonSandboxHandle,
  type FaultAim,
  type JournalFilter,
} from './apis/control/sandbox-handle.js';
import { createIdentityApi } from './apis/identity/api.js';
import { Tokens } from './apis/identity/tokens.js';
import { operations, segmentation } from './apis/segmentation/api.js';
import { exportJobNotFound } from './apis/segmentation/errors.js';
import type { Aim, JobsInMock, JobsInSandbox } from './apis/segmentation/jobs-in-code.js';
import type { Job } from './apis/segmentation/job-control.js';
import type { Operation, OperationId, Operations } from './apis/segmentation/operation.js';
import { SeedError } from './apis/segmentation/seed.js';
import type { Scenario } from './apis/segmentation/stored-job.js';
import { getAdminAccess, type AdminAccess } from './auth/admin-guard.js';
import { CredentialsError, loadCredentials } from './auth/credentials.js';
import { createGateway, type Gateway } from './auth/gateway.js';
import { createApp } from './http/app.js';
import { HttpServer } from './http/http-server.js';
import { warmUp } from './http/request-validator.js';
import type { ViolationFilter } from './journal/journal-entry.js';
import { Journals } from './journal/journals.js';
import type { Run, RunCall, RunCalls } from './journal/run.js';
import { createLog } from './log.js';
import { resolveOptions } from './options.js';
import type { AuthMode, LogLevel, MockServerOptions as Options, ResolvedOptions } from './options.js';
import {
  listResources,
  type Api,
  type ApiDefinition,
  type Handler,
  type SandboxApi,
} from './pipeline/api.js';
import { Pipeline } from './pipeline/pipeline.js';
import { Routes } from './pipeline/routes.js';
import { DataFileError } from './platform/data-files.js';
import {
  changeNotStored,
  pathNotFound,
  serviceUnavailable,
  tooManyRequests,
  type ApiError,
} from './platform/errors.js';
import { toSandboxName, type SandboxName } from './platform/sandbox-name.js';
import type { Clock } from './sandbox/clock.js';
import { countedUuids, seededRandom } from './sandbox/random.js';
import { createInitialRules, createRuleReader, loadFaults } from './sandbox/rule-reader.js';
import type { Sandbox, SandboxContents } from './sandbox/sandbox.js';
import { Sandboxes } from './sandbox/sandboxes.js';
import { createSettingsCheck } from './sandbox/settings.js';
import { StateError, StateUnavailableError } from './storage/state-errors.js';
import { MEMORY_FOLDER } from './storage/sandbox-files.js';
import { SandboxStore } from './storage/sandbox-store.js';
import { StateDirectory } from './storage/state-directory.js';

type Schemas = components['schemas'];
type Coverage = Schemas['Coverage'];
type Fault = Schemas['Fault'];
type Health = Schemas['Health'];
type JobStatus = Schemas['ExportJobStatus'];
type JournalEntry = Schemas['JournalEntry'];
type Rule = Schemas['Rule'];
type SandboxPart = Schemas['SandboxPart'];
type SandboxState = Schemas['SandboxState'];
type Snapshot = Schemas['Snapshot'];

/** Every option may be left out. */
export type MockServerOptions = Options<Operations>;

/** One sandbox of a mock in code. */
export interface SandboxHandle extends CommonSandboxHandle, JobsInSandbox {}

/** A mock in code. */
export interface MockServer extends JobsInMock {
  /** Takes a request and a response of `node:http`: for supertest, or to be mounted elsewhere. */
  readonly app: (request: unknown, response: unknown) => void;
  /** The address it listens on, without a slash at the end. Throws before `listen`. */
  readonly url: string;
  /**
   * A sandbox, the documented one by default. It comes into being if there is none yet. Throws OptionError for an invalid
   * name.
   */
  sandbox(name?: { [Part in keyof SandboxName]?: SandboxName[Part] | undefined }): SandboxHandle;
  /** The sandboxes that there are, with how many records of each kind. */
  sandboxes(): Schemas['Sandbox'][];
  /** Deletes a sandbox, snapshots included, and says whether there was one. Its next request makes it anew. */
  deleteSandbox(name: SandboxName): Promise<boolean>;
  health(): Health;
  /** The faults that there are, in the order of their names. */
  faults(): Fault[];
  /** What all requests since the start came to, with the option `recordRun`; throws without it. */
  run(): Run;
  /** Who may use the control plane. */
  readonly adminAccess: AdminAccess;
  /** Where state is kept, unless it is in memory, and how many sandboxes were found there at the start. */
  readonly state: Readonly<{ directory: string | undefined; found: number }>;
  /** Listens on the options' port and host; resolves to `url`. Rejects with Node's error when it cannot, and once closed. */
  listen(): Promise<string>;
  /**
   * Takes no more requests, finishes those under way and leaves the state's directory to others. Called again, it gives
   * the same promise.
   */
  close(): Promise<void>;
  /** Breaks off the requests that are under way, so that a close waits for them no longer. They are recorded nowhere. */
  breakOff(): void;
}

export type { AdminAccess, AuthMode, Clock, Health, LogLevel };
export type { Run, RunCall, RunCalls, SandboxName };
export type { Aim, FaultAim, Job, JobStatus, JournalEntry, JournalFilter, Coverage, Rule, SandboxPart };
export type {
  ApiError,
  Fault,
  Operation,
  OperationId,
  Operations,
  SandboxState,
  Scenario,
  Snapshot,
  ViolationFilter,
};
export { ContractError, CredentialsError, DataFileError, OptionError };
export { SeedError, StateError, StateUnavailableError };
// What an operation throws to respond with a documented error.
export { exportJobNotFound, serviceUnavailable, tooManyRequests };

/**
 * Makes a mock that is ready for requests: the contract is compiled, and seed and state are loaded. Rejects with
 * OptionError, ContractError, CredentialsError, DataFileError (a SeedError for a seed), StateError or
 * StateUnavailableError.
 */
export async function createMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  return composeMockServer(resolveOptions<Operations>(options, Object.keys(operations)), APIS);
}

/**
 * The apis of the platform that are mocked. What the control plane and the identity service need is made below.
 * @internal
 */
export const APIS: readonly ApiDefinition<ResolvedOptions<Operations>>[] = [segmentation];

/**
 * Makes a mock of those apis. The contract of the first says what is responded to a request for none of them.
 * @internal
 */
export async function composeMockServer(
  options: ResolvedOptions<Operations>,
  definitions: readonly ApiDefinition<ResolvedOptions<Operations>>[],
): Promise<MockServer> {
  const log = createLog(options.logLevel);
  const randomSeed = String(options.randomSeed ?? randomBytes(16).toString('hex'));
  const frozenAt = options.clock === undefined ? undefined : parseInstant(options.clock);

  // Contracts
  const contracts = await Promise.all(
    definitions.map((definition) => loadContract(definition.getContractFile(options))),
  );
  const [contract] = contracts as [Contract];
  const identityContract = await loadContract(ownContract('ims'), 'when needed');
  const mockedOperations = contracts.flatMap((each) => each.operations);
  const collections = definitions.map(({ createCollections }, index) =>
    createCollections ? createCollections(contracts[index] as Contract) : [],
  );
  const control = await loadControlContract(
    mockedOperations.map(({ operationId }) => operationId),
    collections.flat().map(({ name }) => name),
  );

  // What is loaded from files
  const apis = await Promise.all(
    definitions.map(async ({ create }, index) => {
      const api = await create(contracts[index] as Contract, control, options);
      checkOperations(api.contract, Object.keys(api.operations));
      return api;
    }),
  );
  await warmUp(contracts);
  const faults = await loadFaults(control, options.faults);
  const credentials =
    options.credentials === undefined
      ? undefined
      : await loadCredentials(options.credentials, identityContract);
  const upstream = options.upstream === undefined ? undefined : await import('./http/upstream-proxy.js');

  // Sandboxes. Their directory is the last that may fail: it belongs to this process then, until the mock is closed.
  const contents = combineContents(apis, collections);
  const initialRules = createInitialRules(options.fault, faults);
  const journals = new Journals(
    mockedOperations,
    options.journal,
    frozenAt === undefined ? Date : { now: () => frozenAt },
  );
  if (options.recordRun) journals.beginRun();
  const toStorageError = (cause: Error) => {
    log.error({ reason: cause.message }, 'a change could not be stored, and was not made');
    return changeNotStored();
  };
  const directory =
    options.db === undefined
      ? undefined
      : await StateDirectory.open({
          directory: resolve(options.db),
          fresh: options.fresh,
          checks: {
            collections: contents.collections,
            findSettingsProblem: createSettingsCheck(control),
          },
          toStorageError,
          warn: (message) => log.warn(message),
        });
  const sandboxes = new Sandboxes(
    {
      contents,
      initialRules,
      readRule: createRuleReader(
        control,
        faults,
        apis.flatMap(({ ruleKinds = [] }) => ruleKinds),
        contents.resources,
      ),
      frozenAt,
      // A number that was given makes all sandboxes alike, whatever a test has called them.
      createRandom: ({ org, name }) =>
        seededRandom(options.randomSeed === undefined ? `${randomSeed}\n${org}\n${name}` : randomSeed),
      openStore: (sandbox, seed) =>
        directory?.openStore(sandbox, seed) ??
        new SandboxStore({
          folder: MEMORY_FOLDER,
          collections: contents.collections,
          seed,
          toStorageError,
        }),
      journals,
      validateState: control.schema('SandboxState'),
    },
    log,
    () => directory?.listUnopened() ?? [],
  );

  // The mock in code
  const counters = { contractViolations: 0 };
  const resourceNames = contents.resources.map(({ name }) => name);
  const createHandle = (sandbox: Sandbox) =>
    Object.assign(
      createSandboxHandle(sandbox, resourceNames),
      ...apis.flatMap((api) => (api.createHandle ? [sandbox.getService(api.createHandle)] : [])),
    ) as SandboxHandle;
  const inCode: ControlledMock & { sandbox: MockServer['sandbox'] } = {
    sandbox: (name) => sandboxes.get(toSandboxName(name)).getService(createHandle),
    sandboxes: () =>
      sandboxes.list().map((sandbox) => ({
        org: sandbox.org,
        name: sandbox.name,
        records: sandbox.countRecords(),
        now: new Date(sandbox.clock.now()).toISOString(),
        frozen: sandbox.clock.frozen,
      })),
    deleteSandbox: (name) => sandboxes.delete(toSandboxName(name)),
    health: createHealth(contract, counters),
    faults: () => structuredClone([...faults.values()]),
  };

  // Routes: the apis behind the gateway, the identity service and the control plane
  const tokens = new Tokens(randomSeed);
  const gateway = createGateway({
    credentials,
    findTokenOwner:
      options.auth === 'minted'
        ? (token, sandbox) => tokens.findOwner(token, sandbox && sandboxes.getClock(sandbox))
        : undefined,
  });
  const apiRoutes = apis.map(({ controlRoutes }) =>
    controlRoutes?.((request) => sandboxes.get(readSandboxName(request))),
  );
  const routes = new Routes([
    ...apis.map((api) => mountApi(api, gateway, options.cors)),
    createIdentityApi(identityContract, tokens, credentials, options.cors),
    createControlApi(control, inCode, Object.assign({}, ...apiRoutes) as Record<string, Handler>, options),
  ]);

  // HTTP
  const pipeline = new Pipeline({
    routes,
    contract,
    faults,
    sandboxes,
    journals,
    counters,
    createRequestId: countedUuids(`${randomSeed}\nrequests`),
    isForwarded: upstream && ((path) => routes.findApi(path)?.contract.basePath !== control.basePath),
    getByteLength: (text) => Buffer.byteLength(text),
    log,
  });
  const proxy =
    options.upstream === undefined
      ? undefined
      : upstream?.createUpstreamProxy(options.upstream, options.cors, pipeline);
  const app = createApp(pipeline, routes, proxy);
  const server = new HttpServer({ app, pipeline, routes, crossOrigin: options.cors });

  let opened: Promise<string> | undefined;
  let closed: Promise<void> | undefined;
  const open = async () => {
    try {
      const url = await server.listen(options.port, options.host);
      directory?.announce(url);
      return url;
    } catch (error) {
      opened = undefined;
      throw error;
    }
  };
  const close = async () => {
    await opened?.catch(() => undefined);
    // Requests that wait for a job would be waited for.
    sandboxes.close();
    proxy?.close();
    await server.close();
    // Last, when all requests are responded to.
    await directory?.close();
  };
  return {
    ...(Object.assign({}, ...apis.map(({ mockMembers }) => mockMembers)) as JobsInMock),
    ...inCode,
    run: () => {
      const { run } = journals;
      if (!run) throw new Error('The run is not recorded: make the mock with the option recordRun.');
      return run.toReport();
    },
    adminAccess: getAdminAccess(options),
    state: Object.freeze({
      directory: directory && resolve(options.db ?? ''),
      found: directory?.foundCount ?? 0,
    }),
    app: app as MockServer['app'],
    get url() {
      return server.url;
    },
    listen: () =>
      closed ? Promise.reject(new Error('The mock is closed: make another.')) : (opened ??= open()),
    close: () => (closed ??= close()),
    breakOff: () => server.breakOff(),
  };
}

/** What the apis keep in each sandbox, together. */
function combineContents(
  apis: readonly SandboxApi[],
  collections: readonly SandboxContents['collections'][],
): SandboxContents {
  const owners = new Map(
    collections.flatMap((own, index) => own.map(({ name }) => [name, apis[index]] as const)),
  );
  return {
    collections: collections.flat(),
    seed: (context) => Object.assign({}, ...apis.map(({ seed }) => seed?.(context))) as never,
    adopt: (name, record, sandbox) => owners.get(name)?.adopt?.(record, sandbox) ?? record,
    resources: apis.flatMap(({ contract, resources }) => listResources(contract, resources)),
  };
}

function mountApi(api: SandboxApi, gateway: Gateway, crossOrigin: boolean): Api {
  return {
    contract: api.contract,
    bodyFormat: 'json',
    crossOrigin,
    authorize: gateway,
    operations: api.operations as Api['operations'],
    inSandbox: {
      preferences: api.preferences ?? {},
      resources: api.resources ?? {},
      createNotFound: api.createNotFound ?? ((id) => pathNotFound(String(id), api.contract.basePath)),
    },
  };
}
