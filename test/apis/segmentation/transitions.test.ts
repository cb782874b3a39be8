import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from '../../support/property.js';
import { loadContract, type Contract } from '../../../contract/contract.js';
import { ApiError, serviceUnavailable } from '../../../server/platform/errors.js';
import {
  createStaticJob,
  type ExportJob,
  type Jobs,
  type StoredJob,
} from '../../../server/apis/segmentation/stored-job.js';
import { getNextChange, getStatus, renderJob } from '../../../server/apis/segmentation/lifecycle.js';
import {
  advance,
  fail,
  finish,
  hold,
  recordPoll,
  recordPolls,
} from '../../../server/apis/segmentation/transitions.js';
import { loadSeed } from '../../../server/apis/segmentation/seed.js';
import { simulatedJobs } from '../../support/any-job.js';
import { CONTRACT_FILE } from '../../support/contracts.js';
import { example } from '../../support/examples.js';
import { CREATED_AT, jobScenario, staticJob, simulatedJob } from '../../support/job-facts.js';
import { SMALLEST_REQUEST, startMock, type Caller } from '../../support/mock.js';
import { createMemoryStore, jobsIn, temporaryDirectory } from '../../support/sandbox-stores.js';

const ERRORS = [{ code: 'c', msg: 'm', callStack: 's' }];
const DOCUMENTED = example<{ records: ExportJob[] }>('export-jobs').records;
const at = (milliseconds: number) => CREATED_AT + milliseconds;

let contract: Contract;
/** Jobs of the seeds that have not finished. */
let unfinished: Record<'NEW' | 'PROCESSING', ExportJob[]>;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
  const sandbox = { org: 'organisation', now: CREATED_AT };
  const jobs = [await loadSeed('documented', contract), await loadSeed('demo', contract)].flatMap((seed) =>
    seed(sandbox).flatMap((stored) => renderJob(stored, CREATED_AT) ?? []),
  );
  unfinished = {
    NEW: jobs.filter(({ status }) => status === 'NEW'),
    PROCESSING: jobs.filter(({ status }) => status === 'PROCESSING'),
  };
});

/** The statuses of a job at some moments after its creation. */
const statuses = (job: StoredJob, ...moments: number[]) =>
  moments.map((moment) => getStatus(job, at(moment)) ?? 'gone');

function getError(move: () => unknown): ApiError {
  try {
    move();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error('the move did not throw');
}

describe('a job that is stepped', () => {
  test('is processed, and goes on by time from there', () => {
    const job = advance(simulatedJob(), at(500));
    expect(statuses(job, -100, 0, 500, 5499, 5500)).toEqual([
      ...['PROCESSING', 'PROCESSING', 'PROCESSING', 'PROCESSING', 'SUCCEEDED'],
    ]);
    expect(renderJob(job, at(501))?.updateTime).toBe(at(500));
  });

  test('ends as its scenario says when it is processed', () => {
    const scenario = jobScenario({ outcome: { status: 'FAILED', errors: ERRORS } });
    const job = advance(simulatedJob({ scenario }), at(2500));
    expect(statuses(job, -100, 0, 9999)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(renderJob(job, at(0))).toMatchObject({
      errors: ERRORS,
      updateTime: at(2500),
      metrics: {
        totalTime: { totalTimeInMs: 2500 },
        profileExportTime: { startTimeInMs: at(2000), totalTimeInMs: 500 },
      },
    });
  });

  test('leaves a status that its scenario keeps it in', () => {
    const scenario = jobScenario({ newMs: null, processingMs: null });
    const processed = advance(simulatedJob({ scenario }), at(5));
    expect(statuses(processed, 5, 1e12)).toEqual(['PROCESSING', 'PROCESSING']);
    expect(statuses(advance(processed, at(9)), 9)).toEqual(['SUCCEEDED']);
  });

  test('has no time that is before another, however the clock was turned back', () => {
    const job = finish(advance(simulatedJob(), at(1000)), at(-3000));
    expect(renderJob(job, at(-3000))).toMatchObject({
      updateTime: at(1000),
      metrics: { totalTime: { totalTimeInMs: 1000 }, profileExportTime: { totalTimeInMs: 0 } },
    });
    expect(renderJob(advance(simulatedJob(), at(-1)), at(0))?.updateTime).toBe(at(0));
  });
});

describe('a job that is finished', () => {
  test('is at the end of its scenario at once, and was processed for no time if it was NEW', () => {
    const job = finish(simulatedJob(), at(700));
    expect(statuses(job, 0, 700)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(renderJob(job, at(0))?.metrics).toEqual({
      totalTime: { startTimeInMs: at(0), endTimeInMs: at(700), totalTimeInMs: 700 },
      profileExportTime: { startTimeInMs: at(700), endTimeInMs: at(700), totalTimeInMs: 0 },
      totalExportedProfileCounter: 20,
    });
  });

  test('ends as its scenario says even when it was cancelled into failing, and not yet has failed', () => {
    const scenario = jobScenario({ cancel: { after: 1000, then: 'failed' } });
    const job = finish(simulatedJob({ scenario, cancelRequestedAt: at(100) }), at(500));
    expect(statuses(job, 0, 500, 1100, 9999)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  });
});

describe('a job that fails', () => {
  test('has the documented errors of job 722, unless it is given others', () => {
    expect(renderJob(fail(simulatedJob(), at(1)), at(1))).toMatchObject({
      status: 'FAILED',
      errors: (DOCUMENTED[1] as { errors?: unknown }).errors,
    });
    expect(renderJob(fail(simulatedJob(), at(1), ERRORS), at(1))).toMatchObject({ errors: ERRORS });
  });
});

describe('a job that is held', () => {
  test.each([
    ['NEW', 100],
    ['PROCESSING', 2500],
  ])('stays %s until it is moved by hand', (status, moment) => {
    const job = hold(simulatedJob(), at(moment));
    expect(statuses(job, 0, moment, 1e12)).toEqual([status, status, status]);
    expect(renderJob(job, at(1e12))).toEqual(renderJob(simulatedJob(), at(moment)));
    expect(recordPoll(job, at(moment))).toBe(job);
    expect(statuses(finish(job, at(moment)), moment)).toEqual(['SUCCEEDED']);
  });

  test('is gone all the same when it was cancelled', () => {
    const job = { ...hold(simulatedJob(), at(100)), cancelRequestedAt: at(200) };
    expect(statuses(job, 1199, 1200)).toEqual(['NEW', 'gone']);
  });
});

describe('a job that moves by polls', () => {
  /** What the first appearances of a job show. */
  function shown(job: StoredJob, times: number): string[] {
    let stored = job;
    return Array.from({ length: times }, (_, index) => {
      const status = getStatus(stored, at(index * 10)) ?? 'gone';
      stored = recordPoll(stored, at(index * 10));
      return status;
    });
  }

  test.each([
    [undefined, ['NEW', 'PROCESSING', 'SUCCEEDED', 'SUCCEEDED']],
    [1, ['NEW', 'PROCESSING', 'SUCCEEDED', 'SUCCEEDED']],
    [2, ['NEW', 'NEW', 'PROCESSING', 'PROCESSING', 'SUCCEEDED']],
    [3, ['NEW', 'NEW', 'NEW', 'PROCESSING', 'PROCESSING', 'PROCESSING', 'SUCCEEDED']],
  ])('shows each status %p times, and then its end', (polls, expected) => {
    const job = simulatedJob({ progress: 'polls', ...(polls !== undefined && { polls }) });
    expect(shown(job, expected.length)).toEqual(expected);
  });

  test('does not move by the clock, and its times are those of its appearances', () => {
    const job = simulatedJob({ progress: 'polls' });
    expect(statuses(job, 1e12)).toEqual(['NEW']);
    const ended = recordPoll(recordPoll(job, at(40)), at(70));
    expect(renderJob(ended, at(70))?.metrics).toMatchObject({
      totalTime: { totalTimeInMs: 70 },
      profileExportTime: { startTimeInMs: at(40), totalTimeInMs: 30 },
    });
  });

  test('passes through PROCESSING however short its scenario', () => {
    const scenario = jobScenario({ newMs: 0, processingMs: 0 });
    expect(shown(simulatedJob({ scenario, progress: 'polls' }), 3)).toEqual([
      'NEW',
      'PROCESSING',
      'SUCCEEDED',
    ]);
  });

  test('stays where its scenario keeps it, and nothing is counted there', () => {
    const scenario = jobScenario({ processingMs: null });
    const job = recordPoll(simulatedJob({ scenario, progress: 'polls' }), at(0));
    expect(recordPoll(job, at(1))).toBe(job);
    expect(statuses(job, 1)).toEqual(['PROCESSING']);
  });

  test('begins to count anew when it is stepped', () => {
    const job = recordPoll(simulatedJob({ progress: 'polls', polls: 2 }), at(0));
    expect(shown(advance(job, at(0)), 3)).toEqual(['PROCESSING', 'PROCESSING', 'SUCCEEDED']);
  });

  test('counts nothing once it has finished or is gone, nor does any other job', () => {
    const done = finish(simulatedJob({ progress: 'polls' }), at(0));
    const gone = simulatedJob({ progress: 'polls', cancelRequestedAt: at(-5000) });
    for (const job of [done, gone, simulatedJob(), staticJob(), simulatedJob({ progress: 'hand' })]) {
      expect(recordPoll(job, at(0))).toBe(job);
    }
  });

  test('may be a static one', () => {
    const job: StoredJob = { ...createStaticJob(unfinished.NEW[0] as ExportJob), progress: 'polls' };
    expect(shown(job, 3)).toEqual(['NEW', 'PROCESSING', 'SUCCEEDED']);
  });
});

describe('a static job', () => {
  const PAGES_ORDER = Object.keys(DOCUMENTED[0] ?? {});

  test('of the seeds can be moved from each status', () => {
    expect(unfinished.NEW.length).toBeGreaterThan(1);
    expect(unfinished.PROCESSING.length).toBeGreaterThan(1);
    const check = contract.schema('ExportJob');
    for (const rendered of [...unfinished.NEW, ...unfinished.PROCESSING]) {
      const stored = createStaticJob(rendered);
      for (const move of [advance, finish, fail, hold]) {
        const moved = renderJob(move(stored, CREATED_AT), CREATED_AT);
        expect(check(moved)).toEqual([]);
      }
    }
  });

  test('keeps all but what its status changes, in the order of the page', () => {
    for (const rendered of [...unfinished.NEW, ...unfinished.PROCESSING]) {
      const moved = renderJob(fail(createStaticJob(rendered), CREATED_AT), CREATED_AT) as ExportJob;
      const changing = ['status', 'metrics', 'computeGatewayJobId', 'updateTime'];
      const lasting = Object.entries(rendered).filter(([name]) => !changing.includes(name));
      expect(moved).toMatchObject(Object.fromEntries(lasting));
      const inOrder = PAGES_ORDER.filter((name) => name in moved);
      expect(Object.keys(moved).filter((name) => PAGES_ORDER.includes(name))).toEqual(inOrder);
    }
  });

  test('that was NEW has one compute job from then on', () => {
    const processed = advance(createStaticJob(unfinished.NEW[0] as ExportJob), CREATED_AT);
    const first = renderJob(processed, CREATED_AT);
    expect(first).toMatchObject({ status: 'PROCESSING', updateTime: CREATED_AT });
    expect(first?.computeGatewayJobId.exportJob).toMatch(/^[0-9a-f]{8}-/);
    const last = renderJob(advance(processed, CREATED_AT + 5), CREATED_AT + 1e12);
    expect(last).toMatchObject({ status: 'SUCCEEDED', updateTime: CREATED_AT + 5 });
    expect(last?.computeGatewayJobId).toEqual(first?.computeGatewayJobId);
  });

  test('that was PROCESSING keeps its compute job and since when it is processed', () => {
    const rendered = unfinished.PROCESSING[0] as ExportJob;
    expect(renderJob(advance(createStaticJob(rendered), CREATED_AT), CREATED_AT)).toMatchObject({
      computeGatewayJobId: rendered.computeGatewayJobId,
      metrics: { profileExportTime: { startTimeInMs: rendered.updateTime } },
    });
  });

  test('is as it was given when it is held, and does not move by time', () => {
    const rendered = unfinished.PROCESSING[0] as ExportJob;
    expect(renderJob(hold(createStaticJob(rendered), CREATED_AT), CREATED_AT + 1e12)).toBe(rendered);
  });
});

describe('what moves no more is rejected', () => {
  test.each<[what: string, job: StoredJob, status: string]>([
    ['succeeded by time', simulatedJob({ creationTime: at(-9999) }), 'SUCCEEDED'],
    ['failed by hand', fail(simulatedJob(), at(0)), 'FAILED'],
    ['been given as finished', staticJob({ id: 1 }), 'SUCCEEDED'],
  ])('what has %s, with 409', (_what, job, status) => {
    for (const move of [advance, finish, fail, hold]) {
      const error = getError(() => move(job, at(0)));
      expect(error.status).toBe(409);
      expect(JSON.stringify(error.toResponse('r').body)).toContain(`The export job 1 is ${status}`);
    }
  });

  test('what is gone, with 404', () => {
    const job = simulatedJob({ cancelRequestedAt: at(-1000) });
    for (const move of [advance, finish, fail, hold]) {
      expect(getError(() => move(job, at(0))).status).toBe(404);
    }
  });
});

describe('whatever is done with a job of any scenario', () => {
  const STANDING = { NEW: 0, PROCESSING: 1, SUCCEEDED: 2, FAILED: 2, gone: 3 };
  const standingOf = (stored: StoredJob, now: number) => STANDING[getStatus(stored, now) ?? 'gone'];
  const moves = { advance, finish, fail, hold, recordPoll };
  const deeds = fc.array(
    fc.record({ move: fc.constantFrom(...Object.keys(moves)), turn: fc.integer({ min: -40, max: 60 }) }),
    { maxLength: 8 },
  );
  const jobs: fc.Arbitrary<StoredJob> = fc.oneof(
    fc
      .record({
        job: simulatedJobs,
        progress: fc.constantFrom(undefined, 'polls' as const, 'hand' as const),
        polls: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ job, progress, polls }) => ({ ...job, ...(progress && { progress }), polls })),
    fc
      .record({
        status: fc.constantFrom('NEW' as const, 'PROCESSING' as const),
        index: fc.nat(),
        polls: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ status, index, polls }): StoredJob => {
        const jobsOfStatus = unfinished[status];
        return {
          ...createStaticJob(jobsOfStatus[index % jobsOfStatus.length] as ExportJob),
          progress: 'polls',
          polls,
        };
      }),
  );

  /** Runs the deeds one after another, and yields each with the job before and after it. */
  function* run(job: StoredJob, list: { move: string; turn: number }[]) {
    let [stored, now] = [job, CREATED_AT];
    for (const { move, turn } of list) {
      now += turn;
      const before = stored;
      try {
        stored = moves[move as keyof typeof moves](stored, now);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        yield { move, before, after: stored, now, rejected: error.status };
        continue;
      }
      yield { move, before, after: stored, now, rejected: undefined };
    }
  }

  test('each move leads where it says, or is rejected because the job moves no more', () => {
    fc.assert(
      fc.property(jobs, deeds, (job, list) => {
        for (const { move, before, after, now, rejected } of run(job, list)) {
          const from = getStatus(before, now) ?? 'gone';
          const to = getStatus(after, now) ?? 'gone';
          const expected = { gone: 404, SUCCEEDED: 409, FAILED: 409, NEW: undefined, PROCESSING: undefined };
          expect(rejected).toBe(move === 'recordPoll' ? undefined : expected[from]);
          if (rejected !== undefined) continue;
          const stands = STANDING[to] - STANDING[from];
          // A scenario that has no time for PROCESSING may go on at once.
          const isBrief =
            before.kind === 'simulated' && !before.progress && before.scenario.processingMs === 0;
          if (move === 'advance') expect(isBrief ? [1, 2] : [1]).toContain(stands);
          if (move === 'finish') expect(STANDING[to]).toBe(2);
          if (move === 'fail') expect(to).toBe('FAILED');
          if (move === 'hold') expect(to).toBe(from);
          if (move === 'recordPoll') expect([0, 1]).toContain(stands);
        }
      }),
      { numRuns: 250 },
    );
  });

  test('it is shown as the contract allows at every moment, with the status that it has', () => {
    const check = contract.schema('ExportJob');
    fc.assert(
      fc.property(jobs, deeds, fc.integer({ min: -200, max: 400 }), (job, list, offset) => {
        for (const { after, now } of run(job, list)) {
          for (const moment of [now, CREATED_AT + offset]) {
            const rendered = renderJob(after, moment);
            expect(getStatus(after, moment)).toBe(rendered?.status);
            if (rendered) expect(check(rendered)).toEqual([]);
          }
        }
      }),
      { numRuns: 250 },
    );
  });

  test('what was done holds wherever the clock is turned to', () => {
    fc.assert(
      fc.property(jobs, deeds, fc.integer({ min: -300, max: 300 }), (job, list, offset) => {
        for (const { move, before, after, now, rejected } of run(job, list)) {
          if (rejected !== undefined || after === before || move === 'hold') continue;
          const [reached, elsewhere] = [standingOf(after, now), standingOf(after, CREATED_AT + offset)];
          const isCounted = move === 'recordPoll' && getStatus(after, now) === getStatus(before, now);
          // What follows by the clock from what was done is not done.
          const done = after.ended ? reached : Math.min(reached, STANDING.PROCESSING);
          if (!isCounted) expect(elsewhere).toBeGreaterThanOrEqual(done);
        }
      }),
      { numRuns: 250 },
    );
  });

  test('it changes next by the clock when it is said to, and not before', () => {
    const far = CREATED_AT + 1e9;
    fc.assert(
      fc.property(jobs, deeds, fc.nat(), (job, list, between) => {
        for (const { after, now } of run(job, list)) {
          const next = getNextChange(after, now);
          expect(renderJob(after, now + (between % ((next ?? far) - now)))).toEqual(renderJob(after, now));
          if (next !== undefined) expect(renderJob(after, next)).not.toEqual(renderJob(after, now));
        }
      }),
      { numRuns: 250 },
    );
  });
});

let caller: Caller;

async function created(count: number): Promise<void> {
  for (let job = 0; job < count; job++) await caller.post(SMALLEST_REQUEST);
}

const retrieved = async (id: number) => (await caller.get(`/export/jobs/${id}`)).body.status as string;
const listed = async (query = '') =>
  (await caller.get(`/export/jobs${query}`)).body.records.map(
    ({ id, status }: { id: number; status: string }) => `${id} ${status}`,
  ) as string[];

describe('by polls, a job moves on', () => {
  beforeEach(async () => {
    caller = await startMock({ seed: 'empty', progress: 'polls' });
  });

  test('by each retrieve, which still shows what it was', async () => {
    await created(1);
    const seen = [await retrieved(1), await retrieved(1), await retrieved(1), await retrieved(1)];
    expect(seen).toEqual(['NEW', 'PROCESSING', 'SUCCEEDED', 'SUCCEEDED']);
  });

  test('by each list, so that a page which polls the list sees it move', async () => {
    await created(2);
    expect(await listed()).toEqual(['2 NEW', '1 NEW']);
    expect(await listed()).toEqual(['2 PROCESSING', '1 PROCESSING']);
    expect(await retrieved(1)).toBe('SUCCEEDED');
    expect(await listed()).toEqual(['2 SUCCEEDED', '1 SUCCEEDED']);
  });

  test('by a list only where it is on the page', async () => {
    await created(3);
    expect(await listed('?limit=1')).toEqual(['3 NEW']);
    expect(await listed('?limit=1&status=NEW')).toEqual(['2 NEW']);
    expect(await listed('?status=NEW')).toEqual(['1 NEW']);
    expect(await listed()).toEqual(['3 PROCESSING', '2 PROCESSING', '1 PROCESSING']);
  });

  test('at the n-th response that shows it', async () => {
    caller = await startMock({ seed: 'empty', progress: 'polls', polls: 2 });
    await created(1);
    const seen = [
      await retrieved(1),
      ...(await listed()),
      await retrieved(1),
      ...(await listed()),
      await retrieved(1),
    ];
    expect(seen).toEqual(['NEW', '1 NEW', 'PROCESSING', '1 PROCESSING', 'SUCCEEDED']);
  });

  test('wherever a mock before this one had counted to', async () => {
    const db = temporaryDirectory();
    const options = { seed: 'empty', db, progress: 'polls', polls: 2 } as const;
    caller = await startMock(options);
    await created(1);
    const before = [await retrieved(1), await retrieved(1), await retrieved(1)];
    await caller.mock.close();
    caller = await startMock({ ...options, progress: 'time' });
    const after = [await retrieved(1), await retrieved(1)];
    await caller.mock.close();
    expect([before, after]).toEqual([
      ['NEW', 'NEW', 'PROCESSING'],
      ['PROCESSING', 'SUCCEEDED'],
    ]);
  });

  test('not by responses that do not show it, nor by the clock', async () => {
    await created(1);
    await caller.get('/export/jobs/1', { Prefer: 'code=503' });
    await caller.get('/export/jobs/1', { Prefer: 'example=export-job-retrieved' });
    await caller.get('/export/jobs/1?unknown=1');
    await caller.delete('/export/jobs/2');
    caller.mock.sandbox().clock.advance(60_000);
    expect(await retrieved(1)).toBe('NEW');
  });
});

describe('recording polls', () => {
  const now = CREATED_AT;
  const createJobs = (jobs: StoredJob[]) => jobsIn(createMemoryStore(() => jobs));

  test('is done at once, and nothing is waited for where no job moves by polls', () => {
    const stored = [simulatedJob(), staticJob({ id: 2 }), simulatedJob({ id: 3, progress: 'hand' })];
    const jobs = createJobs(stored);
    const response = { status: 200 };
    expect(recordPolls(jobs, stored, now, response)).toBe(response);
    expect([1, 2, 3].map((id) => jobs.get(id))).toEqual(stored);
  });

  test('is done when it returns, and the response is given once it is stored', async () => {
    const stored = simulatedJob({ progress: 'polls' });
    const jobs = createJobs([stored]);
    const responded = recordPolls(jobs, [stored], now, 'response');
    expect(jobs.get(1)?.processingFrom).toBe(now);
    expect(responded).toBeInstanceOf(Promise);
    expect(await responded).toBe('response');
  });

  test('rejects with the reason when it cannot be stored', async () => {
    const stored = simulatedJob({ progress: 'polls' });
    const failing = { replace: () => Promise.reject(serviceUnavailable()) } as unknown as Jobs;
    const recording = recordPolls(failing, [stored, { ...stored, id: 2 }], now, 'response');
    await expect(recording).rejects.toThrow('The service is not available');
  });
});
