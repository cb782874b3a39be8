import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOperations } from './contract-checks.js';
import { loadContract, type Contract } from './contract.js';
import { controlApi } from './control/control-api.js';
import type { Clock } from './domain/clock.js';
import { parseInstant } from './domain/instant.js';
import { seededRandom } from './domain/random.js';
import type { Scenario } from './domain/scenario.js';
import { createApp } from './http/app.js';
import { exportJobsApi } from './http/export-jobs-api.js';
import { Listener } from './http/listener.js';
import { replier } from './http/reply.js';
import { warmUp } from './http/openapi-validator.js';
import { healthOf, type Health } from './health.js';
import { createLog } from './log.js';
import { operations as allOperations } from './operations/index.js';
import type { Operations } from './operations/operation.js';
import { checkOptions, type MockServerOptions } from './options.js';
import { packageRoot, packageVersion } from './package-root.js';
import { DOCUMENTED_SANDBOX, type SandboxName } from './sandbox-name.js';
import { Sandboxes, type SandboxOrigin } from './sandboxes.js';
import { loadSeed } from './seed.js';
import { MemoryJobStore } from './storage/memory-job-store.js';

export type { Health, MockServerOptions, SandboxName };

const OWN_CONTRACT = join(packageRoot, 'spec/openapi.yaml');
const OWN_CONTROL_CONTRACT = join(packageRoot, 'spec/control.yaml');
const DEFAULT_SCENARIO = join(packageRoot, 'fixtures/scenarios/succeeds.json');

/** One sandbox of a mock. */
export interface SandboxHandle extends SandboxName {
  readonly clock: Clock;
  /** Takes the sandbox back to its beginning: jobs, ids and clock. */
  reset(): void;
}

/** A mock in code. */
export interface MockServer {
  /** Takes a request and a response of `node:http`: for supertest, or to be mounted elsewhere. */
  readonly app: (request: unknown, response: unknown) => void;
  /** The operations it runs, one for each operationId. */
  readonly operations: Operations;
  /** The address it listens on, without a slash at the end. Throws before `listen`. */
  readonly url: string;
  /** A sandbox, the documented one by default. It comes into being if there is none yet. */
  sandbox(name?: Partial<SandboxName>): SandboxHandle;
  health(): Health;
  /** How long a created job is NEW and then PROCESSING, in milliseconds. */
  readonly lifetimes: Pick<Scenario, 'newMs' | 'processingMs'>;
  /** Listens on the options' port and host; resolves to `url`. Rejects with Node's error when it can't. */
  listen(): Promise<string>;
  /** Takes no more calls and finishes those under way. */
  close(): Promise<void>;
}

/**
 * Makes a mock that is ready to answer: the contract is compiled and the seed is loaded. Rejects with OptionError,
 * ContractError or SeedError.
 */
export async function createMockServer(options: MockServerOptions = {}): Promise<MockServer> {
  checkOptions(options);
  const log = createLog(options.logLevel ?? 'silent');
  const contract = await readyContract(options.contract ?? OWN_CONTRACT);
  const control = await readyContract(OWN_CONTROL_CONTRACT);
  checkOperations(contract, Object.keys(allOperations));

  const randomSeed = String(options.randomSeed ?? randomBytes(16).toString('hex'));
  const origin = await sandboxOrigin(options, contract, randomSeed);
  const sandboxes = new Sandboxes(origin, log);
  const operations = { ...allOperations, ...options.operations };
  const tally = { contractViolations: 0 };
  const health = healthOf(contract, tally);
  const checkRequestId = contract.schema('RequestId');
  const makeRequestId = requestIds(randomSeed);
  const app = createApp({
    apis: [
      exportJobsApi(contract, operations, sandboxes, options.cors ?? true),
      controlApi(control, { health }),
    ],
    makeRequestId,
    isRequestId: (text) => checkRequestId(text).length === 0,
    reply: replier(contract, log, tally),
    log,
  });
  const listener = new Listener(app, makeRequestId);

  return {
    app: app as MockServer['app'],
    operations,
    get url() {
      return listener.url;
    },
    sandbox: (name) => sandboxes.get({ ...DOCUMENTED_SANDBOX, ...name }),
    health,
    lifetimes: origin.scenario,
    listen: () => listener.listen(options.port ?? 0, options.host ?? '127.0.0.1'),
    close: () => listener.close(),
  };
}

async function readyContract(file: string): Promise<Contract> {
  const contract = await loadContract(file);
  await warmUp(contract);
  return contract;
}

async function sandboxOrigin(
  { seed, clock, newMs, processingMs }: MockServerOptions,
  contract: Contract,
  randomSeed: string,
): Promise<SandboxOrigin> {
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
    openStore: (jobs) => new MemoryJobStore(jobs),
  };
}

/** The versions of this package and of its contract. */
export async function readIdentity(): Promise<Pick<Health, 'version' | 'contract'>> {
  const { version, hash } = await loadContract(OWN_CONTRACT);
  return { version: packageVersion, contract: { version, hash } };
}

function requestIds(randomSeed: string): () => string {
  const random = seededRandom(randomSeed);
  let calls = 0;
  return () => random.uuid(`request/${++calls}`);
}
