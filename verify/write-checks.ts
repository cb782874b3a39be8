import type { Check, Known } from './check.js';
import { GeneratedRequests } from './generated-requests.js';
import type { Inspection } from './inspection.js';
import { cancelJob, cleanUp } from './clean-up.js';
import { createJob } from './created-job.js';
import { idIn } from './leftovers.js';
import { refused } from './refusal-checks.js';
import { retrieveJob } from './retrieve-checks.js';
import { hasFinished, type SeenJob } from './seen-jobs.js';

export interface WriteOptions {
  /** The body that jobs are created with; the documented one when it is absent. */
  request?: unknown;
  /** How often, a second apart, a created job is asked for, until it has finished. */
  polls: number;
}

const CREATE = 'createExportJob';
const CANCEL = 'cancelExportJob';
const POLL_IN_MS = 1000;
/** Of the bodies that are not allowed, as many are sent, some from each part of the request. */
const MOST_BROKEN = 14;
const NO_JOB = Number.MAX_SAFE_INTEGER;

/** What creates and cancels. Whatever is created is cancelled in the end. */
export function writeChecks({ request, polls }: WriteOptions): Check[] {
  const baseOf = (inspection: Inspection): unknown =>
    request ?? [...inspection.operation(CREATE).requestExamples.values()][0];
  return [
    {
      title: 'An export job that is created goes on, and never back, and is cancelled or deleted',
      run: async (inspection, known) => {
        const job = await createJob(inspection, known, baseOf(inspection));
        const last = await watch(inspection, known, job, polls);
        await cancel(inspection, known, last);
        return `export job ${job.id} came to ${last.status}`;
      },
    },
    ...[0, 1, 2].map((index) => variation(index, baseOf)),
    {
      title: 'A request that the contract does not allow is refused',
      run: (inspection) => sendBroken(inspection, baseOf(inspection)),
    },
    {
      title: 'Cancelling what is not there is answered 404',
      run: async (inspection) => {
        await inspection.expect({ operation: CANCEL, id: NO_JOB }, [404], 'No export job has that id');
        return '1 id';
      },
    },
    { title: 'What was created is cancelled', run: (inspection) => cleanUp(inspection) },
  ];
}

/** A job with more or less in its request, cancelled while it is NEW. */
function variation(index: number, baseOf: (inspection: Inspection) => unknown): Check {
  const title =
    ['what is required alone', 'every property', 'every property, and each switch on'][index] ?? '';
  return {
    title: `An export job is created with ${title}, and cancelled`,
    run: async (inspection, known) => {
      const bodies = new GeneratedRequests(inspection.contracts.closed, baseOf(inspection)).allowed();
      const job = await createJob(inspection, known, bodies[index]?.body);
      await cancel(inspection, known, job);
      return `export job ${job.id}`;
    },
  };
}

/** Asks for a job until it has finished, and once more: it is to stay so. */
async function watch(inspection: Inspection, { seen }: Known, job: SeenJob, polls: number): Promise<SeenJob> {
  let last = job;
  for (let poll = 0, isOver = false; poll < polls && !isOver; poll++) {
    isOver = hasFinished(last);
    if (poll > 0 && !isOver) await inspection.options.pause(POLL_IN_MS, inspection.options.signal);
    // The rest of the checks is to have calls, too.
    if (inspection.callsLeft < MOST_BROKEN) break;
    const found = await retrieveJob(inspection, seen, job.id);
    if (found === 'gone') {
      const question = { operation: 'retrieveExportJob', id: job.id };
      await inspection.expect(question, [200], 'That export job was created');
    }
    if (typeof found !== 'object') break;
    last = found;
  }
  return last;
}

/** Cancels a job, and looks what is left of it. */
async function cancel(inspection: Inspection, { seen }: Known, job: SeenJob): Promise<void> {
  await cancelJob(inspection, String(job.id));
  const found = await retrieveJob(inspection, seen, job.id);
  if (typeof found !== 'object' || !hasFinished(job)) return;
  const operation = inspection.operation(CANCEL);
  const message = 'An export job that had finished is still there after it was deleted.';
  const rule = operation.responses.get(204)?.place ?? operation.places.responses;
  const call = { method: 'GET', url: `export job ${job.id}`, requestId: '', status: 200 };
  inspection.contradict({ operation, call }, { rule, message, came: found.status, allowed: '404' });
}

async function sendBroken(inspection: Inspection, base: unknown): Promise<string> {
  const create = inspection.operation(CREATE);
  const generated = new GeneratedRequests(inspection.contracts.closed, base)
    .broken()
    .filter(({ body }) => (create.requestBody?.(body, '', 'first').length ?? 0) > 0);
  const step = Math.max(1, generated.length / MOST_BROKEN);
  const chosen = generated.filter((_, index) => index % step < 1);
  const bodies = [{ body: '{"destination":', rule: create.places.requestBody }, ...chosen];
  for (const { body, rule } of bodies) {
    const reply = await refused(inspection, { operation: CREATE, body }, rule);
    const id = idIn(reply.body);
    if (id !== undefined && inspection.leftovers.ids.has(id)) await cancelJob(inspection, id);
  }
  return `${bodies.length} requests`;
}
