import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Contract } from '../contract/contract.js';
import { changeNotStored } from './platform/errors.js';
import { factsCheck } from './apis/segmentation/stored-job-check.js';
import type { MockServerOptions } from './options.js';
import type { SandboxName } from './platform/sandbox-name.js';
import type { OpenStore } from './sandbox/sandbox.js';
import { memoryFolder } from './storage/job-folder.js';
import type { CheckSettings } from './storage/kept-sandboxes.js';
import { LowdbJobStore } from './storage/lowdb-job-store.js';
import { sandboxStore } from './storage/sandbox-store.js';
import { StateDirectory } from './storage/state-directory.js';

/** Where the state of a mock is kept. */
export interface State {
  openStore: OpenStore;
  /** The sandboxes that were found there and not opened yet. */
  unopened: () => SandboxName[];
  /** Absent when state is kept in memory. */
  directory?: string | undefined;
  /** How many sandboxes were found there. */
  found: number;
  /** Lets other processes know where this one listens. */
  announce: (url: string) => void;
  close: () => Promise<void>;
}

/**
 * Opens the state that the options ask for. Rejects with StateError or StateUnavailableError.
 * @param checkSettings says what is wrong with the settings of a sandbox that were kept: nothing when they are sound.
 */
export async function openState(
  { db, fresh = false }: Pick<MockServerOptions, 'db' | 'fresh'>,
  contract: Contract,
  log: Logger,
  checkSettings: CheckSettings = () => undefined,
): Promise<State> {
  const refuse = (cause: Error) => {
    log.error({ reason: cause.message }, 'a change could not be stored, and was not made');
    return changeNotStored();
  };
  if (db === undefined) return memoryState(refuse);

  const directory = resolve(db);
  const warn = (message: string) => log.warn(message);
  const checks = { facts: factsCheck(contract), settings: checkSettings };
  const kept = await StateDirectory.open({ directory, fresh, checks, refuse, warn });
  return {
    openStore: (sandbox, seed) => kept.openStore(sandbox, seed),
    unopened: () => kept.unopened(),
    directory,
    found: kept.found,
    announce: (url) => kept.announce(url),
    close: () => kept.close(),
  };
}

function memoryState(refuse: (cause: Error) => Error): State {
  return {
    openStore: (_sandbox, seed) =>
      sandboxStore(new LowdbJobStore(memoryFolder, undefined, seed, refuse), false),
    unopened: () => [],
    found: 0,
    announce: () => undefined,
    close: () => Promise.resolve(),
  };
}
