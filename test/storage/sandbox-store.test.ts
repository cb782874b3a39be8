import { afterAll, beforeAll } from '@jest/globals';
import type { StateDirectory } from '../../server/storage/state-directory.js';
import { createMemoryStore, openDirectory, temporaryDirectory } from '../support/sandbox-stores.js';
import { describeSandboxStore } from './sandbox-store-suite.js';

describeSandboxStore('a store in memory', createMemoryStore);

let state: StateDirectory;
beforeAll(async () => {
  state = await openDirectory(temporaryDirectory());
});
afterAll(() => state.close());

let sandboxes = 0;
describeSandboxStore('a store on disk', (seed) =>
  state.openStore({ org: 'o', name: `sandbox-${++sandboxes}` }, () => ({ jobs: seed() })),
);
