import type { components } from '../../../generated/openapi.js';
import type { ExportJob } from './stored-job.js';

type Schemas = components['schemas'];

/** A place in the list, just behind the job that had this time and id. That job may be gone. */
export interface Cursor {
  /** Unix milliseconds. */
  creationTime: number;
  id: number;
}

/** The status that the list is filtered by, as the contract names them. */
export type ListedStatus = Schemas['ListedStatus'];

/** Reads a cursor that the contract has let through. */
export function parseCursor(text: string): Cursor {
  const [creationTime, id] = text.split('_').map(Number) as [number, number];
  return { creationTime, id };
}

/**
 * Takes one page off the front of the jobs that come after a cursor, and looks one job ahead to know whether there is
 * a next page. No more of `jobs` is read than that.
 */
export function takePage(
  jobs: Iterable<ExportJob>,
  { limit, status }: { limit?: number | undefined; status?: ListedStatus | undefined },
): Schemas['ExportJobList'] {
  const records: ExportJob[] = [];
  let hasNext = false;
  for (const job of jobs) {
    if (status !== undefined && job.status !== status) continue;
    hasNext = records.length === limit;
    if (hasNext) break;
    records.push(job);
  }
  const last = records.at(-1);
  const pageOffset = last ? `${last.creationTime}_${last.id}` : '';
  return {
    records,
    page: { sortField: 'createdTime', sort: 'desc', pageOffset, pageSize: limit ?? records.length },
    link: { next: hasNext && limit !== undefined ? createNextLink(limit, pageOffset, status) : '' },
  };
}

function createNextLink(limit: number, offset: string, status: ListedStatus | undefined): string {
  const query = new URLSearchParams({ limit: String(limit), offset, ...(status && { status }) });
  return `/export/jobs/?${query}`;
}
