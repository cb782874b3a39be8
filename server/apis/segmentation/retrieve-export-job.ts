import { exportJobNotFound } from '../../platform/errors.js';
import { viewAt } from './lifecycle.js';
import { onceCounted } from './count-polls.js';
import type { Operation } from './operation.js';

/** Retrieve an export job: the page's section "Retrieve a specific export job". Throws 404. */
export const retrieveExportJob: Operation<'retrieveExportJob'> =
  ({ jobs, clock }) =>
  ({ path }) => {
    const now = clock.now();
    const facts = jobs.get(path.exportJobId);
    const view = facts && viewAt(facts, now);
    if (!view) throw exportJobNotFound(path.exportJobId);
    return onceCounted(jobs, [facts], now, { status: 200, body: view });
  };
