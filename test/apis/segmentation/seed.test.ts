import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../../../contract/contract.js';
import type { ExportJob } from '../../../server/apis/segmentation/stored-job.js';
import { viewAt } from '../../../server/apis/segmentation/lifecycle.js';
import { newestFirst } from '../../../server/apis/segmentation/paging.js';
import { seededRandom } from '../../../server/sandbox/random.js';
import { loadSeed } from '../../../server/apis/segmentation/seed.js';
import { CONTRACT_FILE } from '../../support/contracts.js';

const ORG = '1BD6382559DF0C130A49422D@AdobeOrg';
const NOW = Date.UTC(2026, 0, 31, 12);

let contract: Contract;

beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});

async function viewsOf(nameOrFile: string, org = ORG, randomSeed = '1'): Promise<ExportJob[]> {
  const seed = await loadSeed(nameOrFile, contract);
  const jobs = seed({ org, now: NOW, random: seededRandom(randomSeed) });
  return jobs.flatMap((job) => viewAt(job, NOW) ?? []);
}

function documentedExample(operationId: string, name: string): unknown {
  const operation = contract.operations.find((each) => each.operationId === operationId);
  return operation?.responses.get(200)?.examples.get(name);
}

describe('a built-in seed', () => {
  test.each([
    ['documented', 9],
    ['demo', 240],
    ['empty', 0],
  ])('%s has %i jobs, each of its own id and as the contract has it', async (name, count) => {
    const views = await viewsOf(name);
    expect(views).toHaveLength(count);
    expect(new Set(views.map(({ id }) => id)).size).toBe(count);
    expect(views.flatMap((view, index) => contract.schema('ExportJob')(view, `/jobs/${index}`))).toEqual([]);
  });

  test('gives every job the organisation of the sandbox, and keeps sandboxes apart', async () => {
    for (const name of ['documented', 'demo']) {
      const seed = await loadSeed(name, contract);
      const [mine, yours] = ['mine', 'yours'].map((org) =>
        seed({ org, now: NOW, random: seededRandom(org) }),
      );
      expect(new Set(mine?.map((job) => viewAt(job, NOW)?.imsOrgId))).toEqual(new Set(['mine']));
      expect(new Set(yours?.map((job) => viewAt(job, NOW)?.imsOrgId))).toEqual(new Set(['yours']));
    }
  });
});

describe('the documented seed', () => {
  test('holds the jobs 100, 722 and 11037 as the page shows them', async () => {
    const views = await viewsOf('documented');
    const { records } = documentedExample('listExportJobs', 'export-jobs') as { records: ExportJob[] };
    const retrieved = documentedExample('retrieveExportJob', 'export-job-retrieved') as ExportJob;
    const job = (id: number) => views.find((view) => view.id === id);
    expect(job(100)).toEqual(records[0]);
    expect(job(722)).toEqual(records[1]);
    expect(job(11037)).toEqual({ ...retrieved, imsOrgId: ORG });
  });

  test('has 11037, 100 and 722 as its newest', async () => {
    const views = (await viewsOf('documented')).sort(newestFirst);
    expect(views.slice(0, 3).map(({ id }) => id)).toEqual([11037, 100, 722]);
  });

  test('has more jobs, with what the page describes and does not show', async () => {
    const more = (await viewsOf('documented')).filter(({ id }) => ![100, 722, 11037].includes(id));
    expect(new Set(more.map(({ status }) => status))).toEqual(
      new Set(['NEW', 'PROCESSING', 'SUCCEEDED', 'FAILED']),
    );
    expect(more.filter(({ destination }) => destination.segmentPerBatch)).toHaveLength(1);
    expect(more.filter((job) => job.additionalFields?.eventList)).toHaveLength(1);
    expect(more.map(({ id }) => id)).not.toContain(96);
  });

  test('has more jobs whose times fit together', async () => {
    for (const job of await viewsOf('documented')) {
      if ([100, 722, 11037].includes(job.id)) continue;
      expect(job.metrics.totalTime.startTimeInMs).toBe(job.creationTime);
      if (job.status === 'NEW' || job.status === 'PROCESSING') continue;
      const { totalTime, profileExportTime = totalTime } = job.metrics;
      expect(totalTime.totalTimeInMs).toBe(totalTime.endTimeInMs - totalTime.startTimeInMs);
      expect(totalTime.endTimeInMs).toBe(job.updateTime);
      expect(profileExportTime.totalTimeInMs).toBe(
        profileExportTime.endTimeInMs - profileExportTime.startTimeInMs,
      );
      expect(profileExportTime.startTimeInMs).toBeGreaterThanOrEqual(totalTime.startTimeInMs);
      expect(profileExportTime.endTimeInMs).toBeLessThanOrEqual(totalTime.endTimeInMs);
    }
  });
});

describe('the demo seed', () => {
  test('is the same for the same random seed, and differs for another', async () => {
    expect(await viewsOf('demo', ORG, '5')).toEqual(await viewsOf('demo', ORG, '5'));
    expect(await viewsOf('demo', ORG, '6')).not.toEqual(await viewsOf('demo', ORG, '5'));
  });
});
