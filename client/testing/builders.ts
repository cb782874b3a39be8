import type {
  CreateExportJobRequest,
  ExportJob,
  ExportJobStatus,
  JobError,
  Timing,
} from '../../generated/openapi.js';

/** An export job that has a status. */
type JobOf<Status extends ExportJobStatus> = Extract<ExportJob, { status: Status }>;

/** 2026-01-01T00:00:00Z. */
const CREATED_AT = 1_767_225_600_000;

/** What every job has. */
const EVERY_JOB = {
  id: 1,
  jobType: 'BATCH',
  destination: {
    datasetId: '5b7c86968f7b6501e21ba9df',
    segmentPerBatch: false,
    batchId: 'da5cfb4de32c4b93a09f7e37fa53ad52',
  },
  schema: { name: '_xdm.context.profile' },
  imsOrgId: '1BD6382559DF0C130A49422D@AdobeOrg',
  profileInstanceId: 'ups',
  creationTime: CREATED_AT,
  updateTime: CREATED_AT,
  requestId: 'd995479c-8a08-4240-903b-af469c67be1f',
} as const;

const STARTED = { totalTime: { startTimeInMs: CREATED_AT } };
const RUN: Timing = { startTimeInMs: CREATED_AT, endTimeInMs: CREATED_AT + 7000, totalTimeInMs: 7000 };
const ASSIGNED = { exportJob: 'f3058161-7349-4ca9-807d-212cee2c2e94' };
const ERROR: JobError = { code: '0090000009', msg: 'The export failed.', callStack: '' };

/** How a job of each status differs. */
const OF_STATUS: { [Status in ExportJobStatus]: Omit<JobOf<Status>, keyof typeof EVERY_JOB> } = {
  NEW: { status: 'NEW', metrics: STARTED, computeGatewayJobId: { exportJob: '' } },
  PROCESSING: { status: 'PROCESSING', metrics: STARTED, computeGatewayJobId: ASSIGNED },
  SUCCEEDED: {
    status: 'SUCCEEDED',
    metrics: { totalTime: RUN, profileExportTime: RUN, totalExportedProfileCounter: 20 },
    computeGatewayJobId: ASSIGNED,
  },
  FAILED: {
    status: 'FAILED',
    errors: [ERROR],
    metrics: { totalTime: RUN },
    computeGatewayJobId: ASSIGNED,
  },
};

/**
 * An export job as the API answers it, valid against the contract: one that SUCCEEDED, unless the overrides name another
 * status. An override replaces the property as a whole. Each call makes a new object.
 */
export function anExportJob<Status extends ExportJobStatus = 'SUCCEEDED'>(
  overrides: Partial<JobOf<Status>> & { status?: Status } = {},
): JobOf<Status> {
  const status = overrides.status ?? 'SUCCEEDED';
  if (!Object.hasOwn(OF_STATUS, status)) {
    throw new Error(`The status is ${status}; allowed is one of ${Object.keys(OF_STATUS).join(', ')}`);
  }
  return built<object>({ ...EVERY_JOB, ...OF_STATUS[status] }, overrides) as JobOf<Status>;
}

/** The body of a call that creates an export job, valid against the contract. An override replaces the property as a whole. */
export function aCreateExportJobRequest(
  overrides: Partial<CreateExportJobRequest> = {},
): CreateExportJobRequest {
  return built(
    {
      fields: 'identities.id,personalEmail.address',
      filter: {
        segments: [
          { segmentId: '52c26d0d-45f2-47a2-ab30-ed06abc981ff', segmentNs: 'ups', status: ['realized'] },
        ],
      },
      destination: { datasetId: '5b7c86968f7b6501e21ba9df', segmentPerBatch: false },
      schema: { name: '_xdm.context.profile' },
    },
    overrides,
  );
}

/** A copy of the defaults with what overrides them. One that is undefined leaves an optional property out. */
function built<T extends object>(defaults: T, overrides: Partial<T>): T {
  const merged: object = { ...(JSON.parse(JSON.stringify(defaults)) as T), ...overrides };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as T;
}
