import { renderNewJob } from './lifecycle.js';
import type { Operation, OperationRequest, Services } from './operation.js';
import type { SimulatedJob } from './stored-job.js';

/** Create an export job: the page's section "Create a new export job". */
export const createExportJob: Operation<'createExportJob'> = (services) => async (request) => {
  const stored = await services.jobs.add((id) => createJob(id, services, request));
  return {
    status: 200,
    headers: { 'X-Location': `${request.basePath}/export/jobs/${stored.id}` },
    body: renderNewJob(stored),
  };
};

function createJob(
  id: number,
  { clock, org, random, selectScenario }: Services,
  { body, headers, requestId, preferred }: OperationRequest<'createExportJob'>,
): SimulatedJob {
  const { scenario, progress, polls } = selectScenario(body, preferred['scenario']);
  const batches = body.destination.segmentPerBatch ? (body.filter?.segments?.length ?? 0) : 1;
  const job: SimulatedJob = {
    kind: 'simulated',
    id,
    creationTime: clock.now(),
    scenario,
    request: body,
    imsOrgId: org,
    profileInstanceId: headers['x-profile-instance-id'] ?? 'ups',
    requestId,
    batchIds: Array.from({ length: batches }, (_, index) => random.hex(`job/${id}/batch/${index}`, 32)),
    computeJobId: random.uuid(`job/${id}/compute`),
  };
  if (progress !== undefined) job.progress = progress;
  if (polls !== undefined) job.polls = polls;
  return job;
}
