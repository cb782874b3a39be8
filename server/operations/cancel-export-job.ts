import { exportJobNotFound } from '../domain/errors.js';
import type { JobStore } from '../domain/job-store.js';
import { isFinished, isGone, viewAt } from '../domain/lifecycle.js';
import type { Operation } from './operation.js';

/**
 * Cancel an export job that has not finished, or delete one that has: the page's section "Cancel or delete a specific
 * export job". Cancelling again is no error, and changes nothing. Throws 404.
 */
export const cancelExportJob: Operation<'cancelExportJob'> =
  ({ jobs, clock }) =>
  async ({ path, preferredStatus }) => {
    const now = clock.now();
    const facts = jobs.get(path.exportJobId);
    const view = facts && viewAt(facts, now);
    if (!view) throw exportJobNotFound(path.exportJobId);

    if (isFinished(view)) await jobs.remove(facts.id);
    else if (facts.cancelRequestedAt === undefined) await jobs.replace({ ...facts, cancelRequestedAt: now });
    await forgetGone(jobs, now);

    return preferredStatus === 200
      ? { status: 200, body: { status: true, message: 'Export job has been marked for cancelling' } }
      : { status: 204 };
  };

/** Keeps no longer what was cancelled before and is gone by now; so it stays gone, even if the clock is turned back. */
async function forgetGone(jobs: JobStore, now: number): Promise<void> {
  for (const facts of [...jobs.cancelled()].filter((job) => isGone(job, now))) await jobs.remove(facts.id);
}
