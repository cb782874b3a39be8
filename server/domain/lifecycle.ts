import type { components } from '../../generated/openapi.js';
import type { ExportJob, JobFacts, TimedJob } from './export-job.js';
import { DEFAULT_CANCELLING, type Ending } from './scenario.js';
import { timing } from './timing.js';

type Schemas = components['schemas'];

/** When an export job of a timed story changes, in Unix milliseconds. */
interface Course {
  processingFrom: number;
  endsAt: number;
  ending: Ending;
}

/** What the mock shows of a job that was cancelled into failing. No source tells: assumed. */
const CANCELLED: Ending = {
  status: 'FAILED',
  errors: [{ code: 'cancelled', msg: 'Export job was cancelled.', callStack: '' }],
};

/** How an export job is at a moment; `undefined` when it is gone. */
export function viewAt(facts: JobFacts, now: number): ExportJob | undefined {
  if (isGone(facts, now)) return undefined;
  return facts.story === 'recorded' ? facts.view : timedView(facts, now);
}

/** Whether an export job is no longer to be changed. */
export function isFinished(view: ExportJob): boolean {
  return view.status === 'SUCCEEDED' || view.status === 'FAILED';
}

function cancelling(facts: JobFacts) {
  return facts.story === 'timed' ? facts.scenario.cancel : DEFAULT_CANCELLING;
}

/** Whether an export job was cancelled, and is there no more. */
export function isGone(facts: JobFacts, now: number): boolean {
  const { after, then } = cancelling(facts);
  return facts.cancelRequestedAt !== undefined && then === 'gone' && now >= facts.cancelRequestedAt + after;
}

function courseOf(facts: TimedJob): Course {
  const { newMs, processingMs, ending, cancel } = facts.scenario;
  const processingFrom = facts.creationTime + newMs;
  const endsAt = processingFrom + processingMs;
  if (facts.cancelRequestedAt !== undefined && cancel.then === 'failed') {
    const failsAt = facts.cancelRequestedAt + cancel.after;
    if (failsAt < endsAt) {
      return { processingFrom: Math.min(processingFrom, failsAt), endsAt: failsAt, ending: CANCELLED };
    }
  }
  return { processingFrom, endsAt, ending };
}

function timedView(facts: TimedJob, now: number): ExportJob {
  const course = courseOf(facts);
  if (now >= course.endsAt) {
    return finished(facts, course);
  }
  return now >= course.processingFrom ? processing(facts, course) : viewWhenCreated(facts);
}

/** How an export job is at the instant of its creation, however short its story: NEW. */
export function viewWhenCreated(facts: TimedJob): Schemas['NewExportJob'] {
  return {
    ...identity(facts),
    status: 'NEW',
    ...asked(facts),
    metrics: { totalTime: { startTimeInMs: facts.creationTime } },
    computeGatewayJobId: { exportJob: '' },
    ...origin(facts, facts.creationTime),
  };
}

function processing(facts: TimedJob, course: Course): Schemas['ProcessingExportJob'] {
  return {
    ...identity(facts),
    status: 'PROCESSING',
    ...asked(facts),
    metrics: { totalTime: { startTimeInMs: facts.creationTime } },
    computeGatewayJobId: { exportJob: facts.computeJobId },
    ...origin(facts, course.processingFrom),
  };
}

function finished(facts: TimedJob, course: Course): ExportJob {
  const { ending } = course;
  const computeGatewayJobId = { exportJob: facts.computeJobId };
  if (ending.status === 'FAILED') {
    const { status, errors } = ending;
    const metrics = timings(facts, course);
    return {
      ...identity(facts),
      status,
      ...asked(facts),
      errors,
      metrics,
      computeGatewayJobId,
      ...origin(facts, course.endsAt),
    };
  }
  return {
    ...identity(facts),
    status: ending.status,
    ...asked(facts),
    ...(ending.errors && { errors: ending.errors }),
    metrics: { ...timings(facts, course), ...ending.counters },
    computeGatewayJobId,
    ...origin(facts, course.endsAt),
  };
}

function timings(facts: TimedJob, course: Course) {
  return {
    totalTime: timing(facts.creationTime, course.endsAt),
    profileExportTime: timing(course.processingFrom, course.endsAt),
  };
}

// The members of a view stand in the page's order: what the job is, its status, what was asked for, what came of it,
// and where it comes from.

function identity(facts: TimedJob) {
  const { request } = facts;
  return {
    id: facts.id,
    jobType: 'BATCH' as const,
    destination: destination(facts),
    ...(request.fields !== undefined && { fields: request.fields }),
    schema: request.schema,
    imsOrgId: facts.imsOrgId,
  };
}

/** `evaluationInfo` is not repeated, as on the page. */
function asked({ request, profileInstanceId }: TimedJob) {
  return {
    ...(request.filter && { filter: request.filter }),
    ...(request.additionalFields && { additionalFields: request.additionalFields }),
    ...(request.mergePolicy && { mergePolicy: request.mergePolicy }),
    profileInstanceId,
  };
}

function origin({ creationTime, requestId }: TimedJob, updateTime: number) {
  return { creationTime, updateTime, requestId };
}

function destination({ request, batchIds }: TimedJob): Schemas['Destination'] {
  const { datasetId, segmentPerBatch } = request.destination;
  if (!segmentPerBatch) return { datasetId, segmentPerBatch, batchId: batchIds[0] ?? '' };
  const segments = request.filter?.segments ?? [];
  const batches = segments.map((segment, index) => ({ ...segment, batchId: batchIds[index] ?? '' }));
  return { datasetId, segmentPerBatch, batches };
}
