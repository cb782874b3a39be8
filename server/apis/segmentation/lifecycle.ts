/** How an export job looks at a moment: a pure function of what is stored of it and the clock. Instants in Unix milliseconds. */
import type { components } from '../../../generated/openapi.js';
import { seededRandom } from '../../sandbox/random.js';
import type { Cancelling, ExportJob, Outcome, SimulatedJob, StaticJob, StoredJob } from './stored-job.js';

type Schemas = components['schemas'];

export type Status = ExportJob['status'];

/** When an export job changes, and how it ends. What does not happen by itself is at `Infinity`. */
export interface JobTimeline {
  processingFrom: number;
  endsAt: number;
  outcome: Outcome;
}

/** When something happens that does not happen by itself. */
const NEVER = Infinity;

/** What cancelling does when no scenario says: no source shows a cancelled export job. Assumed. */
const DEFAULT_CANCELLING: Cancelling = { after: 1000, then: 'gone' };

/** What a job shows that was cancelled into failing. No source shows one: assumed. */
const CANCELLED: Outcome = {
  status: 'FAILED',
  errors: [{ code: 'cancelled', msg: 'Export job was cancelled.', callStack: '' }],
};

/** An export job in its wire form at a moment; `undefined` when it is gone. */
export function renderJob(stored: StoredJob, now: number): ExportJob | undefined {
  if (isGone(stored, now)) return undefined;
  if (stored.kind === 'static' && isUntouched(stored)) return stored.job;
  const timeline = getTimeline(stored);
  if (hasEnded(stored, timeline, now)) return renderEndedJob(stored, timeline);
  if (isProcessed(stored, timeline, now)) return renderProcessedJob(stored, timeline);
  return stored.kind === 'simulated' ? renderNewJob(stored) : stored.job;
}

/** The status of an export job at a moment; `undefined` when it is gone. */
export function getStatus(stored: StoredJob, now: number): Status | undefined {
  if (isGone(stored, now)) return undefined;
  if (stored.kind === 'static' && isUntouched(stored)) return stored.job.status;
  const timeline = getTimeline(stored);
  if (hasEnded(stored, timeline, now)) return timeline.outcome.status;
  return isProcessed(stored, timeline, now) ? 'PROCESSING' : 'NEW';
}

/** Whether an export job of that status changes no more. */
export function isFinished({ status }: { status: Status }): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED';
}

/** Whether an export job was cancelled, and is there no more. */
export function isGone(stored: StoredJob, now: number): boolean {
  return now >= getGoneFrom(stored);
}

/** The instant at which an export job changes next by the clock alone; `undefined` when it does not. */
export function getNextChange(stored: StoredJob, now: number): number | undefined {
  if (isGone(stored, now)) return undefined;
  const changes = [getGoneFrom(stored)];
  if (stored.kind === 'simulated' && !stored.ended) {
    const { processingFrom, endsAt } = getTimeline(stored);
    changes.push(endsAt);
    if (stored.processingFrom === undefined) changes.push(processingFrom);
  }
  const next = Math.min(...changes.filter((instant) => instant > now));
  return next === NEVER ? undefined : next;
}

/** When an export job changes: as what was done with it says, and else as its scenario says. */
export function getTimeline(stored: StoredJob): JobTimeline {
  const { processingFrom, ended } = stored;
  if (ended) return { processingFrom: processingFrom ?? ended.at, endsAt: ended.at, outcome: ended.outcome };
  return stored.kind === 'simulated' ? getSimulatedTimeline(stored) : getStaticTimeline(stored);
}

function getSimulatedTimeline(stored: SimulatedJob): JobTimeline {
  const { newMs, processingMs, outcome } = stored.scenario;
  const isByTime = stored.progress === undefined;
  const processingFrom = stored.processingFrom ?? (isByTime ? add(stored.creationTime, newMs) : NEVER);
  const endsAt = isByTime ? add(processingFrom, processingMs) : NEVER;
  const failsAt = getFailsAt(stored);
  return failsAt < endsAt
    ? { processingFrom: Math.min(processingFrom, failsAt), endsAt: failsAt, outcome: CANCELLED }
    : { processingFrom, endsAt, outcome };
}

function getStaticTimeline(stored: StaticJob): JobTimeline {
  const { status, updateTime } = stored.job;
  const processingFrom = status === 'NEW' ? NEVER : Math.max(updateTime, getStart(stored));
  return {
    processingFrom: stored.processingFrom ?? processingFrom,
    endsAt: NEVER,
    outcome: getOutcome(stored),
  };
}

/** How a job ends by itself. That a static one succeeds, which no scenario describes, is assumed. */
export function getOutcome(stored: StoredJob): Outcome {
  return stored.kind === 'simulated' ? stored.scenario.outcome : { status: 'SUCCEEDED' };
}

/** When an export job began. */
export function getStart(stored: StoredJob): number {
  return stored.kind === 'simulated' ? stored.creationTime : stored.job.metrics.totalTime.startTimeInMs;
}

function add(instant: number, milliseconds: number | null): number {
  return milliseconds === null ? NEVER : instant + milliseconds;
}

// What was done with a job holds, wherever the clock is turned to.

function hasEnded({ ended }: StoredJob, { endsAt }: JobTimeline, now: number): boolean {
  return ended !== undefined || now >= endsAt;
}

function isProcessed(stored: StoredJob, { processingFrom }: JobTimeline, now: number): boolean {
  return stored.processingFrom !== undefined || now >= processingFrom;
}

function isUntouched({ processingFrom, ended }: StoredJob): boolean {
  return processingFrom === undefined && ended === undefined;
}

// Cancelling goes by the clock, whichever way a job moves on.

function getGoneFrom(stored: StoredJob): number {
  if (stored.cancelRequestedAt === undefined) return NEVER;
  const { after, then } = stored.kind === 'simulated' ? stored.scenario.cancel : DEFAULT_CANCELLING;
  return then === 'gone' ? stored.cancelRequestedAt + after : NEVER;
}

/** Not before it began: the clock may have been turned back when it was asked to cancel. */
function getFailsAt({ cancelRequestedAt, scenario, processingFrom, creationTime }: SimulatedJob): number {
  if (cancelRequestedAt === undefined || scenario.cancel.then !== 'failed') return NEVER;
  return Math.max(cancelRequestedAt + scenario.cancel.after, processingFrom ?? creationTime);
}

// The members stand in the page's order: what the job is, its status, what was requested, what came of it, and where it
// comes from.

/** An export job at the instant of its creation, however short its scenario: NEW. */
export function renderNewJob(stored: SimulatedJob): Schemas['NewExportJob'] {
  return {
    ...renderIdentity(stored),
    status: 'NEW',
    ...renderRequest(stored),
    metrics: { totalTime: { startTimeInMs: stored.creationTime } },
    computeGatewayJobId: { exportJob: '' },
    ...renderOrigin(stored, stored.creationTime),
  };
}

function renderProcessedJob(
  stored: StoredJob,
  { processingFrom }: JobTimeline,
): Schemas['ProcessingExportJob'] {
  return {
    ...renderIdentity(stored),
    status: 'PROCESSING',
    ...renderRequest(stored),
    metrics: { totalTime: { startTimeInMs: getStart(stored) } },
    computeGatewayJobId: getComputeJob(stored),
    ...renderOrigin(stored, processingFrom),
  };
}

function renderEndedJob(stored: StoredJob, timeline: JobTimeline): ExportJob {
  const { outcome, processingFrom, endsAt } = timeline;
  const computeGatewayJobId = getComputeJob(stored);
  const timings = {
    totalTime: createTiming(getStart(stored), endsAt),
    profileExportTime: createTiming(processingFrom, endsAt),
  };
  if (outcome.status === 'FAILED') {
    const { status, errors } = outcome;
    return {
      ...renderIdentity(stored),
      status,
      ...renderRequest(stored),
      errors,
      metrics: timings,
      computeGatewayJobId,
      ...renderOrigin(stored, endsAt),
    };
  }
  return {
    ...renderIdentity(stored),
    status: outcome.status,
    ...renderRequest(stored),
    ...(outcome.errors && { errors: outcome.errors }),
    metrics: { ...timings, ...outcome.counters },
    computeGatewayJobId,
    ...renderOrigin(stored, endsAt),
  };
}

function createTiming(start: number, end: number): Schemas['Timing'] {
  return { startTimeInMs: start, endTimeInMs: end, totalTimeInMs: end - start };
}

function renderIdentity(stored: StoredJob) {
  if (stored.kind === 'static') {
    const { id, jobType, destination, fields, schema, imsOrgId } = stored.job;
    return { id, jobType, destination, ...(fields !== undefined && { fields }), schema, imsOrgId };
  }
  const { request } = stored;
  return {
    id: stored.id,
    jobType: 'BATCH' as const,
    destination: renderDestination(stored),
    ...(request.fields !== undefined && { fields: request.fields }),
    schema: request.schema,
    imsOrgId: stored.imsOrgId,
  };
}

/** `evaluationInfo` is not repeated, as on the page. */
function renderRequest(stored: StoredJob) {
  const { profileInstanceId } = stored.kind === 'simulated' ? stored : stored.job;
  const { filter, additionalFields, mergePolicy } = stored.kind === 'simulated' ? stored.request : stored.job;
  return {
    ...(filter && { filter }),
    ...(additionalFields && { additionalFields }),
    ...(mergePolicy && { mergePolicy }),
    profileInstanceId,
  };
}

function renderOrigin(stored: StoredJob, updateTime: number) {
  const { requestId } = stored.kind === 'simulated' ? stored : stored.job;
  return { creationTime: stored.creationTime, updateTime, requestId };
}

/** A static job that has none while it is NEW gets one that follows from what is stored. */
function getComputeJob(stored: StoredJob): Schemas['ComputeJob'] {
  if (stored.kind === 'simulated') return { exportJob: stored.computeJobId };
  const { id, requestId, computeGatewayJobId } = stored.job;
  if (computeGatewayJobId.exportJob !== '') return computeGatewayJobId;
  return { exportJob: seededRandom(requestId).uuid(`job/${id}/compute`) };
}

function renderDestination({ request, batchIds }: SimulatedJob): Schemas['Destination'] {
  const { datasetId, segmentPerBatch } = request.destination;
  if (!segmentPerBatch) return { datasetId, segmentPerBatch, batchId: batchIds[0] ?? '' };
  const segments = request.filter?.segments ?? [];
  const batches = segments.map((segment, index) => ({ ...segment, batchId: batchIds[index] ?? '' }));
  return { datasetId, segmentPerBatch, batches };
}
