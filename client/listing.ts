import { ExportJobsError } from './export-jobs-error.js';
import type { CallOptions, ExportJob, ExportJobsOperations, ExportJobsQuery } from './operations.js';

/** What one page holds at most, unless `limit` says otherwise. */
const PAGE_SIZE = 100;

/**
 * The export jobs of all pages, newest first. A page is asked for when the one before has been used up.
 * @throws ExportJobsError as a call of the list does; and when the pages lead back to one that was read before.
 */
export async function* allJobs(
  jobs: ExportJobsOperations,
  query: ExportJobsQuery = {},
  options?: CallOptions,
): AsyncGenerator<ExportJob, void, undefined> {
  const seen = new Set<string>();
  const { limit = PAGE_SIZE, offset: first, ...others } = query;
  let offset = first;
  for (;;) {
    if (offset !== undefined) seen.add(offset);
    const { records, link } = await jobs.listExportJobs({ limit, ...others, offset }, options);
    yield* records;
    if (link.next === '') return;
    offset = cursorOf(link.next);
    if (seen.has(offset)) throw astray(`the page after ${offset} leads back to a page that was read before`);
  }
}

/** The link is relative, and may come with or without the base path: the cursor is all that is taken of it. */
function cursorOf(next: string): string {
  const offset = new URLSearchParams(next.split('?')[1] ?? '').get('offset');
  if (offset) return offset;
  throw astray('/link/next is to hold an offset');
}

function astray(problem: string): ExportJobsError {
  const message = `listExportJobs was answered 200, but not as the contract says: ${problem}`;
  return new ExportJobsError({ kind: 'malformed', status: 200, message });
}
