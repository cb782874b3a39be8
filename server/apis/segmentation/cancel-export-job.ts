import { exportJobNotFound } from '../../platform/errors.js';
import type { JobStore } from './job-store.js';
import { isFinished, isGone, viewAt } from './lifecycle.js';
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

    const forgotten = forgetGone(jobs, now);
    // Asked again, it is still to be stored before it is answered.
    if (isFinished(view)) await jobs.remove(facts.id);
    else await jobs.replace({ ...facts, cancelRequestedAt: facts.cancelRequestedAt ?? now });
    await forgotten;

    return preferredStatus === 200
      ? { status: 200, body: { status: true, message: 'Export job has been marked for cancelling' } }
      : { status: 204 };
  };

/**
 * Keeps no longer what was cancelled before and is gone by now; so it stays gone, even if the clock is turned back.
 * What can not be removed now is at a later cancel.
 */
function forgetGone(jobs: JobStore, now: number): Promise<unknown> {
  const gone = [...jobs.cancelled()].filter((job) => isGone(job, now));
  return Promise.allSettled(gone.map(({ id }) => jobs.remove(id)));
}
