import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract } from '../../../contract/contract.js';
import type { JobFacts } from '../../../server/apis/segmentation/stored-job.js';
import { failed, finished, held, stepped } from '../../../server/apis/segmentation/transitions.js';
import { factsCheck } from '../../../server/apis/segmentation/stored-job-check.js';
import type { CheckFacts } from '../../../server/storage/kept-sandboxes.js';
import { CONTRACT_FILE } from '../../support/contracts.js';
import { CREATED_AT, recorded, scenarioOf, timedJob } from '../../support/job-facts.js';

let check: CheckFacts;
beforeAll(async () => {
  check = factsCheck(await loadContract(CONTRACT_FILE));
});

/** Facts with some of them others, as a file may hold them. */
const spoilt = (facts: JobFacts, changes: object) => ({ ...structuredClone(facts), ...changes });

test.each([
  recorded({ id: 1 }),
  timedJob({ id: 1 }),
  timedJob({ id: 1, cancelRequestedAt: 5 }),
  { ...recorded({ id: 1 }), cancelRequestedAt: 5 },
  timedJob({ scenario: scenarioOf({ newMs: null, processingMs: null }) }),
  timedJob({ progress: 'polls', polls: 3, seen: 2 }),
  held(timedJob(), CREATED_AT + 2500),
  stepped(timedJob(), CREATED_AT),
  finished(timedJob({ progress: 'hand' }), CREATED_AT),
  failed(timedJob({ cancelRequestedAt: CREATED_AT }), CREATED_AT),
])('sound facts pass: %#', (facts) => {
  expect(check(facts)).toBeUndefined();
});

describe('facts do not pass whose view', () => {
  test.each<[why: string, facts: JobFacts, told: string]>([
    ['moves by nothing that is known', spoilt(timedJob(), { progress: 'luck' }), "'progress' is neither"],
    ['moves by no number of polls', spoilt(timedJob(), { polls: 0 }), "'polls' is not an integer from 1"],
    ['was seen in part', spoilt(timedJob(), { seen: 0.5 }), "'seen' is not an integer from 0"],
    [
      'is processed since no time',
      spoilt(timedJob(), { processingFrom: 'x' }),
      'breaks the contract at /metrics',
    ],
    [
      'ended at no time',
      spoilt(timedJob(), { ended: { ending: { status: 'SUCCEEDED' } } }),
      'breaks the contract',
    ],
    ['ended in no way', spoilt(recorded({ id: 1 }), { ended: { at: 5 } }), 'it has no view: '],
    [
      'ended before it was processed',
      spoilt(finished(timedJob(), CREATED_AT), { processingFrom: CREATED_AT + 1 }),
      'breaks the contract',
    ],
    [
      'would end as none may',
      spoilt(timedJob(), { scenario: { ...scenarioOf({ newMs: null }), ending: { status: 'FAILED' } } }),
      'breaks the contract',
    ],

    ['is not there', spoilt(recorded({ id: 1 }), { view: undefined }), 'its view is of another job'],
    ['is of another id', spoilt(recorded({ id: 1 }), { id: 2 }), 'its view is of another job'],
    ['is of another time', spoilt(recorded({ id: 1 }), { creationTime: 2 }), 'its view is of another job'],
    [
      'breaks the contract',
      spoilt(recorded({ id: 1 }), { view: { ...recorded({ id: 1 }).view, status: 'LOST' } }),
      'its view breaks the contract at /status',
    ],
    ['can not be made', spoilt(timedJob({ id: 1 }), { request: undefined }), 'it has no view: '],
    ['has no end', spoilt(timedJob({ id: 1 }), { scenario: {} }), 'it has no view: '],
    [
      'ends as none may',
      spoilt(timedJob({ id: 1 }), { scenario: { ...timedJob({ id: 1 }).scenario, newMs: 'soon' } }),
      'its scenario takes no time that is one',
    ],
    [
      'has no beginning',
      spoilt(timedJob({ id: 1 }), { creationTime: 'once' }),
      'its view breaks the contract at /',
    ],
    [
      'was cancelled at no time',
      spoilt(timedJob({ id: 1 }), { cancelRequestedAt: 'x' }),
      "'cancelRequestedAt' is not",
    ],
  ])('%s', (_why, facts, told) => {
    expect(check(facts)).toContain(told);
  });
});
