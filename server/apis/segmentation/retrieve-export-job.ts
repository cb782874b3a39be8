import { exportJobNotFound } from './errors.js';
import { renderJob } from './lifecycle.js';
import type { Operation } from './operation.js';
import { recordPolls } from './transitions.js';

/** Retrieve an export job: the page's section "Retrieve a specific export job". Throws 404. */
export const retrieveExportJob: Operation<'retrieveExportJob'> =
  ({ jobs, clock }) =>
  ({ path }) => {
    const now = clock.now();
    const stored = jobs.get(path.exportJobId);
    const job = stored && renderJob(stored, now);
    if (!job) throw exportJobNotFound(path.exportJobId);
    return recordPolls(jobs, [stored], now, { status: 200, body: job });
  };
