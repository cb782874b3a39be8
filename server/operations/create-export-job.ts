import type { TimedJob } from '../domain/export-job.js';
import { viewWhenCreated } from '../domain/lifecycle.js';
import type { Call, Operation, Services } from './operation.js';

/** Create an export job: the page's section "Create a new export job". */
export const createExportJob: Operation<'createExportJob'> = (services) => async (call) => {
  const facts = await services.jobs.add((id) => timedJob(id, services, call));
  return {
    status: 200,
    headers: { 'X-Location': `${call.basePath}/export/jobs/${facts.id}` },
    body: viewWhenCreated(facts),
  };
};

function timedJob(
  id: number,
  { clock, org, random, scenario }: Services,
  { body, headers, requestId }: Call<'createExportJob'>,
): TimedJob {
  const batches = body.destination.segmentPerBatch ? (body.filter?.segments?.length ?? 0) : 1;
  return {
    story: 'timed',
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
}
