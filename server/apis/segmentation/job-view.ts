import type { components } from '../../../generated/openapi.js';
import type { ExportJob, JobFacts, RecordedJob, TimedJob } from './stored-job.js';
import { seededRandom } from '../../sandbox/random.js';
import type { Ending } from './scenario.js';
import { timing } from './timing.js';

type Schemas = components['schemas'];

/** When an export job changes, in Unix milliseconds, and how it ends. What does not happen by itself is at `Infinity`. */
export interface Course {
  processingFrom: number;
  endsAt: number;
  ending: Ending;
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

/** How an export job is while it is processed. */
export function viewInProcessing(
  facts: JobFacts,
  { processingFrom }: Course,
): Schemas['ProcessingExportJob'] {
  return {
    ...identity(facts),
    status: 'PROCESSING',
    ...asked(facts),
    metrics: { totalTime: { startTimeInMs: startOf(facts) } },
    computeGatewayJobId: computeJob(facts),
    ...origin(facts, processingFrom),
  };
}

/** How an export job is from its end on. */
export function viewWhenEnded(facts: JobFacts, course: Course): ExportJob {
  const { ending, endsAt } = course;
  const computeGatewayJobId = computeJob(facts);
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
      ...origin(facts, endsAt),
    };
  }
  return {
    ...identity(facts),
    status: ending.status,
    ...asked(facts),
    ...(ending.errors && { errors: ending.errors }),
    metrics: { ...timings(facts, course), ...ending.counters },
    computeGatewayJobId,
    ...origin(facts, endsAt),
  };
}

/** When an export job began, in Unix milliseconds. */
export function startOf(facts: JobFacts): number {
  return facts.story === 'timed' ? facts.creationTime : facts.view.metrics.totalTime.startTimeInMs;
}

function timings(facts: JobFacts, { processingFrom, endsAt }: Course) {
  return {
    totalTime: timing(startOf(facts), endsAt),
    profileExportTime: timing(processingFrom, endsAt),
  };
}

// The members of a view stand in the page's order: what the job is, its status, what was asked for, what came of it,
// and where it comes from.

function identity(facts: JobFacts) {
  if (facts.story === 'recorded') return recordedIdentity(facts);
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

function recordedIdentity({ view: { id, jobType, destination, fields, schema, imsOrgId } }: RecordedJob) {
  return { id, jobType, destination, ...(fields !== undefined && { fields }), schema, imsOrgId };
}

/** `evaluationInfo` is not repeated, as on the page. */
function asked(facts: JobFacts) {
  const { profileInstanceId } = facts.story === 'timed' ? facts : facts.view;
  const { filter, additionalFields, mergePolicy } = facts.story === 'timed' ? facts.request : facts.view;
  return {
    ...(filter && { filter }),
    ...(additionalFields && { additionalFields }),
    ...(mergePolicy && { mergePolicy }),
    profileInstanceId,
  };
}

function origin(facts: JobFacts, updateTime: number) {
  const { requestId } = facts.story === 'timed' ? facts : facts.view;
  return { creationTime: facts.creationTime, updateTime, requestId };
}

/** A recorded job that has none while it is NEW gets one that follows from what is recorded. */
function computeJob(facts: JobFacts): Schemas['ComputeJob'] {
  if (facts.story === 'timed') return { exportJob: facts.computeJobId };
  const { id, requestId, computeGatewayJobId } = facts.view;
  if (computeGatewayJobId.exportJob !== '') return computeGatewayJobId;
  return { exportJob: seededRandom(requestId).uuid(`job/${id}/compute`) };
}

function destination({ request, batchIds }: TimedJob): Schemas['Destination'] {
  const { datasetId, segmentPerBatch } = request.destination;
  if (!segmentPerBatch) return { datasetId, segmentPerBatch, batchId: batchIds[0] ?? '' };
  const segments = request.filter?.segments ?? [];
  const batches = segments.map((segment, index) => ({ ...segment, batchId: batchIds[index] ?? '' }));
  return { datasetId, segmentPerBatch, batches };
}
