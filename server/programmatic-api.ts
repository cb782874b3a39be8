import type { AdminAccess } from './auth/admin-access.js';
import type { Health } from './apis/control/health.js';
import type { Operations } from './apis/segmentation/operation.js';
import type { Fault, SandboxHandle, Scenario } from './apis/control/sandbox-handle.js';
import type { Run } from './journal/run.js';
import type { SandboxName } from './platform/sandbox-name.js';

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
  /** The sandboxes that there are. */
  sandboxes(): { org: string; name: string; jobs: number; now: string; frozen: boolean }[];
  /** Deletes a sandbox, snapshots included, and says whether there was one. Its next call makes it anew. */
  deleteSandbox(name: SandboxName): Promise<boolean>;
  health(): Health;
  /**
   * How long a created job of the default scenario is NEW and then PROCESSING, in milliseconds by time; `null` where it
   * stays so.
   */
  readonly lifetimes: Readonly<Pick<Scenario, 'newMs' | 'processingMs'>>;
  /** The scenarios that there are, in the order of their names, and the name of the default one. */
  scenarios(): { default: string; scenarios: Scenario[] };
  /** The faults that there are, in the order of their names. */
  faults(): Fault[];
  /** What all calls since the start came to, with the option `recordRun`; throws without it. */
  run(): Run;
  /** Who may use the control plane. */
  readonly adminAccess: AdminAccess;
  /** Where state is kept, unless it is in memory, and how many sandboxes were found there at the start. */
  readonly state: Readonly<{ directory: string | undefined; found: number }>;
  /** Listens on the options' port and host; resolves to `url`. Rejects with Node's error when it can't, and once closed. */
  listen(): Promise<string>;
  /**
   * Takes no more calls, finishes those under way and leaves the state's directory to others. Asked again, it gives the
   * same promise.
   */
  close(): Promise<void>;
  /** Breaks off the calls that are under way, so that a close waits for them no longer. They are recorded nowhere. */
  breakOff(): void;
}

/** What of a mock needs no HTTP. */
export type MockCore = Omit<MockServer, 'app' | 'url' | 'listen' | 'close' | 'breakOff'>;
