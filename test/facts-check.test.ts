import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract } from '../server/contract.js';
import type { JobFacts } from '../server/domain/export-job.js';
import { factsCheck } from '../server/facts-check.js';
import type { CheckFacts } from '../server/storage/kept-sandboxes.js';
import { CONTRACT_FILE } from './support/contracts.js';
import { recorded, timedJob } from './support/job-facts.js';

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
])('sound facts pass: %#', (facts) => {
  expect(check(facts)).toBeUndefined();
});

describe('facts do not pass whose view', () => {
  test.each<[why: string, facts: JobFacts, told: string]>([
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
