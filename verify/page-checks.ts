import { newest, type Check } from './check.js';
import type { Inspection } from './inspection.js';
import { askPage, isStillThere, type ListPage } from './list-page.js';
import { NotChecked, type Reply } from './question.js';
import type { SeenJob } from './seen-jobs.js';

/** How many pages the jobs are read in again. */
const MOST_PAGES = 6;
const RECORDS = '#/components/schemas/ExportJobList/properties/records';
const NEXT = '#/components/schemas/PageLink/properties/next';

/** The pages of a few jobs each hold what the one large page held: each job once, and none is lost. */
export const pages: Check = {
  title: 'Pages, followed by link.next, hold every export job once',
  run: async (inspection, known) => {
    const first = newest(known, 2);
    const size = Math.ceil(first.length / MOST_PAGES);
    const met = new Map<number, SeenJob>();
    const isMet = ({ id }: SeenJob) => met.has(id);
    let page = await askPage(inspection, known, `?limit=${size}`, size);
    noteTwice(inspection, page, met);
    let fetched = 1;
    while (page.next !== '' && !first.every(isMet) && fetched <= MOST_PAGES) {
      page = await askPage(inspection, known, page.next, size);
      fetched++;
      noteTwice(inspection, page, met);
    }
    if (page.next !== '' && (page.jobs.length === 0 || (known.isWhole && first.every(isMet)))) {
      const message = "'link.next' leads on from the last page.";
      tellOf(inspection, page, message, { rule: NEXT, came: page.next, allowed: 'empty on the last page' });
    }
    const missing = first.filter((job) => !isMet(job));
    const behind = missing.filter((job) => isBehind(page, job));
    await findLost(inspection, page, met, behind);
    const further = missing.length - behind.length;
    if (further > 0) {
      const why = 'others came before them meanwhile';
      throw new NotChecked(`${further} export jobs are further on than ${fetched} pages lead: ${why}`);
    }
    return `${met.size} on ${fetched} pages of ${size}`;
  },
};

function noteTwice(inspection: Inspection, page: ListPage, met: Map<number, SeenJob>): void {
  for (const job of page.jobs) {
    if (met.has(job.id)) {
      const allowed = 'what comes strictly after its offset';
      tellOf(inspection, page, 'An export job stands on two pages.', {
        rule: RECORDS,
        came: job.id,
        allowed,
      });
    }
    met.set(job.id, job);
  }
}

/** Whether a job would have come by now: no page follows, or an older job has come. */
function isBehind({ next, jobs }: ListPage, job: SeenJob): boolean {
  return next === '' || (jobs.at(-1)?.creationTime ?? Infinity) < job.creationTime;
}

/** A job that was listed and is on no page is lost, if it is still there. */
async function findLost(
  inspection: Inspection,
  page: Reply,
  met: Map<number, SeenJob>,
  missing: SeenJob[],
): Promise<void> {
  for (const { id } of missing) {
    if (!(await isStillThere(inspection, id))) continue;
    const message = 'An export job of the list is on none of its pages.';
    tellOf(inspection, page, message, {
      rule: NEXT,
      came: `${met.size} export jobs, and not ${id}`,
      allowed: 'every export job once',
    });
    // They would all be lost for the same reason.
    return;
  }
}

function tellOf(
  inspection: Inspection,
  reply: Reply,
  message: string,
  told: { rule: string; came: unknown; allowed: string },
): void {
  inspection.contradict(reply, {
    ...told,
    message,
    pointer: told.rule === NEXT ? '/body/link/next' : '/body/records',
  });
}
