import type { Known } from './check.js';
import type { Inspection } from './inspection.js';
import { refuseOutage, type Reply } from './question.js';
import { jobsIn, type SeenJob } from './seen-jobs.js';

const LIST = 'listExportJobs';
/** How many jobs are looked at: the newest. */
export const MOST_JOBS = 100;
const RECORDS = '#/components/schemas/ExportJobList/properties/records';
const PAGE = '#/components/schemas/Page/properties';

export interface ListPage extends Reply {
  jobs: SeenJob[];
  /** What `link.next` says; empty where no page follows. */
  next: string;
}

/** Asks for a page, by a query or what `link.next` says, and holds what every page has in common. */
export async function askPage(
  inspection: Inspection,
  { seen }: Known,
  target: string,
  limit: number,
): Promise<ListPage> {
  const reply = await inspection.expect(
    { operation: LIST, ...below(target) },
    [200],
    'The list is asked for as documented',
  );
  const jobs = jobsIn(reply.body);
  seen.see(reply, jobs, (index) => `/body/records/${index}`);
  checkOrder(inspection, reply, jobs);
  checkPage(inspection, reply, jobs, limit);
  const { next } = ((reply.body as { link?: unknown } | null)?.link ?? {}) as { next?: unknown };
  return { ...reply, jobs, next: typeof next === 'string' ? next : '' };
}

/** `link.next` is followed as it stands, but never to where credentials do not belong. */
function below(target: string): { query: string; slash?: boolean } {
  const query = target.includes('?') ? target.slice(target.indexOf('?')) : '';
  return { query, slash: target.startsWith('/export/jobs/?') };
}

function checkOrder(inspection: Inspection, reply: Reply, jobs: SeenJob[]): void {
  const index = jobs.findIndex(
    ({ creationTime }, at) => creationTime > (jobs[at - 1]?.creationTime ?? Infinity),
  );
  const [before, after] = [jobs[index - 1], jobs[index]];
  if (!before || !after) return;
  inspection.contradict(reply, {
    rule: RECORDS,
    message: 'The export jobs are not in order: an older one stands before a newer one.',
    pointer: `/body/records/${index}/creationTime`,
    came: `${after.creationTime} after ${before.creationTime}`,
    allowed: 'newest first',
  });
}

function checkPage(inspection: Inspection, reply: Reply, jobs: SeenJob[], limit: number): void {
  if (jobs.length > limit) {
    const parameter = inspection.operation(LIST).parameters.find(({ name }) => name === 'limit');
    const told = { rule: parameter?.place ?? RECORDS, pointer: '/body/records', came: jobs.length };
    const message = 'The page holds more export jobs than were asked for.';
    inspection.contradict(reply, { ...told, message, allowed: `at most ${limit}` });
  }
  const { page } = (reply.body ?? {}) as { page?: { pageOffset?: unknown; pageSize?: unknown } };
  const last = jobs.at(-1);
  const cursor = last ? `${last.creationTime}_${last.id}` : '';
  // Where records are broken, the last of them may not be known.
  if (reply.isSound && page?.pageOffset !== cursor) {
    const told = { rule: `${PAGE}/pageOffset`, pointer: '/body/page/pageOffset', came: page?.pageOffset };
    const message = "'pageOffset' is not the cursor of the page's last export job.";
    inspection.contradict(reply, { ...told, message, allowed: cursor || 'empty' });
  }
  if (reply.isSound && page?.pageSize !== limit && page?.pageSize !== jobs.length) {
    const told = { rule: `${PAGE}/pageSize`, pointer: '/body/page/pageSize', came: page?.pageSize };
    const message = "'pageSize' is neither the limit nor the number of export jobs.";
    inspection.contradict(reply, { ...told, message, allowed: `${limit} or ${jobs.length}` });
  }
}

/** Whether a job that is missing somewhere has not been deleted meanwhile. */
export async function isStillThere(inspection: Inspection, id: number): Promise<boolean> {
  const reply = await inspection.ask({ operation: 'retrieveExportJob', id });
  refuseOutage(reply);
  return reply.status === 200;
}
