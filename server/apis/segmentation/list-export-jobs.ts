import type { ExportJob, JobFacts } from './stored-job.js';
import type { JobStore } from './job-store.js';
import { viewAt } from './lifecycle.js';
import { pageOf, parseCursor } from './paging.js';
import { onceCounted } from './count-polls.js';
import type { Operation } from './operation.js';

/** Retrieve a list of export jobs: the page's section "Retrieve a list of export jobs". */
export const listExportJobs: Operation<'listExportJobs'> =
  ({ jobs, clock }) =>
  ({ query: { limit, offset, status } }) => {
    const now = clock.now();
    const polled = new Map<ExportJob, JobFacts>();
    const body = pageOf(views(jobs, offset, now, polled), { limit, status });
    const shown = polled.size === 0 ? [] : body.records.flatMap((view) => polled.get(view) ?? []);
    return onceCounted(jobs, shown, now, { status: 200, body });
  };

/** @param polled is given the facts of the jobs that move on by polls. */
function* views(
  jobs: JobStore,
  offset: string | undefined,
  now: number,
  polled: Map<ExportJob, JobFacts>,
): Iterable<ExportJob> {
  for (const facts of jobs.newestFirst(offset === undefined ? undefined : parseCursor(offset))) {
    const view = viewAt(facts, now);
    if (!view) continue;
    if (facts.progress === 'polls') polled.set(view, facts);
    yield view;
  }
}
