import type { ExportJob, JobFacts, RecordedJob, TimedJob } from './stored-job.js';
import { startOf, viewInProcessing, viewWhenCreated, viewWhenEnded, type Course } from './job-view.js';
import { DEFAULT_CANCELLING, type Ending } from './scenario.js';

export type Status = ExportJob['status'];

/** When something happens that does not happen by itself. */
const NEVER = Infinity;

/** What the mock shows of a job that was cancelled into failing. No source tells: assumed. */
const CANCELLED: Ending = {
  status: 'FAILED',
  errors: [{ code: 'cancelled', msg: 'Export job was cancelled.', callStack: '' }],
};

/** How an export job is at a moment; `undefined` when it is gone. */
export function viewAt(facts: JobFacts, now: number): ExportJob | undefined {
  if (isGone(facts, now)) return undefined;
  if (facts.story === 'recorded' && isUntouched(facts)) return facts.view;
  const course = courseOf(facts);
  if (hasEnded(facts, course, now)) return viewWhenEnded(facts, course);
  if (isProcessed(facts, course, now)) return viewInProcessing(facts, course);
  return facts.story === 'timed' ? viewWhenCreated(facts) : facts.view;
}

/** The status of an export job at a moment; `undefined` when it is gone. */
export function statusAt(facts: JobFacts, now: number): Status | undefined {
  if (isGone(facts, now)) return undefined;
  if (facts.story === 'recorded' && isUntouched(facts)) return facts.view.status;
  const course = courseOf(facts);
  if (hasEnded(facts, course, now)) return course.ending.status;
  return isProcessed(facts, course, now) ? 'PROCESSING' : 'NEW';
}

/** Whether an export job of that status is no longer to be changed. */
export function isFinished({ status }: { status: Status }): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** Whether an export job was cancelled, and is there no more. */
export function isGone(facts: JobFacts, now: number): boolean {
  return now >= goneFrom(facts);
}

/**
 * The instant at which the view of an export job changes next by the clock alone, in Unix milliseconds; `undefined`
 * when it does not.
 */
export function nextChangeAt(facts: JobFacts, now: number): number | undefined {
  if (isGone(facts, now)) return undefined;
  const changes = [goneFrom(facts)];
  if (facts.story === 'timed' && !facts.ended) {
    const { processingFrom, endsAt } = courseOf(facts);
    changes.push(endsAt);
    if (facts.processingFrom === undefined) changes.push(processingFrom);
  }
  const next = Math.min(...changes.filter((instant) => instant > now));
  return next === NEVER ? undefined : next;
}

/** When an export job changes: as what was done with it has it, and else its story. */
export function courseOf(facts: JobFacts): Course {
  const { processingFrom, ended } = facts;
  if (ended) return { processingFrom: processingFrom ?? ended.at, endsAt: ended.at, ending: ended.ending };
  return facts.story === 'timed' ? timedCourse(facts) : recordedCourse(facts);
}

function timedCourse(facts: TimedJob): Course {
  const { newMs, processingMs, ending } = facts.scenario;
  const isByTime = facts.progress === undefined;
  const processingFrom = facts.processingFrom ?? (isByTime ? later(facts.creationTime, newMs) : NEVER);
  const endsAt = isByTime ? later(processingFrom, processingMs) : NEVER;
  const failsAt = failsFrom(facts);
  return failsAt < endsAt
    ? { processingFrom: Math.min(processingFrom, failsAt), endsAt: failsAt, ending: CANCELLED }
    : { processingFrom, endsAt, ending };
}

function recordedCourse(facts: RecordedJob): Course {
  const { status, updateTime } = facts.view;
  const recordedFrom = status === 'NEW' ? NEVER : Math.max(updateTime, startOf(facts));
  return {
    processingFrom: facts.processingFrom ?? recordedFrom,
    endsAt: NEVER,
    ending: endingOf(facts),
  };
}

/** How the story of a job ends. That a recorded one succeeds, whose story nothing tells, is assumed. */
export function endingOf(facts: JobFacts): Ending {
  return facts.story === 'timed' ? facts.scenario.ending : { status: 'SUCCEEDED' };
}

function later(instant: number, milliseconds: number | null): number {
  return milliseconds === null ? NEVER : instant + milliseconds;
}

// What was done with a job holds, wherever the clock is turned to.

function hasEnded({ ended }: JobFacts, { endsAt }: Course, now: number): boolean {
  return ended !== undefined || now >= endsAt;
}

function isProcessed(facts: JobFacts, { processingFrom }: Course, now: number): boolean {
  return facts.processingFrom !== undefined || now >= processingFrom;
}

function isUntouched({ processingFrom, ended }: JobFacts): boolean {
  return processingFrom === undefined && ended === undefined;
}

// Cancelling goes by the clock, whichever way a job moves on.

function goneFrom(facts: JobFacts): number {
  if (facts.cancelRequestedAt === undefined) return NEVER;
  const { after, then } = facts.story === 'timed' ? facts.scenario.cancel : DEFAULT_CANCELLING;
  return then === 'gone' ? facts.cancelRequestedAt + after : NEVER;
}

/** Not before it began: the clock may have been turned back when it was asked to cancel. */
function failsFrom({ cancelRequestedAt, scenario, processingFrom, creationTime }: TimedJob): number {
  if (cancelRequestedAt === undefined || scenario.cancel.then !== 'failed') return NEVER;
  return Math.max(cancelRequestedAt + scenario.cancel.after, processingFrom ?? creationTime);
}
