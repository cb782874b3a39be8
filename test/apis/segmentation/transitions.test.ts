import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from '../../support/property.js';
import { loadContract, type Contract } from '../../../contract/contract.js';
import { ApiError } from '../../../server/platform/errors.js';
import { recordedJob, type ExportJob, type JobFacts } from '../../../server/apis/segmentation/stored-job.js';
import { nextChangeAt, statusAt, viewAt } from '../../../server/apis/segmentation/lifecycle.js';
import { appeared, failed, finished, held, stepped } from '../../../server/apis/segmentation/transitions.js';
import { seededRandom } from '../../../server/sandbox/random.js';
import { loadSeed } from '../../../server/apis/segmentation/seed.js';
import { timedJobs } from '../../support/any-job.js';
import { CONTRACT_FILE } from '../../support/contracts.js';
import { example } from '../../support/examples.js';
import { CREATED_AT, recorded, scenarioOf, timedJob } from '../../support/job-facts.js';

const ERRORS = [{ code: 'c', msg: 'm', callStack: 's' }];
const DOCUMENTED = example<{ records: ExportJob[] }>('export-jobs').records;
const at = (milliseconds: number) => CREATED_AT + milliseconds;

let contract: Contract;
/** Jobs of the seeds that have not finished. */
let unfinished: Record<'NEW' | 'PROCESSING', ExportJob[]>;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
  const sandbox = { org: 'organisation', now: CREATED_AT, random: seededRandom('1') };
  const jobs = [await loadSeed('documented', contract), await loadSeed('demo', contract)].flatMap((seed) =>
    seed(sandbox).flatMap((facts) => viewAt(facts, CREATED_AT) ?? []),
  );
  unfinished = {
    NEW: jobs.filter(({ status }) => status === 'NEW'),
    PROCESSING: jobs.filter(({ status }) => status === 'PROCESSING'),
  };
});

/** The statuses of a job at some moments after its creation. */
const statuses = (job: JobFacts, ...moments: number[]) =>
  moments.map((moment) => statusAt(job, at(moment)) ?? 'gone');

function refusalOf(move: () => unknown): ApiError {
  try {
    move();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error('the move was not refused');
}

describe('a job that is stepped', () => {
  test('is processed, and goes on by time from there', () => {
    const job = stepped(timedJob(), at(500));
    expect(statuses(job, -100, 0, 500, 5499, 5500)).toEqual([
      ...['PROCESSING', 'PROCESSING', 'PROCESSING', 'PROCESSING', 'SUCCEEDED'],
    ]);
    expect(viewAt(job, at(501))?.updateTime).toBe(at(500));
  });

  test('ends as its story has it when it is processed', () => {
    const scenario = scenarioOf({ ending: { status: 'FAILED', errors: ERRORS } });
    const job = stepped(timedJob({ scenario }), at(2500));
    expect(statuses(job, -100, 0, 9999)).toEqual(['FAILED', 'FAILED', 'FAILED']);
    expect(viewAt(job, at(0))).toMatchObject({
      errors: ERRORS,
      updateTime: at(2500),
      metrics: {
        totalTime: { totalTimeInMs: 2500 },
        profileExportTime: { startTimeInMs: at(2000), totalTimeInMs: 500 },
      },
    });
  });

  test('leaves a status that its story has it stay in', () => {
    const scenario = scenarioOf({ newMs: null, processingMs: null });
    const processed = stepped(timedJob({ scenario }), at(5));
    expect(statuses(processed, 5, 1e12)).toEqual(['PROCESSING', 'PROCESSING']);
    expect(statuses(stepped(processed, at(9)), 9)).toEqual(['SUCCEEDED']);
  });

  test('has no time that is before another, however the clock was turned back', () => {
    const job = finished(stepped(timedJob(), at(1000)), at(-3000));
    expect(viewAt(job, at(-3000))).toMatchObject({
      updateTime: at(1000),
      metrics: { totalTime: { totalTimeInMs: 1000 }, profileExportTime: { totalTimeInMs: 0 } },
    });
    expect(viewAt(stepped(timedJob(), at(-1)), at(0))?.updateTime).toBe(at(0));
  });
});

describe('a job that is finished', () => {
  test('is at the end of its story at once, and was processed for no time if it was NEW', () => {
    const job = finished(timedJob(), at(700));
    expect(statuses(job, 0, 700)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(viewAt(job, at(0))?.metrics).toEqual({
      totalTime: { startTimeInMs: at(0), endTimeInMs: at(700), totalTimeInMs: 700 },
      profileExportTime: { startTimeInMs: at(700), endTimeInMs: at(700), totalTimeInMs: 0 },
      totalExportedProfileCounter: 20,
    });
  });

  test('ends as its story has it even when it was cancelled into failing, and not yet has failed', () => {
    const scenario = scenarioOf({ cancel: { after: 1000, then: 'failed' } });
    const job = finished(timedJob({ scenario, cancelRequestedAt: at(100) }), at(500));
    expect(statuses(job, 0, 500, 1100, 9999)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
  });
});

describe('a job that fails', () => {
  test('has the documented errors of job 722, unless it is given others', () => {
    expect(viewAt(failed(timedJob(), at(1)), at(1))).toMatchObject({
      status: 'FAILED',
      errors: (DOCUMENTED[1] as { errors?: unknown }).errors,
    });
    expect(viewAt(failed(timedJob(), at(1), ERRORS), at(1))).toMatchObject({ errors: ERRORS });
  });
});

describe('a job that is held', () => {
  test.each([
    ['NEW', 100],
    ['PROCESSING', 2500],
  ])('stays %s until it is moved by hand', (status, moment) => {
    const job = held(timedJob(), at(moment));
    expect(statuses(job, 0, moment, 1e12)).toEqual([status, status, status]);
    expect(viewAt(job, at(1e12))).toEqual(viewAt(timedJob(), at(moment)));
    expect(appeared(job, at(moment))).toBe(job);
    expect(statuses(finished(job, at(moment)), moment)).toEqual(['SUCCEEDED']);
  });

  test('is gone all the same when it was cancelled', () => {
    const job = { ...held(timedJob(), at(100)), cancelRequestedAt: at(200) };
    expect(statuses(job, 1199, 1200)).toEqual(['NEW', 'gone']);
  });
});

describe('a job that moves by polls', () => {
  /** What the first appearances of a job show. */
  function shown(job: JobFacts, times: number): string[] {
    let facts = job;
    return Array.from({ length: times }, (_, index) => {
      const status = statusAt(facts, at(index * 10)) ?? 'gone';
      facts = appeared(facts, at(index * 10));
      return status;
    });
  }

  test.each([
    [undefined, ['NEW', 'PROCESSING', 'SUCCEEDED', 'SUCCEEDED']],
    [1, ['NEW', 'PROCESSING', 'SUCCEEDED', 'SUCCEEDED']],
    [2, ['NEW', 'NEW', 'PROCESSING', 'PROCESSING', 'SUCCEEDED']],
    [3, ['NEW', 'NEW', 'NEW', 'PROCESSING', 'PROCESSING', 'PROCESSING', 'SUCCEEDED']],
  ])('shows each status %p times, and then its end', (polls, expected) => {
    const job = timedJob({ progress: 'polls', ...(polls !== undefined && { polls }) });
    expect(shown(job, expected.length)).toEqual(expected);
  });

  test('does not move by the clock, and its times are those of its appearances', () => {
    const job = timedJob({ progress: 'polls' });
    expect(statuses(job, 1e12)).toEqual(['NEW']);
    const ended = appeared(appeared(job, at(40)), at(70));
    expect(viewAt(ended, at(70))?.metrics).toMatchObject({
      totalTime: { totalTimeInMs: 70 },
      profileExportTime: { startTimeInMs: at(40), totalTimeInMs: 30 },
    });
  });

  test('passes through PROCESSING however short its story', () => {
    const scenario = scenarioOf({ newMs: 0, processingMs: 0 });
    expect(shown(timedJob({ scenario, progress: 'polls' }), 3)).toEqual(['NEW', 'PROCESSING', 'SUCCEEDED']);
  });

  test('stays where its story has it stay, and nothing is counted there', () => {
    const scenario = scenarioOf({ processingMs: null });
    const job = appeared(timedJob({ scenario, progress: 'polls' }), at(0));
    expect(appeared(job, at(1))).toBe(job);
    expect(statuses(job, 1)).toEqual(['PROCESSING']);
  });

  test('begins to count anew when it is stepped', () => {
    const job = appeared(timedJob({ progress: 'polls', polls: 2 }), at(0));
    expect(shown(stepped(job, at(0)), 3)).toEqual(['PROCESSING', 'PROCESSING', 'SUCCEEDED']);
  });

  test('counts nothing once it has finished or is gone, nor does any other job', () => {
    const done = finished(timedJob({ progress: 'polls' }), at(0));
    const gone = timedJob({ progress: 'polls', cancelRequestedAt: at(-5000) });
    for (const job of [done, gone, timedJob(), recorded(), timedJob({ progress: 'hand' })]) {
      expect(appeared(job, at(0))).toBe(job);
    }
  });

  test('may be a recorded one', () => {
    const job: JobFacts = { ...recordedJob(unfinished.NEW[0] as ExportJob), progress: 'polls' };
    expect(shown(job, 3)).toEqual(['NEW', 'PROCESSING', 'SUCCEEDED']);
  });
});

describe('a recorded job', () => {
  const PAGES_ORDER = Object.keys(DOCUMENTED[0] ?? {});

  test('of the seeds can be moved from each status', () => {
    expect(unfinished.NEW.length).toBeGreaterThan(1);
    expect(unfinished.PROCESSING.length).toBeGreaterThan(1);
    const check = contract.schema('ExportJob');
    for (const view of [...unfinished.NEW, ...unfinished.PROCESSING]) {
      const facts = recordedJob(view);
      for (const move of [stepped, finished, failed, held]) {
        const moved = viewAt(move(facts, CREATED_AT), CREATED_AT);
        expect(check(moved)).toEqual([]);
      }
    }
  });

  test('keeps all but what its status tells, in the order of the page', () => {
    for (const view of [...unfinished.NEW, ...unfinished.PROCESSING]) {
      const moved = viewAt(failed(recordedJob(view), CREATED_AT), CREATED_AT) as ExportJob;
      const told = ['status', 'metrics', 'computeGatewayJobId', 'updateTime'];
      const lasting = Object.entries(view).filter(([name]) => !told.includes(name));
      expect(moved).toMatchObject(Object.fromEntries(lasting));
      const inOrder = PAGES_ORDER.filter((name) => name in moved);
      expect(Object.keys(moved).filter((name) => PAGES_ORDER.includes(name))).toEqual(inOrder);
    }
  });

  test('that was NEW has one compute job from then on', () => {
    const processed = stepped(recordedJob(unfinished.NEW[0] as ExportJob), CREATED_AT);
    const first = viewAt(processed, CREATED_AT);
    expect(first).toMatchObject({ status: 'PROCESSING', updateTime: CREATED_AT });
    expect(first?.computeGatewayJobId.exportJob).toMatch(/^[0-9a-f]{8}-/);
    const last = viewAt(stepped(processed, CREATED_AT + 5), CREATED_AT + 1e12);
    expect(last).toMatchObject({ status: 'SUCCEEDED', updateTime: CREATED_AT + 5 });
    expect(last?.computeGatewayJobId).toEqual(first?.computeGatewayJobId);
  });

  test('that was PROCESSING keeps its compute job and since when it is processed', () => {
    const view = unfinished.PROCESSING[0] as ExportJob;
    expect(viewAt(stepped(recordedJob(view), CREATED_AT), CREATED_AT)).toMatchObject({
      computeGatewayJobId: view.computeGatewayJobId,
      metrics: { profileExportTime: { startTimeInMs: view.updateTime } },
    });
  });

  test('is as it was recorded when it is held, and does not move by time', () => {
    const view = unfinished.PROCESSING[0] as ExportJob;
    expect(viewAt(held(recordedJob(view), CREATED_AT), CREATED_AT + 1e12)).toBe(view);
  });
});

describe('what moves no more is refused', () => {
  test.each<[what: string, job: JobFacts, status: string]>([
    ['succeeded by time', timedJob({ creationTime: at(-9999) }), 'SUCCEEDED'],
    ['failed by hand', failed(timedJob(), at(0)), 'FAILED'],
    ['recorded as finished', recorded({ id: 1 }), 'SUCCEEDED'],
  ])('what has %s, with 409', (_what, job, status) => {
    for (const move of [stepped, finished, failed, held]) {
      const error = refusalOf(() => move(job, at(0)));
      expect(error.status).toBe(409);
      expect(JSON.stringify(error.answer('r').body)).toContain(`The export job 1 is ${status}`);
    }
  });

  test('what is gone, with 404', () => {
    const job = timedJob({ cancelRequestedAt: at(-1000) });
    for (const move of [stepped, finished, failed, held]) {
      expect(refusalOf(() => move(job, at(0))).status).toBe(404);
    }
  });
});

describe('whatever is done with a job of any story', () => {
  const STANDING = { NEW: 0, PROCESSING: 1, SUCCEEDED: 2, FAILED: 2, gone: 3 };
  const standingOf = (facts: JobFacts, now: number) => STANDING[statusAt(facts, now) ?? 'gone'];
  const moves = { stepped, finished, failed, held, appeared };
  const deeds = fc.array(
    fc.record({ move: fc.constantFrom(...Object.keys(moves)), turn: fc.integer({ min: -40, max: 60 }) }),
    { maxLength: 8 },
  );
  const jobs: fc.Arbitrary<JobFacts> = fc.oneof(
    fc
      .record({
        job: timedJobs,
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
      .map(({ status, index, polls }): JobFacts => {
        const views = unfinished[status];
        return { ...recordedJob(views[index % views.length] as ExportJob), progress: 'polls', polls };
      }),
  );

  /** Runs the deeds one after another, and tells of each how the job was before it and is after it. */
  function* run(job: JobFacts, list: { move: string; turn: number }[]) {
    let [facts, now] = [job, CREATED_AT];
    for (const { move, turn } of list) {
      now += turn;
      const before = facts;
      try {
        facts = moves[move as keyof typeof moves](facts, now);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        yield { move, before, after: facts, now, refused: error.status };
        continue;
      }
      yield { move, before, after: facts, now, refused: undefined };
    }
  }

  test('each move leads where it says, or is refused because the job moves no more', () => {
    fc.assert(
      fc.property(jobs, deeds, (job, list) => {
        for (const { move, before, after, now, refused } of run(job, list)) {
          const from = statusAt(before, now) ?? 'gone';
          const to = statusAt(after, now) ?? 'gone';
          const expected = { gone: 404, SUCCEEDED: 409, FAILED: 409, NEW: undefined, PROCESSING: undefined };
          expect(refused).toBe(move === 'appeared' ? undefined : expected[from]);
          if (refused !== undefined) continue;
          const stands = STANDING[to] - STANDING[from];
          // A story that has no time for PROCESSING may go on at once.
          const isBrief = before.story === 'timed' && !before.progress && before.scenario.processingMs === 0;
          if (move === 'stepped') expect(isBrief ? [1, 2] : [1]).toContain(stands);
          if (move === 'finished') expect(STANDING[to]).toBe(2);
          if (move === 'failed') expect(to).toBe('FAILED');
          if (move === 'held') expect(to).toBe(from);
          if (move === 'appeared') expect([0, 1]).toContain(stands);
        }
      }),
      { numRuns: 250 },
    );
  });

  test('its view is as the contract has it at every moment, and its status is that of its view', () => {
    const check = contract.schema('ExportJob');
    fc.assert(
      fc.property(jobs, deeds, fc.integer({ min: -200, max: 400 }), (job, list, offset) => {
        for (const { after, now } of run(job, list)) {
          for (const moment of [now, CREATED_AT + offset]) {
            const view = viewAt(after, moment);
            expect(statusAt(after, moment)).toBe(view?.status);
            if (view) expect(check(view)).toEqual([]);
          }
        }
      }),
      { numRuns: 250 },
    );
  });

  test('what was done holds wherever the clock is turned to', () => {
    fc.assert(
      fc.property(jobs, deeds, fc.integer({ min: -300, max: 300 }), (job, list, offset) => {
        for (const { move, before, after, now, refused } of run(job, list)) {
          if (refused !== undefined || after === before || move === 'held') continue;
          const [reached, elsewhere] = [standingOf(after, now), standingOf(after, CREATED_AT + offset)];
          const isCounted = move === 'appeared' && statusAt(after, now) === statusAt(before, now);
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
          const next = nextChangeAt(after, now);
          expect(viewAt(after, now + (between % ((next ?? far) - now)))).toEqual(viewAt(after, now));
          if (next !== undefined) expect(viewAt(after, next)).not.toEqual(viewAt(after, now));
        }
      }),
      { numRuns: 250 },
    );
  });
});
