import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from '../../support/property.js';
import { loadContract, type Contract } from '../../../contract/contract.js';
import {
  getNextChange,
  getStatus,
  isFinished,
  renderJob,
  renderNewJob,
} from '../../../server/apis/segmentation/lifecycle.js';
import type {
  Cancelling,
  CompleteRequest,
  ExportJob,
  Outcome,
  Scenario,
  SimulatedJob,
  StoredJob,
} from '../../../server/apis/segmentation/stored-job.js';
import { simulatedJobs } from '../../support/any-job.js';
import { CONTRACT_FILE } from '../../support/contracts.js';
import { example } from '../../support/examples.js';
import {
  CREATED_AT,
  staticJob,
  completeRequest,
  jobScenario,
  simulatedJob,
} from '../../support/job-facts.js';

const FAILING: Outcome = {
  status: 'FAILED',
  errors: [
    { code: 'first', msg: 'It broke.', callStack: 'at the first place' },
    { code: 'second', msg: 'It broke again.', callStack: '' },
  ],
};
const NEW_MS = 2000;
const END_MS = 7000;

const ended = (outcome: Outcome) => simulatedJob({ scenario: jobScenario({ outcome }) });
/** Asked to cancel that long after its creation. */
const cancelled = (cancel: Cancelling, after: number, parts: Partial<Scenario> = {}) =>
  simulatedJob({ scenario: jobScenario({ ...parts, cancel }), cancelRequestedAt: CREATED_AT + after });

/** How a job is that long after its creation; it must not be gone. */
function jobAfter(job: SimulatedJob, milliseconds: number): ExportJob {
  const shown = renderJob(job, job.creationTime + milliseconds);
  if (!shown) throw new Error(`the job is gone after ${milliseconds} ms`);
  return shown;
}

const statusAfter = (job: SimulatedJob, milliseconds: number) =>
  renderJob(job, job.creationTime + milliseconds)?.status ?? 'gone';

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});

describe('the status of a job', () => {
  test.each([
    ['before it was created, by a clock turned back', -1, 'NEW'],
    ['when it is created', 0, 'NEW'],
    ['just before it is processed', NEW_MS - 1, 'NEW'],
    ['when it begins to be processed', NEW_MS, 'PROCESSING'],
    ['just before it ends', END_MS - 1, 'PROCESSING'],
    ['when it ends', END_MS, 'SUCCEEDED'],
    ['years later', 10 * 365 * 24 * 60 * 60 * 1000, 'SUCCEEDED'],
  ])('%s (%i ms) is right', (_when, milliseconds, status) => {
    expect(statusAfter(simulatedJob(), milliseconds)).toBe(status);
  });

  test.each<[what: string, parts: Partial<Scenario>, ...moments: [number, string][]]>([
    ['is PROCESSING at once when it is never NEW', { newMs: 0 }, [0, 'PROCESSING'], [5000, 'SUCCEEDED']],
    [
      'goes from NEW to its end when it is never PROCESSING',
      { processingMs: 0 },
      [1999, 'NEW'],
      [2000, 'SUCCEEDED'],
    ],
    ['is its end at once when it is neither', { newMs: 0, processingMs: 0 }, [-1, 'NEW'], [0, 'SUCCEEDED']],
    ['stays NEW when its scenario never lets it leave', { newMs: null }, [0, 'NEW'], [1e12, 'NEW']],
    [
      'stays PROCESSING likewise',
      { processingMs: null },
      [1999, 'NEW'],
      [2000, 'PROCESSING'],
      [1e12, 'PROCESSING'],
    ],
    [
      'is FAILED at the end when its scenario is to fail',
      { outcome: FAILING },
      [6999, 'PROCESSING'],
      [7000, 'FAILED'],
    ],
  ])('%s', (_what, parts, ...moments) => {
    const job = simulatedJob({ scenario: jobScenario(parts) });
    for (const [milliseconds, status] of moments) expect(statusAfter(job, milliseconds)).toBe(status);
  });

  test('goes back when the clock is turned back, and comes again the same', () => {
    const job = simulatedJob();
    const all = [0, NEW_MS, END_MS].map((at) => jobAfter(job, at));
    expect([END_MS, 0, NEW_MS, 0].map((at) => jobAfter(job, at))).toEqual(
      [2, 0, 1, 0].map((index) => all[index]),
    );
  });

  test.each([
    ['NEW', 0, false],
    ['PROCESSING', NEW_MS, false],
    ['SUCCEEDED', END_MS, true],
  ])('says whether the job has finished: %s', (status, milliseconds, finished) => {
    const shown = jobAfter(simulatedJob(), milliseconds);
    expect([shown.status, isFinished(shown)]).toEqual([status, finished]);
  });

  test('says that a FAILED job has finished', () => {
    expect(isFinished(jobAfter(ended(FAILING), END_MS))).toBe(true);
  });
});

describe('a NEW job', () => {
  test('has begun its whole time and nothing else', () => {
    const shown = jobAfter(simulatedJob(), NEW_MS - 1);
    expect(shown.metrics).toEqual({ totalTime: { startTimeInMs: CREATED_AT } });
    expect(shown.computeGatewayJobId).toEqual({ exportJob: '' });
    expect([shown.creationTime, shown.updateTime]).toEqual([CREATED_AT, CREATED_AT]);
    expect(shown).not.toHaveProperty('errors');
  });

  test('is what the response to its creation shows, however short its scenario', () => {
    const job = simulatedJob({ scenario: jobScenario({ newMs: 0, processingMs: 0 }) });
    expect(renderNewJob(job)).toEqual(jobAfter(simulatedJob(), 0));
    expect(renderNewJob(job).status).toBe('NEW');
  });
});

describe('a PROCESSING job', () => {
  test('has its compute job, and was updated when it began to be processed', () => {
    const shown = jobAfter(simulatedJob(), END_MS - 1);
    expect(shown.metrics).toEqual({ totalTime: { startTimeInMs: CREATED_AT } });
    expect(shown.computeGatewayJobId).toEqual({ exportJob: 'compute job' });
    expect(shown.updateTime).toBe(CREATED_AT + NEW_MS);
    expect(shown).not.toHaveProperty('errors');
  });
});

describe('a finished job', () => {
  const whole = { startTimeInMs: CREATED_AT, endTimeInMs: CREATED_AT + END_MS, totalTimeInMs: END_MS };
  const ofExport = {
    startTimeInMs: CREATED_AT + NEW_MS,
    endTimeInMs: CREATED_AT + END_MS,
    totalTimeInMs: END_MS - NEW_MS,
  };

  test('that SUCCEEDED has its times and the counters of its scenario', () => {
    const counters = { totalExportedProfileCounter: 3, exportedProfileByNamespaceCounter: { ns: 2 } };
    const shown = jobAfter(ended({ status: 'SUCCEEDED', counters }), END_MS);
    expect(shown.metrics).toEqual({ totalTime: whole, profileExportTime: ofExport, ...counters });
    expect(shown.computeGatewayJobId).toEqual({ exportJob: 'compute job' });
    expect(shown.updateTime).toBe(CREATED_AT + END_MS);
    expect(shown).not.toHaveProperty('errors');
  });

  test('that SUCCEEDED has no counters when its scenario has none', () => {
    expect(jobAfter(ended({ status: 'SUCCEEDED' }), END_MS).metrics).toEqual({
      totalTime: whole,
      profileExportTime: ofExport,
    });
  });

  test('that SUCCEEDED shows errors when its scenario has some', () => {
    const shown = jobAfter(ended({ ...FAILING, status: 'SUCCEEDED' }), END_MS);
    expect(shown).toMatchObject({ status: 'SUCCEEDED', errors: FAILING.errors });
    expect(jobAfter(ended({ ...FAILING, status: 'SUCCEEDED' }), END_MS - 1)).not.toHaveProperty('errors');
  });

  test('that FAILED shows its errors and its times, and no counters', () => {
    const shown = jobAfter(ended(FAILING), END_MS);
    expect(shown).toMatchObject({
      status: 'FAILED',
      errors: FAILING.errors,
      updateTime: CREATED_AT + END_MS,
    });
    expect(shown.metrics).toEqual({ totalTime: whole, profileExportTime: ofExport });
    expect(shown.computeGatewayJobId).toEqual({ exportJob: 'compute job' });
    expect(jobAfter(ended(FAILING), END_MS - 1)).not.toHaveProperty('errors');
  });
});

describe('what was asked for', () => {
  const request = example<CompleteRequest>('create-request');
  const moments: [status: string, milliseconds: number][] = [
    ['NEW', 0],
    ['PROCESSING', NEW_MS],
    ['SUCCEEDED', END_MS],
  ];

  test.each(moments)(
    'comes back as asked from a job that is %s, but for evaluationInfo',
    (status, milliseconds) => {
      const { evaluationInfo, destination, ...repeated } = request;
      const shown = jobAfter(simulatedJob({ request }), milliseconds);
      expect(shown).toMatchObject({ ...repeated, status, destination });
      expect(evaluationInfo).toBeDefined();
      expect(shown).not.toHaveProperty('evaluationInfo');
    },
  );

  test.each(moments)(
    'does not appear in a job that is %s when it was not asked for',
    (_status, milliseconds) => {
      const shown = jobAfter(simulatedJob(), milliseconds);
      for (const name of ['fields', 'filter', 'additionalFields', 'mergePolicy', 'evaluationInfo']) {
        expect(shown).not.toHaveProperty(name);
      }
    },
  );

  test('comes back when it was empty', () => {
    const empty = { fields: '', filter: {}, additionalFields: {}, mergePolicy: {} };
    expect(jobAfter(simulatedJob({ request: completeRequest(empty) }), 0)).toMatchObject(empty);
  });

  test('stands beside what the job was given', () => {
    const job = simulatedJob({
      id: 7,
      imsOrgId: 'o',
      profileInstanceId: 'p',
      requestId: 'r',
      batchIds: ['b'],
    });
    expect(jobAfter(job, 0)).toMatchObject({
      id: 7,
      jobType: 'BATCH',
      imsOrgId: 'o',
      profileInstanceId: 'p',
      requestId: 'r',
      creationTime: CREATED_AT,
      destination: { datasetId: 'dataset', segmentPerBatch: false, batchId: 'b' },
    });
  });
});

describe('a destination', () => {
  const segments = ['one', 'two'].map((segmentId) => ({
    segmentId,
    segmentNs: 'ups',
    status: ['exited' as const],
  }));
  const job = (segmentPerBatch: boolean, filter: CompleteRequest['filter'], batchIds: string[]) =>
    simulatedJob({
      request: completeRequest({
        destination: { datasetId: 'dataset', segmentPerBatch },
        ...(filter && { filter }),
      }),
      batchIds,
    });

  test.each([0, NEW_MS, END_MS])(
    'has a batch for each segment in their order, %i ms after creation',
    (at) => {
      expect(jobAfter(job(true, { segments }, ['b1', 'b2']), at).destination).toEqual({
        datasetId: 'dataset',
        segmentPerBatch: true,
        batches: [
          { ...segments[0], batchId: 'b1' },
          { ...segments[1], batchId: 'b2' },
        ],
      });
    },
  );

  test.each([[undefined], [{}], [{ segments: [] }]])(
    'has no batch when each segment has its own and there is none (%j)',
    (filter) => {
      expect(jobAfter(job(true, filter, []), 0).destination).toEqual({
        datasetId: 'dataset',
        segmentPerBatch: true,
        batches: [],
      });
    },
  );

  test('has one batch when all segments share it', () => {
    expect(jobAfter(job(false, { segments }, ['b1']), 0).destination).toEqual({
      datasetId: 'dataset',
      segmentPerBatch: false,
      batchId: 'b1',
    });
  });
});

describe('cancelling a job', () => {
  const GONE: Cancelling = { after: 1000, then: 'gone' };
  const FAILED: Cancelling = { after: 1000, then: 'failed' };
  const STAYS: Cancelling = { after: 1000, then: 'stays' };
  const all = [GONE, FAILED, STAYS];

  test.each<[what: string, cancel: Cancelling, cancelledAfter: number, moments: [number, string][]]>([
    [
      'it is gone after a while',
      GONE,
      100,
      [
        [1099, 'NEW'],
        [1100, 'gone'],
        [9000, 'gone'],
      ],
    ],
    [
      'it is processed, and then gone',
      GONE,
      1500,
      [
        [1999, 'NEW'],
        [2000, 'PROCESSING'],
        [2499, 'PROCESSING'],
        [2500, 'gone'],
      ],
    ],
    [
      'it finishes, and is gone then',
      GONE,
      6500,
      [
        [6999, 'PROCESSING'],
        [7000, 'SUCCEEDED'],
        [7499, 'SUCCEEDED'],
        [7500, 'gone'],
      ],
    ],
    [
      'it is gone at once',
      { ...GONE, after: 0 },
      100,
      [
        [99, 'NEW'],
        [100, 'gone'],
      ],
    ],
    [
      'it fails while it is NEW',
      FAILED,
      100,
      [
        [1099, 'NEW'],
        [1100, 'FAILED'],
        [9000, 'FAILED'],
      ],
    ],
    [
      'it is processed, and then fails',
      FAILED,
      1500,
      [
        [1999, 'NEW'],
        [2000, 'PROCESSING'],
        [2499, 'PROCESSING'],
        [2500, 'FAILED'],
      ],
    ],
    [
      'it succeeds before it would fail',
      FAILED,
      6500,
      [
        [6999, 'PROCESSING'],
        [7000, 'SUCCEEDED'],
        [7500, 'SUCCEEDED'],
      ],
    ],
    [
      'it fails at once',
      { ...FAILED, after: 0 },
      100,
      [
        [99, 'NEW'],
        [100, 'FAILED'],
      ],
    ],
    [
      'it finishes as if nobody had asked',
      STAYS,
      100,
      [
        [1100, 'NEW'],
        [2000, 'PROCESSING'],
        [7000, 'SUCCEEDED'],
        [9000, 'SUCCEEDED'],
      ],
    ],
  ])('goes on until its time has passed: %s', (_what, cancel, cancelledAfter, moments) => {
    const job = cancelled(cancel, cancelledAfter);
    expect(moments.map(([at]) => [at, statusAfter(job, at)])).toEqual(moments);
  });

  test.each(all)('changes nothing before its time has passed: %j', (cancel) => {
    const [job, untouched] = [cancelled(cancel, 1500), simulatedJob({ scenario: jobScenario({ cancel }) })];
    for (const at of [0, 1500, NEW_MS, 2499]) expect(jobAfter(job, at)).toEqual(jobAfter(untouched, at));
  });

  test('that leaves it as it is changes nothing at any time', () => {
    const job = cancelled(STAYS, 1500, { outcome: FAILING });
    for (const at of [2500, END_MS - 1, END_MS, 60_000]) {
      expect(jobAfter(job, at)).toEqual(jobAfter(ended(FAILING), at));
    }
  });

  test('into failing says so in its errors, and ends its times when it fails', () => {
    expect(jobAfter(cancelled(FAILED, 2500), END_MS)).toMatchObject({
      status: 'FAILED',
      errors: [{ code: 'cancelled', msg: 'Export job was cancelled.' }],
      updateTime: CREATED_AT + 3500,
      computeGatewayJobId: { exportJob: 'compute job' },
      metrics: {
        totalTime: { startTimeInMs: CREATED_AT, endTimeInMs: CREATED_AT + 3500, totalTimeInMs: 3500 },
        profileExportTime: {
          startTimeInMs: CREATED_AT + NEW_MS,
          endTimeInMs: CREATED_AT + 3500,
          totalTimeInMs: 1500,
        },
      },
    });
  });

  test('into failing while it is NEW gives its export no time', () => {
    const shown = jobAfter(cancelled(FAILED, 100), END_MS);
    expect(shown.metrics).toMatchObject({
      totalTime: { totalTimeInMs: 1100 },
      profileExportTime: {
        startTimeInMs: CREATED_AT + 1100,
        endTimeInMs: CREATED_AT + 1100,
        totalTimeInMs: 0,
      },
    });
  });

  test('into failing never fails it before it was created, however far the clock was turned back', () => {
    const job = cancelled(FAILED, -5000);
    expect(jobAfter(job, -1).status).toBe('NEW');
    expect(jobAfter(job, 0)).toMatchObject({
      status: 'FAILED',
      metrics: { totalTime: { totalTimeInMs: 0 }, profileExportTime: { totalTimeInMs: 0 } },
    });
  });

  test.each([
    [GONE, 'gone'],
    [FAILED, 'FAILED'],
    [STAYS, 'NEW'],
  ])('goes by the clock where a job moves by hand or by polls: %j', (cancel, status) => {
    for (const progress of ['hand', 'polls'] as const) {
      const job = { ...cancelled(cancel, 100), progress };
      expect([1099, 1100, END_MS].map((at) => statusAfter(job, at))).toEqual(['NEW', status, status]);
    }
  });

  test('into failing does not change how it failed before', () => {
    const job = cancelled(FAILED, 6500, { outcome: FAILING });
    expect(jobAfter(job, 9000)).toEqual(jobAfter(ended(FAILING), 9000));
  });
});

describe('a static job', () => {
  test.each([-1, 0, 1, 100 * 365 * 24 * 60 * 60 * 1000])(
    'is as it was given, %i ms after its creation',
    (after) => {
      const job = staticJob();
      expect(renderJob(job, job.creationTime + after)).toEqual(example('export-job-retrieved'));
    },
  );

  test('is gone one second after it was cancelled, and as it was given until then', () => {
    const cancelRequestedAt = CREATED_AT;
    const job = { ...staticJob(), cancelRequestedAt };
    expect(renderJob(job, cancelRequestedAt)).toEqual(job.job);
    expect(renderJob(job, cancelRequestedAt + 999)).toEqual(job.job);
    expect(renderJob(job, cancelRequestedAt + 1000)).toBeUndefined();
  });
});

/** Where a job stands on its way. It may end in one of two ways, and then be gone. */
const STANDING = { NEW: 0, PROCESSING: 1, SUCCEEDED: 2, FAILED: 2, gone: 3 };

describe('whatever its scenario, a job', () => {
  test('never goes backwards as time goes on, and does not change once it has finished', () => {
    fc.assert(
      fc.property(simulatedJobs, fc.array(fc.nat(300), { minLength: 2 }), (job, instants) => {
        let last = renderJob(job, CREATED_AT - 1);
        for (const at of instants.sort((a, b) => a - b)) {
          const shown = renderJob(job, CREATED_AT + at);
          expect(STANDING[shown?.status ?? 'gone']).toBeGreaterThanOrEqual(STANDING[last?.status ?? 'gone']);
          if (shown && last && isFinished(last)) expect(shown).toEqual(last);
          if (shown && last) expect(shown.updateTime).toBeGreaterThanOrEqual(last.updateTime);
          last = shown;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('is as the contract has it at every moment, with times that fit together', () => {
    const check = contract.schema('ExportJob');
    fc.assert(
      fc.property(simulatedJobs, fc.nat(300), (job, at) => {
        const shown = renderJob(job, CREATED_AT + at);
        if (!shown) return;
        expect(check(shown)).toEqual([]);
        expect(shown.updateTime).toBeLessThanOrEqual(CREATED_AT + at);
        expect(shown).not.toHaveProperty('evaluationInfo');
        if (shown.status === 'NEW' || shown.status === 'PROCESSING') return;
        const { totalTime: whole, profileExportTime: part = whole } = shown.metrics;
        expect(whole.startTimeInMs).toBe(CREATED_AT);
        expect(whole.endTimeInMs).toBe(shown.updateTime);
        for (const timing of [whole, part]) {
          expect(timing.endTimeInMs - timing.startTimeInMs).toBe(timing.totalTimeInMs);
        }
        expect(part.startTimeInMs).toBeGreaterThanOrEqual(whole.startTimeInMs);
        expect(part.endTimeInMs).toBeLessThanOrEqual(whole.endTimeInMs);
      }),
      { numRuns: 200 },
    );
  });

  test('shows nothing of being cancelled until the time for it has passed', () => {
    fc.assert(
      fc.property(simulatedJobs, fc.nat(300), (job, at) => {
        const { cancelRequestedAt, ...uncancelled } = job;
        fc.pre(cancelRequestedAt !== undefined);
        fc.pre(CREATED_AT + at < cancelRequestedAt + job.scenario.cancel.after);
        expect(renderJob(job, CREATED_AT + at)).toEqual(renderJob(uncancelled, CREATED_AT + at));
      }),
    );
  });

  test('is as the contract has it when it is created', () => {
    const check = contract.schema('NewExportJob');
    fc.assert(fc.property(simulatedJobs, (job) => expect(check(renderNewJob(job))).toEqual([])));
  });

  test('has the status that its shown has', () => {
    fc.assert(
      fc.property(simulatedJobs, fc.integer({ min: -10, max: 300 }), (job, at) => {
        expect(getStatus(job, CREATED_AT + at)).toBe(renderJob(job, CREATED_AT + at)?.status);
      }),
    );
  });

  test('changes next when it is said to, and not before', () => {
    const far = CREATED_AT + 1e9;
    fc.assert(
      fc.property(simulatedJobs, fc.integer({ min: -10, max: 300 }), fc.nat(), (job, at, between) => {
        const now = CREATED_AT + at;
        const next = getNextChange(job, now);
        expect(next ?? far).toBeGreaterThan(now);
        expect(renderJob(job, now + (between % ((next ?? far) - now)))).toEqual(renderJob(job, now));
        if (next !== undefined) expect(renderJob(job, next)).not.toEqual(renderJob(job, now));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the next change', () => {
  test.each<[what: string, job: StoredJob, changes: (number | undefined)[]]>([
    ['of a job by time is each of its times', simulatedJob(), [NEW_MS, END_MS, undefined]],
    [
      'of a cancelled one is when it is gone, too',
      cancelled({ after: 50, then: 'gone' }, 2000),
      [2000, 2050, undefined],
    ],
    ['of a job by hand is none', simulatedJob({ progress: 'hand' }), [undefined]],
    [
      'of a job by polls is none but to be gone',
      { ...cancelled({ after: 50, then: 'gone' }, 0), progress: 'polls' },
      [50, undefined],
    ],
    [
      'of a stuck job is the one before it sticks',
      simulatedJob({ scenario: jobScenario({ processingMs: null }) }),
      [NEW_MS, undefined],
    ],
    [
      'of a job that was moved on is its end',
      simulatedJob({ processingFrom: CREATED_AT + 9 }),
      [5009, undefined],
    ],
    ['of a static job is none', staticJob(), [undefined]],
    [
      'of a static job that was cancelled is when it is gone',
      { ...staticJob(), cancelRequestedAt: CREATED_AT },
      [1000, undefined],
    ],
  ])('%s', (_what, job, changes) => {
    let now = CREATED_AT - 1;
    for (const after of changes) {
      const next = getNextChange(job, now);
      expect(next).toBe(after === undefined ? undefined : CREATED_AT + after);
      now = next ?? now;
    }
  });
});
