import { isDeepStrictEqual } from 'node:util';
import type { Known } from './check.js';
import type { Inspection } from './inspection.js';
import { NotChecked, refuseOutage, type Reply } from './question.js';
import { jobIn, type SeenJob } from './seen-jobs.js';

const CREATE = 'createExportJob';
const NEW_JOB = '#/components/schemas/NewExportJob/properties';
/** What is not answered as it was asked for. */
const NOT_ECHOED = ['evaluationInfo'];

/**
 * Creates a job, and holds it to what was asked for. Rejects with NotChecked when the server refuses: only it knows which
 * datasets and segments there are.
 */
export async function createJob(inspection: Inspection, known: Known, body: unknown): Promise<SeenJob> {
  const reply = await inspection.ask({ operation: CREATE, body });
  refuseOutage(reply);
  const job = reply.status === 200 ? jobIn(reply.body) : undefined;
  if (!job) {
    if (reply.status === 200) throw new NotChecked('the answer has no export job to go by');
    const hint = reply.status === 400 ? ': --request <file> gives one that it takes' : '';
    throw new NotChecked(`the request was answered ${reply.status}${hint}`);
  }
  const wasThere = known.seen.all.some(({ id }) => id === job.id);
  checkNewness(inspection, wasThere, reply, job);
  if (!inspection.leftovers.isOurs(String(job.id), wasThere)) {
    throw new NotChecked('the answer has an export job that was there before');
  }
  checkEcho(inspection, reply, job, body);
  known.seen.see(reply, [job], () => '/body');
  return job;
}

function checkNewness(inspection: Inspection, wasThere: boolean, reply: Reply, job: SeenJob): void {
  if (wasThere) {
    const told = {
      rule: `${NEW_JOB}/id`,
      pointer: '/body/id',
      came: job.id,
      allowed: 'an id that no other has',
    };
    inspection.contradict(reply, { ...told, message: 'The id is that of another export job.' });
  }
  const location = reply.headers['x-location'];
  const declared = reply.operation.responses.get(200)?.headers.find(({ name }) => name === 'X-Location');
  if (location !== undefined && declared && !location.endsWith(`/${job.id}`)) {
    const told = {
      rule: declared.place,
      pointer: '/headers/X-Location',
      came: location,
      allowed: `…/${job.id}`,
    };
    inspection.contradict(reply, { ...told, message: 'The address is not that of the export job.' });
  }
  if (job.value['requestId'] !== reply.call.requestId) {
    const told = { rule: `${NEW_JOB}/requestId`, pointer: '/body/requestId', came: job.value['requestId'] };
    const message = "'requestId' is not the call's 'x-request-id'.";
    inspection.contradict(reply, { ...told, message, allowed: reply.call.requestId });
  }
}

/** What was asked for comes back, with the defaults filled in. */
function checkEcho(inspection: Inspection, reply: Reply, job: SeenJob, body: unknown): void {
  for (const [name, asked] of Object.entries(body ?? {}) as [string, unknown][]) {
    if (NOT_ECHOED.includes(name) || isWithin(asked, job.value[name])) continue;
    inspection.contradict(reply, {
      rule: `${NEW_JOB}/${name}`,
      message: `'${name}' is not as it was asked for.`,
      pointer: `/body/${name}`,
      came: job.value[name] ?? 'nothing',
      allowed: 'what the request has, and defaults',
    });
  }
}

function isWithin(asked: unknown, came: unknown): boolean {
  if (typeof asked !== 'object' || asked === null) return isDeepStrictEqual(asked, came);
  if (typeof came !== 'object' || came === null) return false;
  if (Array.isArray(asked) !== Array.isArray(came)) return false;
  const isAsLong = !Array.isArray(asked) || asked.length === (came as unknown[]).length;
  return (
    isAsLong &&
    Object.entries(asked).every(([name, value]) => isWithin(value, (came as Record<string, unknown>)[name]))
  );
}
