import { randomBytes } from 'node:crypto';
import { adminAccess, type AdminAccess } from './auth/admin-access.js';
import { readCallers } from './callers.js';
import { ContractError } from '../contract/contract-checks.js';
import { CredentialsError } from './auth/credentials.js';
import { DataFileError } from './sandbox/data-files.js';
import type { Clock } from './sandbox/clock.js';
import { exportJobNotFound, serviceUnavailable, tooManyRequests, type ApiError } from './platform/errors.js';
import { healthOf, type Health } from './apis/control/health.js';
import { createLog } from './log.js';
import { operations as allOperations } from './apis/segmentation/index.js';
import type { Operation, OperationId, Operations } from './apis/segmentation/operation.js';
import { openingOf } from './opening.js';
import { OptionError } from '../contract/option-error.js';
import {
  resolveOptions,
  type AuthMode,
  type LogLevel,
  type MockServerOptions as Options,
} from './options.js';
import { readyContracts } from './http/own-contracts.js';
import { mockCore } from './mock-core.js';
import { loadPassingOn } from './passing-on.js';
import type { MockServer } from './programmatic-api.js';
import type {
  Aim,
  Coverage,
  Fault,
  FaultAim,
  Job,
  JobStatus,
  JournalEntry,
  JournalFilter,
  Rule,
  SandboxHandle,
  SandboxPart,
  SandboxState,
  Scenario,
  Snapshot,
  ViolationFilter,
} from './apis/control/sandbox-handle.js';
import type { Run, RunCall, RunCalls } from './journal/run.js';
import type { SandboxName } from './platform/sandbox-name.js';
import { loadBeginning } from './sandbox/sandbox-origin.js';
import { settingsCheck } from './sandbox/sandbox-settings.js';
import { Sandboxes } from './sandbox/sandboxes.js';
import { SeedError } from './apis/segmentation/seed.js';
import { serve } from './serving.js';
import { openState } from './state.js';
import { StateError, StateUnavailableError } from './storage/state-error.js';

export type { AdminAccess, AuthMode, Clock, Health, LogLevel, MockServer };
/** Every option may be left out. */
export type MockServerOptions = Options<Operations>;
export type { Run, RunCall, RunCalls, SandboxHandle, SandboxName };
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
// What an operation throws to answer a documented error.
export { exportJobNotFound, serviceUnavailable, tooManyRequests };

/**
 * Makes a mock that is ready to answer: the contract is compiled, and seed and state are loaded. Rejects with
 * OptionError, ContractError, CredentialsError, DataFileError (a SeedError for a seed), StateError or
 * StateUnavailableError.
 */
export async function createMockServer(given: MockServerOptions = {}): Promise<MockServer> {
  const options = resolveOptions<Operations>(given, Object.keys(allOperations));
  const log = createLog(options.logLevel);
  const [contract, control] = await readyContracts(Object.keys(allOperations), options.contract);
  const randomSeed = String(options.randomSeed ?? randomBytes(16).toString('hex'));
  const callers = await readCallers(options, randomSeed);
  const beginning = await loadBeginning(options, { contract, control }, randomSeed);
  const passingOn = await loadPassingOn(options, control.basePath);
  // The last that may fail: its directory is then this process's own, until it is closed.
  const state = await openState(options, contract, log, settingsCheck(control.schema));
  const origin = { ...beginning.origin, openStore: state.openStore };
  const sandboxes = new Sandboxes(origin, log, state.unopened);
  const tally = { contractViolations: 0 };
  const core = {
    ...mockCore(sandboxes, beginning),
    operations: { ...allOperations, ...options.operations },
    health: healthOf(contract, tally),
    adminAccess: adminAccess(options),
    state: Object.freeze({ directory: state.directory, found: state.found }),
  };
  const parts = { contract, control, sandboxes, callers, beginning, core, tally, randomSeed, log };
  const { app, listener } = serve({ ...parts, passingOn }, options);
  return {
    ...core,
    app: app as MockServer['app'],
    get url() {
      return listener.url;
    },
    breakOff: () => listener.breakOff(),
    ...openingOf(listener, state, options.port, options.host),
  };
}
