import { afterAll, beforeAll } from '@jest/globals';
import type { StateDirectory } from '../../server/storage/state-directory.js';
import { memoryJobStore, openDirectory, temporaryDirectory } from '../support/job-stores.js';
import { describeJobStore } from './job-store-suite.js';

describeJobStore('a store in memory', memoryJobStore);

let state: StateDirectory;
beforeAll(async () => {
  state = await openDirectory(temporaryDirectory());
});
afterAll(() => state.close());

let sandboxes = 0;
describeJobStore(
  'a store on disk',
  (seed) => state.openStore({ org: 'o', name: `sandbox-${++sandboxes}` }, () => seed).jobs,
);
