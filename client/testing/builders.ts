import type {
  CreateExportJobRequest,
  ExportJob,
  ExportJobStatus,
  JobError,
  Timing,
} from '../../generated/openapi.js';

/** An export job that has a status. */
type JobOf<Status extends ExportJobStatus> = Extract<ExportJob, { status: Status }>;

/** What replaces properties. One that is undefined leaves an optional property out. */
type Overrides<T> = { [Name in keyof T]?: T[Name] | undefined };

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

const OPTIONAL_OF_JOBS = [
  'fields',
  'filter',
  'additionalFields',
  'mergePolicy',
] satisfies (keyof ExportJob)[];
const OPTIONAL_OF_REQUESTS = [
  'fields',
  'filter',
  'additionalFields',
  'mergePolicy',
  'evaluationInfo',
] satisfies (keyof CreateExportJobRequest)[];

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
 * @throws TypeError for a property or status that there is not.
 */
export function anExportJob<Status extends ExportJobStatus = 'SUCCEEDED'>(
  overrides: Overrides<JobOf<Status>> & { status?: Status } = {},
): JobOf<Status> {
  const { status = 'SUCCEEDED', ...others } = checkedObject(overrides);
  if (!Object.hasOwn(OF_STATUS, status)) {
    throw new TypeError(`The status is ${status}; allowed is one of ${Object.keys(OF_STATUS).join(', ')}`);
  }
  const optional = status === 'SUCCEEDED' ? [...OPTIONAL_OF_JOBS, 'errors'] : OPTIONAL_OF_JOBS;
  return built<object>({ ...EVERY_JOB, ...OF_STATUS[status] }, others, optional) as JobOf<Status>;
}

/**
 * The body of a call that creates an export job, valid against the contract. An override replaces the property as a whole.
 * @throws TypeError for a property that there is not.
 */
export function aCreateExportJobRequest(
  overrides: Overrides<CreateExportJobRequest> = {},
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
    OPTIONAL_OF_REQUESTS,
  );
}

function checkedObject<T extends object>(overrides: T): T {
  const given: unknown = overrides;
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return overrides;
  throw new TypeError(`What overrides is ${JSON.stringify(overrides)}; allowed is an object with properties`);
}

/**
 * A copy of the defaults with what overrides them. One that is undefined leaves an optional property out.
 * @throws TypeError for a property that there is not, and for one that is needed and undefined.
 */
function built<T extends object>(defaults: T, overrides: Overrides<T>, optional: readonly string[]): T {
  const known = [...new Set([...Object.keys(defaults), ...optional])];
  for (const [name, value] of Object.entries(checkedObject(overrides))) {
    if (!known.includes(name)) throw new TypeError(`There is no ${name}; allowed are ${known.join(', ')}`);
    if (value === undefined && !optional.includes(name)) throw new TypeError(`${name} can not be left out`);
  }
  const merged: object = { ...(JSON.parse(JSON.stringify(defaults)) as T), ...overrides };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as T;
}
