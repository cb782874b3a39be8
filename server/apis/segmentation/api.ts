import type { components, operations as controlOperations } from '../../../generated/control.js';
import { ownContract } from '../../../contract/contract-document.js';
import type { Contract } from '../../../contract/contract.js';
import type { ApiDefinition, Handler, SandboxApi } from '../../pipeline/api.js';
import type { TypedRequest, TypedResponse } from '../../pipeline/typed-operation.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { exportJobNotFound } from './errors.js';
import { JobControl, JobWaiters } from './job-control.js';
import type { JobsInMock, JobsInSandbox } from './jobs-in-code.js';
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
import { JOBS, type StoredJob } from './stored-job.js';

type Schemas = components['schemas'];

export interface SegmentationOptions extends ScenarioOptions, Progression {
  /** `documented`, `demo`, `empty`, or the path of a file. */
  seed: string;
  /** Operations to run in place of the mock's own. */
  operations?: { [Id in keyof Operations]?: Operations[Id] | undefined } | undefined;
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
