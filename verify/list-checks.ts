import { newest, type Check } from './check.js';
import { askPage, isStillThere, MOST_JOBS } from './list-page.js';
import { NotChecked } from './question.js';
import { hasFinished, jobsIn } from './seen-jobs.js';

const LIST = 'listExportJobs';
const RECORDS = '#/components/schemas/ExportJobList/properties/records';
const NEXT = '#/components/schemas/PageLink/properties/next';

export const listed: Check = {
  title: 'The list is as the contract says, newest first',
  run: async (inspection, known) => {
    const page = await askPage(inspection, known, `?limit=${MOST_JOBS}`, MOST_JOBS);
    known.first = jobsIn(page.body);
    known.isWhole = page.next === '';
    return `${known.first.length} export jobs${known.isWhole ? '' : ', the newest'}`;
  },
};

/** For each status that the list can be filtered by: nothing else comes, and nothing is left out. */
export function statusFilter(status: string): Check {
  return {
    title: `The list filtered by ${status} holds those alone, and all of them`,
    run: async (inspection, known) => {
      const parameter = inspection.operation(LIST).parameters.find(({ name }) => name === 'status');
      const rule = parameter?.place ?? RECORDS;
      const page = await askPage(inspection, known, `?limit=${MOST_JOBS}&status=${status}`, MOST_JOBS);
      const other = page.jobs.findIndex((job) => job.status !== status);
      if (other >= 0) {
        const told = {
          pointer: `/body/records/${other}/status`,
          came: page.jobs[other]?.status,
          allowed: `only ${status}`,
        };
        inspection.contradict(page, { rule, message: 'An export job of another status came.', ...told });
      }
      if (page.next !== '' && !page.next.includes(`status=${status}`)) {
        const told = { pointer: '/body/link/next', came: page.next, allowed: `status=${status} kept` };
        inspection.contradict(page, { rule: NEXT, message: "'link.next' forgets the status.", ...told });
      }
      const missing = known.first?.find(
        (job) => job.status === status && hasFinished(job) && !page.jobs.some(({ id }) => id === job.id),
      );
      if (missing && page.jobs.length < MOST_JOBS && (await isStillThere(inspection, missing.id))) {
        const told = {
          pointer: '/body/records',
          came: `${page.jobs.length} export jobs, and not ${missing.id}`,
        };
        inspection.contradict(page, {
          rule,
          message: 'An export job of that status is left out.',
          ...told,
          allowed: 'all of them',
        });
      }
      if (page.jobs.length === 0) throw new NotChecked(`there is no export job that is ${status}`);
      return `${page.jobs.length}`;
    },
  };
}

/** Read again at the end, so that each job was seen twice at least. */
export const again: Check = {
  title: 'Export jobs that are listed again have gone on, and not back',
  run: async (inspection, known) => {
    newest(known);
    const { jobs } = await askPage(inspection, known, `?limit=${MOST_JOBS}`, MOST_JOBS);
    return `${jobs.length}`;
  },
};
