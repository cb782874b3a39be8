import type { components, operations as controlOperations } from '../../../generated/control.js';
import { ownContract } from '../../../contract/contract-document.js';
import type { Contract } from '../../../contract/contract.js';
import type { ApiDefinition, Handler, SandboxApi } from '../../pipeline/api.js';
import type { TypedRequest, TypedResponse } from '../../pipeline/typed-operation.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { exportJobNotFound } from './errors.js';
import { JobControl, JobWaiters, type Job } from './job-control.js';
import type { Operations, Services } from './operation.js';
import { cancelExportJob } from './cancel-export-job.js';
import { createExportJob } from './create-export-job.js';
import { listExportJobs } from './list-export-jobs.js';
import { retrieveExportJob } from './retrieve-export-job.js';
import {
  createScenarioRules,
  createScenarioSelector,
  loadScenarios,
  type Progression,
  type ScenarioList,
  type ScenarioOptions,
} from './scenarios.js';
import { loadSeed } from './seed.js';
import { createJobCheck } from './stored-job-check.js';
import { JOBS, type Scenario, type StoredJob } from './stored-job.js';

type Schemas = components['schemas'];

export interface SegmentationOptions extends ScenarioOptions, Progression {
  /** `documented`, `demo`, `empty`, or the path of a file. */
  seed: string;
  /** Operations to run in place of the mock's own. */
  operations?: { [Id in keyof Operations]?: Operations[Id] | undefined } | undefined;
}

/** Which requests a rule is for, and for how long. */
export interface Aim {
  /** The n-th such request alone. */
  nth?: number | undefined;
  /** How often the rule applies before it ends. */
  times?: number | undefined;
  /** How long it applies before it ends, in real milliseconds. */
  forMs?: number | undefined;
}

/** What export jobs add to a sandbox in code. */
export interface JobsInSandbox {
  /** Jobs that are created from now on live by this scenario. It stands above rules that were set before. */
  use(scenario: string | Scenario, aim?: Aim): Schemas['Rule'];
  /** Jobs that are created from now on move on by time, by polls (seen `polls` times in a status) or by hand. */
  progress(by: Schemas['Progress'], aim?: Aim & { polls?: number | undefined }): Schemas['Rule'];
  readonly jobs: {
    /** Newest first. */
    list(): Job[];
    /** Moves a job on to its next status. */
    step(id: number): Promise<Job>;
    /** Brings a job to the end of its scenario. */
    finish(id: number): Promise<Job>;
    /** Lets a job fail, with the errors of the documentation unless others are given. */
    fail(id: number, errors?: Schemas['Failure']['errors']): Promise<Job>;
    /** Keeps a job in the status that it has, until it is stepped, finished or failed. */
    hold(id: number): Promise<Job>;
  };
  /**
   * Resolves to a job once it has reached a status, or gone beyond, whoever moves it or turns the clock. Rejects with
   * ApiError: 404 when it does not exist, 409 when it never will, 408 after `timeout` real milliseconds (30,000).
   */
  waitFor(
    id: number,
    status: Schemas['ExportJobStatus'],
    options?: { timeout?: number | undefined },
  ): Promise<Job>;
}

/** What export jobs add to a mock in code. */
export interface JobsInMock {
  /** The operations it runs, one for each operationId. */
  readonly operations: Operations;
  /**
   * How long a created job of the default scenario is NEW and then PROCESSING, in milliseconds by time; `null` where it
   * stays so.
   */
  readonly lifetimes: Readonly<Pick<Scenario, 'newMs' | 'processingMs'>>;
  /** The scenarios that there are, in the order of their names, and the name of the default one. */
  scenarios(): ScenarioList;
}

/** The table of operations. One that the contract declares and this table lacks does not compile. */
export const operations: Operations = {
  listExportJobs,
  createExportJob,
  retrieveExportJob,
  cancelExportJob,
};

/** The export jobs of the Segmentation Service. */
export const segmentation: ApiDefinition<SegmentationOptions & { contract?: string | undefined }> = {
  getContractFile: ({ contract }) => contract ?? ownContract('openapi'),
  createCollections: (contract) => [
    {
      name: JOBS,
      getSortKey: ({ creationTime }: StoredJob) => creationTime,
      // Those that were asked to cancel are marked, the first asked first.
      getMark: ({ cancelRequestedAt }: StoredJob) => cancelRequestedAt,
      findProblem: createJobCheck(contract),
    },
  ],
  create: createSegmentationApi,
};

/** Rejects with OptionError or DataFileError. */
async function createSegmentationApi(
  contract: Contract,
  control: Contract,
  options: SegmentationOptions,
): Promise<SandboxApi> {
  const scenarios = await loadScenarios(options, control);
  const seed = await loadSeed(options.seed, contract);
  const mounted: Operations = { ...operations, ...withoutUndefined(options.operations) };
  const { newMs, processingMs } = scenarios.default;

  // The functions that a sandbox's services are made with are also what these are found by again.
  const createServices = (sandbox: Sandbox): Services => ({
    org: sandbox.org,
    clock: sandbox.clock,
    jobs: sandbox.getCollection<StoredJob>(JOBS),
    random: sandbox.random,
    selectScenario: createScenarioSelector(scenarios, options, sandbox.rules),
  });
  const createHandle = (sandbox: Sandbox): JobsInSandbox => {
    const { jobs, clock } = sandbox.getService(createServices);
    const control = new JobControl(jobs, clock);
    const waiters = new JobWaiters(jobs, clock);
    sandbox.onClose(() => waiters.close());
    return {
      use: (scenario, aim) => sandbox.addRule({ ...aim, scenario }) as Schemas['Rule'],
      progress: (progress, aim) => sandbox.addRule({ ...aim, progress }) as Schemas['Rule'],
      jobs: control,
      waitFor: async (id, status, { timeout } = {}) => {
        await waiters.waitFor(id, status, timeout);
        return control.get(id);
      },
    };
  };

  return {
    contract,
    operations: Object.fromEntries(
      Object.entries(mounted).map(([operationId, operation]) => [
        operationId,
        (sandbox: Sandbox) => operation(sandbox.getService(createServices)) as Handler,
      ]),
    ),
    seed: (context) => ({ [JOBS]: seed(context) }),
    adopt: (job, { org }) => adoptJob(job as StoredJob, org),
    preferences: { scenario: { names: [...scenarios.byName.keys()], operationId: 'createExportJob' } },
    resources: { job: 'exportJobId' },
    createNotFound: exportJobNotFound,
    ruleKinds: createScenarioRules(scenarios, control),
    createHandle,
    mockMembers: {
      operations: mounted,
      lifetimes: Object.freeze({ newMs, processingMs }),
      scenarios: scenarios.list,
    } satisfies JobsInMock,
    controlRoutes: (getSandbox) =>
      createControlRoutes((request) => getSandbox(request).getService(createHandle), scenarios.list),
  };
}

function withoutUndefined(operations: SegmentationOptions['operations'] = {}): Partial<Operations> {
  return Object.fromEntries(Object.entries(operations).filter(([, operation]) => operation));
}

function adoptJob(stored: StoredJob, org: string): StoredJob {
  if (stored.kind === 'simulated') return { ...stored, imsOrgId: org };
  return { ...stored, job: { ...stored.job, imsOrgId: org } };
}

type ControlId =
  'listJobs' | 'stepJob' | 'finishJob' | 'failJob' | 'holdJob' | 'waitForJob' | 'listScenarios';
type Request<Id extends ControlId> = TypedRequest<controlOperations[Id]>;
type ControlRoutes = {
  [Id in ControlId]: (
    request: Request<Id>,
  ) => TypedResponse<controlOperations[Id]> | Promise<TypedResponse<controlOperations[Id]>>;
};

/** The operations of the control plane that are for export jobs. */
function createControlRoutes(
  getSandbox: (request: { headers: object }) => JobsInSandbox,
  listScenarios: () => ScenarioList,
): Record<string, Handler> {
  const respond = <Body>(body: Body) => ({ status: 200 as const, body });
  const routes: ControlRoutes = {
    listJobs: (request) => respond({ jobs: getSandbox(request).jobs.list() }),
    stepJob: async (request) => respond(await getSandbox(request).jobs.step(request.path.id)),
    finishJob: async (request) => respond(await getSandbox(request).jobs.finish(request.path.id)),
    failJob: async (request) =>
      respond(await getSandbox(request).jobs.fail(request.path.id, request.body?.errors)),
    holdJob: async (request) => respond(await getSandbox(request).jobs.hold(request.path.id)),
    waitForJob: async (request) => {
      const { status, timeout } = request.query;
      return respond(await getSandbox(request).waitFor(request.path.id, status, { timeout }));
    },
    listScenarios: () => respond(listScenarios()),
  };
  return routes as unknown as Record<string, Handler>;
}
