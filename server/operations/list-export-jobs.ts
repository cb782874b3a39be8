import type { ExportJob } from '../domain/export-job.js';
import { viewAt } from '../domain/lifecycle.js';
import { pageOf, parseCursor } from '../domain/paging.js';
import type { Operation, Services } from './operation.js';

/** Retrieve a list of export jobs: the page's section "Retrieve a list of export jobs". */
export const listExportJobs: Operation<'listExportJobs'> =
  (services) =>
  ({ query: { limit, offset, status } }) => ({
    status: 200,
    body: pageOf(views(services, offset), { limit, status }),
  });

function* views({ jobs, clock }: Services, offset: string | undefined): Iterable<ExportJob> {
  const now = clock.now();
  for (const facts of jobs.newestFirst(offset === undefined ? undefined : parseCursor(offset))) {
    const view = viewAt(facts, now);
    if (view) yield view;
  }
}
