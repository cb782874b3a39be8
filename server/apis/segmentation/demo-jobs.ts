import { Draw } from './demo-draw.js';
import { failed, succeeded } from './demo-ending.js';
import type { DemoMaterial } from './demo-material.js';
import { demoRequest } from './demo-request.js';
import type { ExportJob } from './stored-job.js';
import type { SeededRandom } from '../../sandbox/random.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Makes the demo jobs: `material.count` of them, created over the `material.days` before `now` (Unix milliseconds),
 * oldest first, their ids counting up. The same material, `now` and `random` give the same jobs. `imsOrgId` is a
 * placeholder. Jobs that would have been created before 1970 are left out, as the contract knows no such time.
 */
export function demoJobs(
  material: DemoMaterial,
  { now, random }: { now: number; random: SeededRandom },
): ExportJob[] {
  return Array.from({ length: material.count }, (_, index) => {
    const draw = new Draw(random, material, `demo/${index}`);
    return demoJob(material, draw, index, now);
  }).filter(({ creationTime }) => creationTime >= 0);
}

function demoJob(material: DemoMaterial, draw: Draw, index: number, now: number): ExportJob {
  const creationTime = creationTimeOf(material, draw, index, now);
  const common = {
    id: material.firstId + index,
    jobType: draw.happens('streaming') ? ('STREAMING' as const) : ('BATCH' as const),
    ...demoRequest(material, draw, creationTime),
    imsOrgId: '{ORG_ID}',
    profileInstanceId: draw.oneOf('profileInstanceId', material.profileInstanceIds),
    creationTime,
    requestId: draw.happens('requestIdIsToken') ? draw.hex('requestId', 32) : draw.uuid('requestId'),
  };
  const started = { totalTime: { startTimeInMs: creationTime } };
  const computeJob = { exportJob: draw.uuid('exportJob') };

  switch (statusOf(material, draw, index)) {
    case 'NEW': {
      const computeGatewayJobId = { exportJob: '' as const };
      return { ...common, status: 'NEW', metrics: started, computeGatewayJobId, updateTime: creationTime };
    }
    case 'PROCESSING': {
      const updateTime = Math.min(creationTime + draw.milliseconds('waiting'), now);
      return {
        ...common,
        status: 'PROCESSING',
        metrics: started,
        computeGatewayJobId: computeJob,
        updateTime,
      };
    }
    case 'SUCCEEDED':
      return succeeded(material, draw, { ...common, computeGatewayJobId: computeJob });
    case 'FAILED':
      return failed(material, draw, { ...common, computeGatewayJobId: computeJob });
  }
}

/** Evenly over the days, and closer to one another the newer among those that have not finished. */
function creationTimeOf({ count, days, unfinished }: DemoMaterial, draw: Draw, index: number, now: number) {
  const place = index + draw.fraction('creationTime');
  const notFinished = unfinished.processing + unfinished.new;
  const finished = count - notFinished;
  const recent = unfinished.hours * HOUR;
  const before =
    index < finished
      ? days * DAY - (place * (days * DAY - recent)) / finished
      : recent * ((count - place) / notFinished) ** 2;
  return Math.floor(now - before);
}

function statusOf({ count, unfinished }: DemoMaterial, draw: Draw, index: number): ExportJob['status'] {
  const behind = count - 1 - index;
  if (behind < unfinished.new) return 'NEW';
  if (behind < unfinished.new + unfinished.processing) return 'PROCESSING';
  return draw.happens('failed') ? 'FAILED' : 'SUCCEEDED';
}
