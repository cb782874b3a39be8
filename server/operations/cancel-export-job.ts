import { exportJobNotFound } from '../domain/errors.js';
import { isFinished, viewAt } from '../domain/lifecycle.js';
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

    return preferredStatus === 200
      ? { status: 200, body: { status: true, message: 'Export job has been marked for cancelling' } }
      : { status: 204 };
  };
