import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract } from '../../../contract/contract.js';
import { createJobCheck } from '../../../server/apis/segmentation/stored-job-check.js';
import type { StoredJob } from '../../../server/apis/segmentation/stored-job.js';
import { advance, fail, finish, hold } from '../../../server/apis/segmentation/transitions.js';
import { CONTRACT_FILE } from '../../support/contracts.js';
import { CREATED_AT, jobScenario, simulatedJob, staticJob } from '../../support/job-facts.js';

let findProblem: ReturnType<typeof createJobCheck>;
beforeAll(async () => {
  findProblem = createJobCheck(await loadContract(CONTRACT_FILE));
});

/** A stored job with some members changed, as a file may hold it. */
const spoilt = (stored: StoredJob, changes: object) => ({ ...structuredClone(stored), ...changes });

test.each([
  staticJob({ id: 1 }),
  simulatedJob({ id: 1 }),
  simulatedJob({ id: 1, cancelRequestedAt: 5 }),
  { ...staticJob({ id: 1 }), cancelRequestedAt: 5 },
  simulatedJob({ scenario: jobScenario({ newMs: null, processingMs: null }) }),
  simulatedJob({ progress: 'polls', polls: 3, seen: 2 }),
  hold(simulatedJob(), CREATED_AT + 2500),
  advance(simulatedJob(), CREATED_AT),
  finish(simulatedJob({ progress: 'hand' }), CREATED_AT),
  fail(simulatedJob({ cancelRequestedAt: CREATED_AT }), CREATED_AT),
])('a valid job passes: %#', (stored) => {
  expect(findProblem(stored)).toBeUndefined();
});

describe('a stored job does not pass that', () => {
  test.each<[why: string, stored: StoredJob, message: string]>([
    ['moves by nothing that is known', spoilt(simulatedJob(), { progress: 'luck' }), "'progress' is neither"],
    ['moves by no number of polls', spoilt(simulatedJob(), { polls: 0 }), "'polls' is not an integer from 1"],
    ['was seen in part', spoilt(simulatedJob(), { seen: 0.5 }), "'seen' is not an integer from 0"],
    [
      'is processed since no time',
      spoilt(simulatedJob(), { processingFrom: 'x' }),
      'breaks the contract at /metrics',
    ],
    [
      'ended at no time',
      spoilt(simulatedJob(), { ended: { outcome: { status: 'SUCCEEDED' } } }),
      'breaks the contract',
    ],
    ['ended in no way', spoilt(staticJob({ id: 1 }), { ended: { at: 5 } }), 'it cannot be shown: '],
    [
      'ended before it was processed',
      spoilt(finish(simulatedJob(), CREATED_AT), { processingFrom: CREATED_AT + 1 }),
      'breaks the contract',
    ],
    [
      'would end as none may',
      spoilt(simulatedJob(), {
        scenario: { ...jobScenario({ newMs: null }), outcome: { status: 'FAILED' } },
      }),
      'breaks the contract',
    ],

    ['is not there', spoilt(staticJob({ id: 1 }), { job: undefined }), 'it would be shown as another job'],
    ['is of another id', spoilt(staticJob({ id: 1 }), { id: 2 }), 'it would be shown as another job'],
    [
      'is of another time',
      spoilt(staticJob({ id: 1 }), { creationTime: 2 }),
      'it would be shown as another job',
    ],
    [
      'breaks the contract',
      spoilt(staticJob({ id: 1 }), { job: { ...staticJob({ id: 1 }).job, status: 'LOST' } }),
      'it would be shown as a job that breaks the contract at /status',
    ],
    ['cannot be rendered', spoilt(simulatedJob({ id: 1 }), { request: undefined }), 'it cannot be shown: '],
    ['has no end', spoilt(simulatedJob({ id: 1 }), { scenario: {} }), 'it cannot be shown: '],
    [
      'ends as none may',
      spoilt(simulatedJob({ id: 1 }), { scenario: { ...simulatedJob({ id: 1 }).scenario, newMs: 'soon' } }),
      'the times of its scenario are not all 0 or more',
    ],
    [
      'has no beginning',
      spoilt(simulatedJob({ id: 1 }), { creationTime: 'once' }),
      'it would be shown as a job that breaks the contract at /',
    ],
    [
      'was cancelled at no time',
      spoilt(simulatedJob({ id: 1 }), { cancelRequestedAt: 'x' }),
      "'cancelRequestedAt' is not",
    ],
  ])('%s', (_why, stored, message) => {
    expect(findProblem(stored)).toContain(message);
  });
});
