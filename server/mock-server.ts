import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOperations, ContractError } from './contract-checks.js';
import { loadContract, type Contract } from './contract.js';
import { controlApi } from './control/control-api.js';
import type { Clock } from './domain/clock.js';
import { exportJobNotFound, serviceUnavailable, tooManyRequests, type ApiError } from './domain/errors.js';
import { parseInstant } from './domain/instant.js';
import { countedUuids } from './domain/random.js';
import type { Scenario } from './domain/scenario.js';
import { createApp } from './http/app.js';
import { exportJobsApi } from './http/export-jobs-api.js';
import { Listener } from './http/listener.js';
import { methodsOf } from './http/methods.js';
import { checker, replier } from './http/reply.js';
import { warmUp } from './http/openapi-validator.js';
import { healthOf, type Health } from './health.js';
import { createLog } from './log.js';
import { operations as allOperations } from './operations/index.js';
import type { Operation, OperationId, Operations } from './operations/operation.js';
import { openingOf } from './opening.js';
import { checkOptions } from './options-check.js';
import { OptionError, type LogLevel, type MockServerOptions } from './options.js';
import { packageRoot, packageVersion } from './package-root.js';
import { sandboxName, type SandboxName } from './sandbox-name.js';
import { Sandboxes, type SandboxOrigin } from './sandboxes.js';
import { loadSeed, SeedError } from './seed.js';
import { openState } from './state.js';
import { StateError, StateUnavailableError } from './storage/state-error.js';

export type { Clock, Health, LogLevel, MockServerOptions, SandboxName };
export type { ApiError, Operation, OperationId, Operations };
export { ContractError, OptionError, SeedError, StateError, StateUnavailableError };
// What an operation throws to answer a documented error.
export { exportJobNotFound, serviceUnavailable, tooManyRequests };

const OWN_CONTRACT = join(packageRoot, 'spec/openapi.yaml');
const OWN_CONTROL_CONTRACT = join(packageRoot, 'spec/control.yaml');
const DEFAULT_SCENARIO = join(packageRoot, 'fixtures/scenarios/succeeds.json');

/** One sandbox of a mock. */
export interface SandboxHandle extends SandboxName {
  readonly clock: Clock;
  /** Takes the sandbox back to its beginning: jobs, ids and clock. Resolves when that is done. */
  reset(): Promise<void>;
}

/** A mock in code. */
export interface MockServer {
  /** Takes a request and a response of `node:http`: for supertest, or to be mounted elsewhere. */
  readonly app: (request: unknown, response: unknown) => void;
  /** The operations it runs, one for each operationId. */
  readonly operations: Operations;
  /** The address it listens on, without a slash at the end. Throws before `listen`. */
  readonly url: string;
  /**
   * A sandbox, the documented one by default. It comes into being if there is none yet. Throws OptionError for a name
   * that is none.
   */
  sandbox(name?: { [Part in keyof SandboxName]?: SandboxName[Part] | undefined }): SandboxHandle;
  health(): Health;
  /** How long a created job is NEW and then PROCESSING, in milliseconds. */
  readonly lifetimes: Readonly<Pick<Scenario, 'newMs' | 'processingMs'>>;
  /** Where state is kept, unless it is in memory, and how many sandboxes were found there at the start. */
  readonly state: Readonly<{ directory: string | undefined; found: number }>;
  /** Listens on the options' port and host; resolves to `url`. Rejects with Node's error when it can't, and once closed. */
  listen(): Promise<string>;
  /**
   * Takes no more calls, finishes those under way and leaves the state's directory to others. Asked again, it gives the
   * same promise.
   */
  close(): Promise<void>;
}

/**
 * Makes a mock that is ready to answer: the contract is compiled, and seed and state are loaded. Rejects with
 * OptionError, ContractError, SeedError, StateError or StateUnavailableError.
 */
export async function createMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  checkOptions(options, Object.keys(allOperations));
  const { cors: crossOrigin = true } = options;
  const log = createLog(options.logLevel ?? 'silent');
  const [contract, control] = await readyContracts(options.contract);
  const randomSeed = String(options.randomSeed ?? randomBytes(16).toString('hex'));
  const origin = await sandboxOrigin(options, contract, randomSeed);
  // The last that may fail: its directory is then this process's own, until it is closed.
  const state = await openState(options, contract, log);
  const sandboxes = new Sandboxes({ ...origin, openStore: state.openStore }, log);
  const operations = { ...allOperations, ...given(options.operations) };
  const tally = { contractViolations: 0 };
  const health = healthOf(contract, tally);
  const checkRequestId = contract.schema('RequestId');
  const makeRequestId = countedUuids(`${randomSeed}\nrequests`);
  const checked = checker(contract, log, tally);
  const app = createApp({
    apis: [exportJobsApi(contract, operations, sandboxes, crossOrigin), controlApi(control, { health })],
    makeRequestId,
    isRequestId: (text) => checkRequestId(text).length === 0,
    reply: replier(checked, log),
    log,
  });
  const methods = methodsOf(contract.operations);
  const listener = new Listener({ app, makeRequestId, checked, log, methods, crossOrigin });
  const { newMs, processingMs } = origin.scenario;

  return {
    app: app as MockServer['app'],
    operations,
    get url() {
      return listener.url;
    },
    sandbox: (name) => sandboxes.get(sandboxName(name)),
    health,
    lifetimes: Object.freeze({ newMs, processingMs }),
    state: Object.freeze({ directory: state.directory, found: state.found }),
    ...openingOf(listener, state, options.port ?? 0, options.host ?? '127.0.0.1'),
  };
}

/** The operations that are given, without those that are undefined. */
function given(operations: MockServerOptions['operations'] = {}): Partial<Operations> {
  return Object.fromEntries(Object.entries(operations).filter(([, operation]) => operation));
}

/** The contract of the API and that of the control plane. */
async function readyContracts(file = OWN_CONTRACT): Promise<[Contract, Contract]> {
  const [contract, control] = [
    await loadContract(file),
    await loadContract(OWN_CONTROL_CONTRACT, 'when needed'),
  ];
  checkOperations(contract, Object.keys(allOperations));
  await warmUp([contract]);
  return [contract, control];
}

async function sandboxOrigin(
  { seed, clock, newMs, processingMs }: MockServerOptions,
  contract: Contract,
  randomSeed: string,
): Promise<Omit<SandboxOrigin, 'openStore'>> {
  const scenario = JSON.parse(await readFile(DEFAULT_SCENARIO, 'utf8')) as Scenario;
  return {
    seed: await loadSeed(seed ?? 'documented', contract),
    scenario: {
      ...scenario,
      newMs: newMs ?? scenario.newMs,
      processingMs: processingMs ?? scenario.processingMs,
    },
    frozenAt: clock === undefined ? undefined : parseInstant(clock),
    randomSeed,
  };
}

/** The versions of this package and of its contract. */
export async function readIdentity(): Promise<Pick<Health, 'version' | 'contract'>> {
  const { version, hash } = await loadContract(OWN_CONTRACT);
  return { version: packageVersion, contract: { version, hash } };
}
