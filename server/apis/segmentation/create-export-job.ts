import type { TimedJob } from './stored-job.js';
import { viewWhenCreated } from './job-view.js';
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
  { clock, org, random, story }: Services,
  { body, headers, requestId, preferredScenario }: Call<'createExportJob'>,
): TimedJob {
  const { scenario, progress, polls } = story.choose(body, preferredScenario);
  const batches = body.destination.segmentPerBatch ? (body.filter?.segments?.length ?? 0) : 1;
  const facts: TimedJob = {
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
  if (progress !== undefined) facts.progress = progress;
  if (polls !== undefined) facts.polls = polls;
  return facts;
}
