import { newest, type Check } from './check.js';
import type { Inspection } from './inspection.js';
import { askPage, MOST_JOBS } from './list-page.js';
import { hasFinished, jobIn, type SeenJob, type SeenJobs } from './seen-jobs.js';

const RETRIEVE = 'retrieveExportJob';
const MOST_RETRIEVED = 8;
/** The largest id that there can be: no service has counted up to it. */
const NO_JOB = Number.MAX_SAFE_INTEGER;

/** Asks for a job, which is compared with how it was seen before; `gone` where there is none. */
export async function retrieveJob(
  inspection: Inspection,
  seen: SeenJobs,
  id: number,
): Promise<SeenJob | 'gone' | undefined> {
  const why = 'An export job is asked for as documented';
  const reply = await inspection.expect({ operation: RETRIEVE, id }, [200, 404], why);
  if (reply.status === 404) return 'gone';
  const job = jobIn(reply.body);
  if (job && job.id !== id) {
    const told = {
      rule: '#/components/schemas/ExportJobId',
      pointer: '/body/id',
      came: job.id,
      allowed: String(id),
    };
    inspection.contradict(reply, { ...told, message: 'Another export job came than was asked for.' });
    return undefined;
  }
  if (job) seen.see(reply, [job], () => '/body');
  return job;
}

export const retrieved: Check = {
  title: 'Each export job is retrieved as it was listed, or further on',
  run: async (inspection, known) => {
    const first = newest(known);
    const chosen = choose(first);
    for (const job of chosen) {
      const found = await retrieveJob(inspection, known.seen, job.id);
      if (found === 'gone') await tellIfListed(inspection, job, known);
      // It may go back at any of its calls.
      else if (found && !hasFinished(found)) await retrieveJob(inspection, known.seen, job.id);
    }
    return `${chosen.length} of ${first.length}`;
  },
};

/** Those that have not finished first, then the newest of each status, then others. */
function choose(jobs: SeenJob[]): SeenJob[] {
  const unfinished = jobs.filter((job) => !hasFinished(job)).slice(0, MOST_RETRIEVED / 2);
  const newest = jobs.filter((job, index) => jobs.findIndex(({ status }) => status === job.status) === index);
  return [...new Set([...unfinished, ...newest, ...jobs])].slice(0, MOST_RETRIEVED);
}

/** It may have been deleted between the two calls, and is then listed no more. */
async function tellIfListed(
  inspection: Inspection,
  { id }: SeenJob,
  known: Parameters<Check['run']>[1],
): Promise<void> {
  const page = await askPage(inspection, known, `?limit=${MOST_JOBS}`, MOST_JOBS);
  if (!page.jobs.some((job) => job.id === id)) return;
  const operation = inspection.operation(RETRIEVE);
  const rule = operation.responses.get(200)?.place ?? operation.places.responses;
  const message = 'An export job that is listed can not be retrieved.';
  inspection.contradict(
    { operation, call: page.call },
    { rule, message, came: `no export job ${id}`, allowed: '200' },
  );
}

export const unknownIds: Check = {
  title: 'What names no export job is answered 404',
  run: async (inspection) => {
    await inspection.expect({ operation: RETRIEVE, id: NO_JOB }, [404], 'No export job has that id');
    await inspection.expect(
      { operation: RETRIEVE, id: 'no-id' },
      [404, 400],
      'That is no id of an export job',
    );
    return '2 ids';
  },
};
