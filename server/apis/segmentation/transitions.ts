/**
 * What can be done with an export job besides letting time pass. It is stored, and holds wherever the clock is turned to.
 * `now` is the clock's time in Unix milliseconds. A job that has finished cannot be moved (409), nor one that is gone
 * (404): both throw.
 */
import type { components } from '../../../generated/openapi.js';
import { exportJobNotFound, jobFinished } from './errors.js';
import { getOutcome, getStart, getStatus, getTimeline, isFinished, type Status } from './lifecycle.js';
import type { Jobs, Outcome, StoredJob } from './stored-job.js';

type JobErrors = components['schemas']['JobErrors'];

/** The errors of job 722, the page's one that failed. */
const DOCUMENTED_ERRORS: JobErrors = [
  {
    code: '0090000009',
    msg: "Error writing profiles to output path 'adl://va7devprofilesnapshot.azuredatalakestore.net/snapshot/722'",
    callStack: 'com.adobe.aep.unifiedprofile.common.logging.Logger',
  },
  { code: 'unknown', msg: 'Job aborted.', callStack: 'org.apache.spark.SparkException: Job aborted.' },
];

/** Moves a job one status on: a NEW job is processed, and a job that is processed ends as its scenario says. */
export function advance<Job extends StoredJob>(job: Job, now: number): Job {
  if (getMovableStatus(job, now) === 'PROCESSING') return end(job, now, getOutcome(job));
  return {
    ...job,
    processingFrom: Math.max(now, getStart(job)),
    ...(job.seen !== undefined && { seen: 0 }),
  };
}

/** Ends a job as its scenario says, at once; a NEW job is processed for no time. */
export function finish<Job extends StoredJob>(job: Job, now: number): Job {
  return end(job, now, getOutcome(job));
}

/** Lets a job fail, whatever its scenario says. */
export function fail<Job extends StoredJob>(
  job: Job,
  now: number,
  errors: JobErrors = DOCUMENTED_ERRORS,
): Job {
  return end(job, now, { status: 'FAILED', errors });
}

/** Keeps a job in the status that it has, until it is moved by hand. */
export function hold<Job extends StoredJob>(job: Job, now: number): Job {
  const isProcessedByTime = getMovableStatus(job, now) === 'PROCESSING' && job.kind === 'simulated';
  return {
    ...job,
    progress: 'hand',
    ...(isProcessedByTime && { processingFrom: getTimeline(job).processingFrom }),
  };
}

/**
 * Records that a job appears in a response: by polls, it moves on at the n-th in its status, which still shows that one.
 * Returns the same job where nothing changes.
 */
export function recordPoll<Job extends StoredJob>(job: Job, now: number): Job {
  if (job.progress !== 'polls') return job;
  const status = getStatus(job, now);
  if (status === undefined || isFinished({ status }) || isStuck(job, status)) return job;
  const seen = (job.seen ?? 0) + 1;
  return seen < (job.polls ?? 1) ? { ...job, seen } : advance(job, now);
}

/**
 * Records that jobs appear in a response that was rendered from them at `now`. It is done when this returns, so that no
 * other request comes in between. The response is given once that is stored, or at once where nothing changes.
 */
export function recordPolls<Response>(
  jobs: Jobs,
  shown: readonly StoredJob[],
  now: number,
  response: Response,
): Response | Promise<Response> {
  let changes: Promise<void>[] | undefined;
  for (const job of shown) {
    const moved = recordPoll(job, now);
    if (moved !== job) (changes ??= []).push(jobs.replace(moved));
  }
  return changes ? Promise.all(changes).then(() => response) : response;
}

/** Whether its scenario has the job stay in a status. */
function isStuck(job: StoredJob, status: Status): boolean {
  if (job.kind === 'static') return false;
  const { newMs, processingMs } = job.scenario;
  return (status === 'NEW' ? newMs : processingMs) === null;
}

function end<Job extends StoredJob>(job: Job, now: number, outcome: Outcome): Job {
  const isProcessed = getMovableStatus(job, now) === 'PROCESSING';
  const from = isProcessed ? getTimeline(job).processingFrom : getStart(job);
  // Not before it was processed: the clock may have been turned back.
  const at = Math.max(now, from);
  return { ...job, processingFrom: isProcessed ? from : at, ended: { at, outcome } };
}

function getMovableStatus(job: StoredJob, now: number): Status {
  const status = getStatus(job, now);
  if (status === undefined) throw exportJobNotFound(job.id);
  if (isFinished({ status })) throw jobFinished(job.id, status);
  return status;
}
