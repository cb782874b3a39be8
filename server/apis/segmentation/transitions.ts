/**
 * What can be done with an export job besides letting time pass. What was done is a fact, and holds wherever the clock
 * is turned to. `now` is the clock's time in Unix milliseconds. A job that has finished is not moved (409), nor one that
 * is gone (404): both throw.
 */
import type { components } from '../../../generated/openapi.js';
import { jobFinished } from '../../platform/control-errors.js';
import { exportJobNotFound } from '../../platform/errors.js';
import type { JobFacts } from './stored-job.js';
import { startOf } from './job-view.js';
import { courseOf, endingOf, isFinished, statusAt, type Status } from './lifecycle.js';
import type { Ending } from './scenario.js';

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

/** One status on: a NEW job is processed, and a job that is processed ends as its story has it. */
export function stepped<Facts extends JobFacts>(facts: Facts, now: number): Facts {
  if (movableStatus(facts, now) === 'PROCESSING') return ended(facts, now, endingOf(facts));
  return {
    ...facts,
    processingFrom: Math.max(now, startOf(facts)),
    ...(facts.seen !== undefined && { seen: 0 }),
  };
}

/** To the end of its story at once; a NEW job is processed for no time. */
export function finished<Facts extends JobFacts>(facts: Facts, now: number): Facts {
  return ended(facts, now, endingOf(facts));
}

/** To failure, whatever its story. */
export function failed<Facts extends JobFacts>(
  facts: Facts,
  now: number,
  errors: JobErrors = DOCUMENTED_ERRORS,
): Facts {
  return ended(facts, now, { status: 'FAILED', errors });
}

/** To stay in the status that it has, until it is moved by hand. */
export function held<Facts extends JobFacts>(facts: Facts, now: number): Facts {
  const isProcessedByTime = movableStatus(facts, now) === 'PROCESSING' && facts.story === 'timed';
  return {
    ...facts,
    progress: 'hand',
    ...(isProcessedByTime && { processingFrom: courseOf(facts).processingFrom }),
  };
}

/**
 * What follows from an appearance of the job in an answer: by polls, it moves on at the n-th in its status, which still
 * shows that one. The same facts where nothing follows.
 */
export function appeared<Facts extends JobFacts>(facts: Facts, now: number): Facts {
  if (facts.progress !== 'polls') return facts;
  const status = statusAt(facts, now);
  if (status === undefined || isFinished({ status }) || isStuck(facts, status)) return facts;
  const seen = (facts.seen ?? 0) + 1;
  return seen < (facts.polls ?? 1) ? { ...facts, seen } : stepped(facts, now);
}

/** Whether its story has the job stay in a status. */
function isStuck(facts: JobFacts, status: Status): boolean {
  if (facts.story === 'recorded') return false;
  const { newMs, processingMs } = facts.scenario;
  return (status === 'NEW' ? newMs : processingMs) === null;
}

function ended<Facts extends JobFacts>(facts: Facts, now: number, ending: Ending): Facts {
  const isProcessed = movableStatus(facts, now) === 'PROCESSING';
  const from = isProcessed ? courseOf(facts).processingFrom : startOf(facts);
  // Not before it was processed: the clock may have been turned back.
  const at = Math.max(now, from);
  return { ...facts, processingFrom: isProcessed ? from : at, ended: { at, ending } };
}

function movableStatus(facts: JobFacts, now: number): Status {
  const status = statusAt(facts, now);
  if (status === undefined) throw exportJobNotFound(facts.id);
  if (isFinished({ status })) throw jobFinished(facts.id, status);
  return status;
}
