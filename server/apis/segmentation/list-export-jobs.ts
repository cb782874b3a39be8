import { renderJob } from './lifecycle.js';
import type { Operation } from './operation.js';
import { parseCursor, takePage } from './paging.js';
import type { ExportJob, Jobs, StoredJob } from './stored-job.js';
import { recordPolls } from './transitions.js';

/** Retrieve a list of export jobs: the page's section "Retrieve a list of export jobs". */
export const listExportJobs: Operation<'listExportJobs'> =
  ({ jobs, clock }) =>
  ({ query: { limit, offset, status } }) => {
    const now = clock.now();
    const polled = new Map<ExportJob, StoredJob>();
    const body = takePage(renderFrom(jobs, offset, now, polled), { limit, status });
    const shown = polled.size === 0 ? [] : body.records.flatMap((job) => polled.get(job) ?? []);
    return recordPolls(jobs, shown, now, { status: 200, body });
  };

/** @param polled is given the stored jobs that move on by polls. */
function* renderFrom(
  jobs: Jobs,
  offset: string | undefined,
  now: number,
  polled: Map<ExportJob, StoredJob>,
): Iterable<ExportJob> {
  const cursor = offset === undefined ? undefined : parseCursor(offset);
  for (const stored of jobs.newestFirst(cursor && { sortKey: cursor.creationTime, id: cursor.id })) {
    const job = renderJob(stored, now);
    if (!job) continue;
    if (stored.progress === 'polls') polled.set(job, stored);
    yield job;
  }
}
