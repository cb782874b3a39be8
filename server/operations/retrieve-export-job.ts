import { exportJobNotFound } from '../domain/errors.js';
import { viewAt } from '../domain/lifecycle.js';
import type { Operation } from './operation.js';

/** Retrieve an export job: the page's section "Retrieve a specific export job". Throws 404. */
export const retrieveExportJob: Operation<'retrieveExportJob'> =
  ({ jobs, clock }) =>
  ({ path }) => {
    const facts = jobs.get(path.exportJobId);
    const view = facts && viewAt(facts, clock.now());
    if (!view) throw exportJobNotFound(path.exportJobId);
    return { status: 200, body: view };
  };
