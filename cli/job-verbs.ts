import { Argument, InvalidArgumentError, Option } from 'commander';
import type { components } from '../generated/control.js';
import { jobId, milliseconds } from './arguments.js';
import { RefusalError, type Answer, type ControlClient } from './control-client.js';
import { told, type AddVerb } from './verb.js';
import { moment, table } from '../contract/text.js';

type Job = components['schemas']['Job'];
type JobStatus = components['schemas']['ExportJobStatus'];
type JobError = NonNullable<components['schemas']['Failure']['errors']>[number];

const STATUSES = ['NEW', 'PROCESSING', 'SUCCEEDED', 'FAILED'] satisfies JobStatus[];

/** A long wait is asked for in pieces: Node's fetch gives up on an answer that takes 5 minutes. */
const LONGEST_PIECE_IN_MS = 60_000;

export function addJobVerbs(verb: AddVerb): void {
  verb('jobs', 'list the jobs, newest first', [], async (mock) =>
    told(await mock.call('get', '/jobs'), jobsTable),
  );
  verb('step', 'move a job to its next status', [jobId()], async (mock, id: number) =>
    told(await mock.call('post', '/jobs/{id}/step', { path: { id } }), jobLine),
  );
  verb('finish', 'move a job to the end of its scenario', [jobId()], async (mock, id: number) =>
    told(await mock.call('post', '/jobs/{id}/finish', { path: { id } }), jobLine),
  );
  verb(
    'fail',
    'make a job fail',
    [jobId(), errorOption()],
    async (mock, id: number, { error }: { error?: JobError[] }) =>
      told(
        await mock.call('post', '/jobs/{id}/fail', {
          path: { id },
          body: { ...(error && { errors: error }) },
        }),
        jobLine,
      ),
  );
  verb('hold', 'keep a job in its status until it is moved by hand', [jobId()], async (mock, id: number) =>
    told(await mock.call('post', '/jobs/{id}/hold', { path: { id } }), heldLine),
  );
  verb(
    'wait',
    'wait until a job has reached a status',
    [jobId(), new Argument('<status>', 'status to wait for').choices(STATUSES), timeoutOption()],
    async (mock, id: number, status: JobStatus, { timeout }: { timeout: number }) =>
      told(await waitFor(mock, id, status, timeout), jobLine),
  );
}

function errorOption(): Option {
  const help =
    'error that it fails with, as code:message or as JSON {"code", "msg", "callStack"}; can be repeated (default: the documented ones)';
  return new Option('--error <error>', help).argParser<JobError[] | undefined>((text, before = []) => [
    ...before,
    jobError(text),
  ]);
}

function jobError(text: string): JobError {
  const colon = text.indexOf(':');
  if (text.startsWith('{')) return { callStack: '', ...objectIn(text) };
  if (colon > 0) return { code: text.slice(0, colon), msg: text.slice(colon + 1).trim(), callStack: '' };
  throw new InvalidArgumentError(`Allowed is code:message, such as 500:'No such dataset', or a JSON object.`);
}

/** What else is wrong with it, the mock says. */
function objectIn(text: string): Omit<JobError, 'callStack'> {
  try {
    return JSON.parse(text) as JobError;
  } catch (error) {
    throw new InvalidArgumentError(`It is no JSON: ${(error as Error).message}.`);
  }
}

function timeoutOption(): Option {
  return new Option('--timeout <duration>', 'how long to wait at most, in real time')
    .argParser(milliseconds)
    .default(30_000, '30s');
}

export async function waitFor(
  mock: ControlClient,
  id: number,
  status: JobStatus,
  timeoutInMs: number,
): Promise<Answer<Job>> {
  const until = performance.now() + timeoutInMs;
  for (;;) {
    const leftInMs = Math.max(0, Math.ceil(until - performance.now()));
    try {
      const query = { status, timeout: Math.min(leftInMs, LONGEST_PIECE_IN_MS) };
      return await mock.call('get', '/jobs/{id}/wait', { path: { id }, query });
    } catch (error) {
      const isToGoOn =
        error instanceof RefusalError && error.status === 408 && leftInMs > LONGEST_PIECE_IN_MS;
      if (!isToGoOn) throw error;
    }
  }
}

function jobLine({ id, status }: Job): string {
  return `Job ${id} is ${status}.`;
}

function heldLine({ id, status }: Job): string {
  return `Job ${id} stays ${status} until it is moved by hand.`;
}

function jobsTable({ jobs }: components['schemas']['JobList']): string {
  if (jobs.length === 0) return 'There are no export jobs.';
  return table(
    ['ID', 'STATUS', 'CREATED', 'STORY', 'MOVES BY', 'DATASET'],
    jobs.map(({ id, status, job, stored }) => [
      id,
      stored.cancelRequestedAt === undefined ? status : `${status}, asked to cancel`,
      moment(job.creationTime),
      ...(stored.kind === 'simulated'
        ? [stored.scenario.name, stored.progress ?? 'time']
        : [stored.kind, '']),
      job.destination.datasetId,
    ]),
  );
}
