import { afterAll, beforeAll } from '@jest/globals';
import { sandboxStore } from '../../server/storage/sandbox-store.js';
import type { StateDirectory } from '../../server/storage/state-directory.js';
import { memoryJobStore, openDirectory, temporaryDirectory } from '../support/job-stores.js';
import { describeSandboxStore } from './job-store-suite.js';

describeSandboxStore('a store in memory', (seed) => sandboxStore(memoryJobStore(seed), false));

let state: StateDirectory;
beforeAll(async () => {
  state = await openDirectory(temporaryDirectory());
});
afterAll(() => state.close());

let sandboxes = 0;
describeSandboxStore('a store on disk', (seed) =>
  state.openStore({ org: 'o', name: `sandbox-${++sandboxes}` }, () => seed),
);
