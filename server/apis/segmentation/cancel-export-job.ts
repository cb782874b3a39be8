import { exportJobNotFound } from './errors.js';
import { isFinished, isGone, renderJob } from './lifecycle.js';
import type { Operation } from './operation.js';
import type { Jobs } from './stored-job.js';

/**
 * Cancel an export job that has not finished, or delete one that has: the page's section "Cancel or delete a specific
 * export job". Cancelling again is no error, and changes nothing. Throws 404.
 */
export const cancelExportJob: Operation<'cancelExportJob'> =
  ({ jobs, clock }) =>
  async ({ path, preferredStatus }) => {
    const now = clock.now();
    const stored = jobs.get(path.exportJobId);
    const job = stored && renderJob(stored, now);
    if (!job) throw exportJobNotFound(path.exportJobId);

    const removed = removeGone(jobs, now);
    // A second request still waits until the first is stored.
    if (isFinished(job)) await jobs.remove(stored.id);
    else await jobs.replace({ ...stored, cancelRequestedAt: stored.cancelRequestedAt ?? now });
    await removed;

    return preferredStatus === 200
      ? { status: 200, body: { status: true, message: 'Export job has been marked for cancelling' } }
      : { status: 204 };
  };

/**
 * Removes what was cancelled before and is gone by now; so it stays gone, even if the clock is turned back. What cannot
 * be removed now is at a later cancel.
 */
function removeGone(jobs: Jobs, now: number): Promise<unknown> {
  const gone = [...jobs.marked()].filter((job) => isGone(job, now));
  return Promise.allSettled(gone.map(({ id }) => jobs.remove(id)));
}
