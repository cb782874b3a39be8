import { describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import { Rules, type Fault, type NewRule, type RuledRequest } from '../../server/sandbox/rules.js';
import type { Scenario } from '../../server/apis/segmentation/stored-job.js';

const DOWN: Fault = { name: 'down', effect: { kind: 'refuse', status: 503, retryAfterSeconds: 1 } };
const CUT: Fault = { name: 'cut', effect: { kind: 'reset' } };
const BUSY: Fault = { ...DOWN, name: 'busy', limit: { calls: 2, inMs: 100 } };

const scenario = (name: string): Scenario => ({
  name,
  newMs: 0,
  processingMs: 0,
  outcome: { status: 'SUCCEEDED' },
  cancel: { after: 1000, then: 'gone' },
});

const ofJob = (job: number) => ({ operation: 'retrieveExportJob', resources: { job } });
const RETRIEVE = ofJob(7);
const CREATE = { operation: 'createExportJob' } as const;
const LIST = { operation: 'listExportJobs' } as const;

/** Rules, and real time to be turned. */
function begin(beginning?: NewRule[]) {
  let now = 1_000_000;
  const rules = new Rules(beginning, ['job'], () => now);
  const met = (call: RuledRequest = RETRIEVE) => rules.nextFault(call)?.name;
  const nextScenario = (mayApply?: boolean) =>
    (rules.next('scenario', CREATE, mayApply)?.['scenario'] as Scenario | undefined)?.name;
  return { rules, met, nextScenario, wait: (milliseconds: number) => (now += milliseconds) };
}

const times = <T>(count: number, make: () => T) => Array.from({ length: count }, make);

describe('without rules', () => {
  test('no call is decided on', () => {
    const { rules } = begin();
    expect([
      rules.size,
      rules.next('scenario', CREATE),
      rules.next('progress', CREATE),
      rules.nextFault(LIST),
    ]).toEqual([0, undefined, undefined, undefined]);
  });
});

describe('a rule', () => {
  test('is told with an id that counts up, and listed newest first', () => {
    const { rules } = begin();
    expect(rules.add({ fault: DOWN, nth: 3 })).toEqual({
      id: 'r1',
      fault: DOWN,
      nth: 3,
      applied: 0,
      ended: false,
    });
    rules.add({ progress: 'hand' });
    expect(rules.list().map(({ id }) => id)).toEqual(['r2', 'r1']);
  });

  test('that is newer stands above the older ones, until it is removed', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN });
    const { id } = rules.add({ fault: CUT });
    expect(met()).toBe('cut');
    expect([rules.remove(id), rules.remove(id)]).toEqual([true, false]);
    expect(met()).toBe('down');
  });

  test('is not given an id again that another had', () => {
    const { rules } = begin();
    rules.add({ fault: DOWN });
    rules.clear();
    expect([rules.size, rules.add({ fault: DOWN }).id]).toEqual([0, 'r2']);
  });

  test('stays what it was when what it was made of changes', () => {
    const { rules, met } = begin();
    const rule = { fault: { ...DOWN } };
    rules.add(rule);
    rule.fault.name = 'another';
    const [listed] = rules.list();
    if (listed?.fault) listed.fault.name = 'another';
    expect(met()).toBe('down');
  });
});

describe('a fault is aimed', () => {
  test('at every operation, unless one is named', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN, operation: 'listExportJobs' });
    expect([met(RETRIEVE), met(LIST)]).toEqual([undefined, 'down']);
    rules.add({ fault: CUT });
    expect([met(RETRIEVE), met(LIST)]).toEqual(['cut', 'cut']);
  });

  test('at a job', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN, job: 7 });
    expect([met(ofJob(8)), met(LIST), met({ operation: 'cancelExportJob', resources: { job: 7 } })]).toEqual([
      undefined,
      undefined,
      'down',
    ]);
  });

  test('at the third retrieve of a job: the next goes on, and the rule is over', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN, operation: 'retrieveExportJob', job: 7, nth: 3 });
    expect([met(), met(LIST), met(ofJob(8)), met(), met(), met()]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'down',
      undefined,
    ]);
    expect(rules.list()).toEqual([expect.objectContaining({ applied: 1, ended: true })]);
  });

  test('at the n-th call, which counts from when the rule was set, whichever rule wins', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN, nth: 2 });
    rules.add({ fault: CUT, nth: 2 });
    expect([met(), met(), met()]).toEqual([undefined, 'cut', undefined]);
    expect(rules.list()).toEqual([
      expect.objectContaining({ fault: CUT, applied: 1, ended: true }),
      expect.objectContaining({ fault: DOWN, applied: 0, ended: true }),
    ]);
  });

  test('at the n-th call, though its limit were not reached', () => {
    const { rules, met } = begin();
    rules.add({ fault: BUSY, nth: 1 });
    expect([met(), met()]).toEqual(['busy', undefined]);
  });
});

describe('a rule ends', () => {
  test('after its fault’s count, or its own in place of it', () => {
    const { rules, met } = begin();
    rules.add({ fault: { ...DOWN, times: 2 } });
    expect(times(3, met)).toEqual(['down', 'down', undefined]);
    rules.add({ fault: { ...CUT, times: 2 }, times: 3 });
    expect(times(4, met)).toEqual(['cut', 'cut', 'cut', undefined]);
    expect(rules.list().map(({ ended }) => ended)).toEqual([true, true]);
  });

  test('after its fault’s time, or its own in place of it', () => {
    const { rules, met, wait } = begin();
    rules.add({ fault: { ...DOWN, forMs: 50 } });
    wait(49);
    expect(met()).toBe('down');
    expect(rules.list()).toEqual([expect.objectContaining({ ended: false })]);
    wait(1);
    expect(met()).toBeUndefined();
    expect(rules.list()).toEqual([expect.objectContaining({ ended: true })]);

    rules.add({ fault: { ...DOWN, forMs: 50 }, forMs: 80 });
    wait(79);
    expect(met()).toBe('down');
    wait(1);
    expect(met()).toBeUndefined();
  });

  test('and lets those below it have their way', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN });
    rules.add({ fault: CUT, times: 1 });
    expect(times(3, met)).toEqual(['cut', 'down', 'down']);
  });
});

describe('a limit', () => {
  test('affects the calls beyond it, until the window that its first call opened is over', () => {
    const { rules, met, wait } = begin();
    rules.add({ fault: BUSY });
    expect(times(4, met)).toEqual([undefined, undefined, 'busy', 'busy']);
    wait(99);
    expect(met()).toBe('busy');
    wait(1);
    expect(times(3, met)).toEqual([undefined, undefined, 'busy']);
  });

  test('is counted anew for each rule, and for what the rule is aimed at', () => {
    const { rules, met } = begin();
    rules.add({ fault: BUSY, operation: 'listExportJobs' });
    times(2, met);
    rules.add({ fault: BUSY });
    expect([met(LIST), met(LIST), met(LIST)]).toEqual([undefined, undefined, 'busy']);
  });
});

describe('a call that asks for a fault itself', () => {
  test('gets that one, and is counted for the rules all the same', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN, nth: 2 });
    expect(rules.nextFault(RETRIEVE, CUT)).toBe(CUT);
    expect(rules.list()).toEqual([expect.objectContaining({ applied: 0, ended: false })]);
    expect(met()).toBe('down');
  });

  test('or for none, gets none', () => {
    const { rules, met } = begin();
    rules.add({ fault: DOWN, nth: 2 });
    expect(rules.nextFault(RETRIEVE, 'none')).toBeUndefined();
    expect(met()).toBe('down');
    expect(rules.faulted).toBe(1);
  });
});

describe('for a job that is created', () => {
  test('the newest scenario holds, and the newest progress, each by itself', () => {
    const { rules, nextScenario } = begin();
    rules.add({ scenario: scenario('one') });
    rules.add({ scenario: scenario('two'), times: 1 });
    rules.add({ progress: 'polls', polls: 3, nth: 2 });
    rules.add({ fault: DOWN });
    expect(times(2, () => [nextScenario(), rules.next('progress', CREATE)])).toEqual([
      ['two', undefined],
      ['one', { progress: 'polls', polls: 3, nth: 2 }],
    ]);
  });

  test('one that has a scenario already counts, and uses none up', () => {
    const { rules, nextScenario } = begin();
    rules.add({ scenario: scenario('one'), times: 1 });
    rules.add({ scenario: scenario('two'), nth: 2 });
    expect([nextScenario(false), nextScenario(), nextScenario()]).toEqual([undefined, 'two', 'one']);
  });

  test('other calls do not count', () => {
    const { rules, met, nextScenario } = begin();
    rules.add({ scenario: scenario('one'), nth: 1 });
    times(3, met);
    expect(nextScenario()).toBe('one');
  });
});

describe('the rules that there are at first', () => {
  test('are listed, can be removed, and come back as they were by a reset', () => {
    const { rules, met } = begin([{ fault: DOWN, times: 1 }]);
    expect(rules.list()).toEqual([{ id: 'r1', fault: DOWN, times: 1, applied: 0, ended: false }]);
    times(2, met);
    rules.add({ fault: CUT });
    rules.reset();
    expect(rules.list()).toEqual([{ id: 'r1', fault: DOWN, times: 1, applied: 0, ended: false }]);
    expect([met(), rules.remove('r1'), met()]).toEqual(['down', true, undefined]);
  });

  test('have their time from the reset on', () => {
    const { rules, met, wait } = begin([{ fault: DOWN, forMs: 50 }]);
    wait(50);
    expect(met()).toBeUndefined();
    rules.reset();
    expect(met()).toBe('down');
  });
});

describe('what is kept', () => {
  test('is JSON, and restored elsewhere goes on from there', () => {
    const { rules, met, wait } = begin();
    rules.add({ scenario: scenario('one') });
    rules.add({ fault: DOWN, nth: 3 });
    rules.add({ fault: CUT, times: 2, forMs: 50 });
    times(1, met);
    wait(20);
    const state = rules.toState();
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(state).toEqual([
      { id: 'r3', fault: CUT, times: 2, forMs: 50, matched: 1, applied: 1, usedMs: 20 },
      { id: 'r2', fault: DOWN, nth: 3, matched: 1, applied: 0 },
      { id: 'r1', scenario: scenario('one'), matched: 0, applied: 0 },
    ]);

    const other = begin([{ fault: DOWN }]);
    other.rules.restore(state);
    expect(other.rules.toState()).toEqual(state);
    other.wait(29);
    expect([other.met(), other.met(), other.met()]).toEqual(['cut', 'down', undefined]);
    expect(other.rules.add({ fault: DOWN }).id).toBe('r4');
  });

  test('is not changed by what comes later, nor are the rules by a change of it', () => {
    const { rules, met } = begin();
    rules.add({ fault: { ...DOWN } });
    const state = rules.toState();
    rules.restore(state);
    met();
    const [kept] = state;
    if (kept?.fault) kept.fault.name = 'another';
    expect(kept?.applied).toBe(0);
    expect(met()).toBe('down');
  });
});

describe('whatever rules are set, calls come and time passes', () => {
  type Step = { set: NewRule } | { call: number } | { wait: number } | { remove: number } | 'keep';

  const JOBS = [7, 8];
  const CALLS: RuledRequest[] = [LIST, CREATE, ...JOBS.map(ofJob)];
  const bound = (maximum: number) => fc.option(fc.integer({ min: 1, max: maximum }), { nil: undefined });
  const without = (record: object) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  const rule = fc
    .record({
      fault: fc.constantFrom(DOWN, CUT, { ...DOWN, times: 2 }, { ...DOWN, forMs: 40 }),
      limit: fc.option(fc.record({ calls: fc.nat(2), inMs: fc.integer({ min: 1, max: 60 }) })),
      operation: fc.option(fc.constantFrom('listExportJobs', 'retrieveExportJob'), { nil: undefined }),
      job: fc.option(fc.constantFrom(...JOBS), { nil: undefined }),
      nth: bound(4),
      times: bound(4),
      forMs: bound(60),
    })
    .map(
      ({ fault, limit, ...aim }) =>
        without({ ...aim, fault: limit ? { ...fault, limit } : fault }) as NewRule,
    );
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.oneof(
      { weight: 2, arbitrary: fc.record({ set: rule }) },
      { weight: 8, arbitrary: fc.record({ call: fc.nat(CALLS.length - 1) }) },
      { weight: 2, arbitrary: fc.record({ wait: fc.nat(30) }) },
      { weight: 1, arbitrary: fc.record({ remove: fc.nat(5) }) },
      { weight: 1, arbitrary: fc.constant('keep' as const) },
    ),
    { maxLength: 60 },
  );

  /** A rule as one would tell it from all that has happened. */
  class Told {
    readonly matched: number[] = [];
    readonly applied: number[] = [];
    constructor(
      readonly id: string,
      readonly rule: NewRule & { fault: Fault },
      readonly setAt: number,
    ) {}

    isOver(now: number): boolean {
      const { fault, nth, times: count = fault.times, forMs = fault.forMs } = this.rule;
      if (nth !== undefined && this.matched.length >= nth) return true;
      if (count !== undefined && this.applied.length >= count) return true;
      return forMs !== undefined && now >= this.setAt + forMs;
    }

    /** Whether it applies to the last of the calls that matched. */
    applies(): boolean {
      const { fault, nth } = this.rule;
      if (nth !== undefined) return this.matched.length === nth;
      if (!fault.limit) return true;
      const { calls, inMs } = fault.limit;
      const windows: number[][] = [];
      for (const at of this.matched) {
        const last = windows.at(-1);
        if (last?.[0] !== undefined && at < last[0] + inMs) last.push(at);
        else windows.push([at]);
      }
      return (windows.at(-1)?.length ?? 0) > calls;
    }
  }

  test('each call meets what the story of all before it tells', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let now = 0;
        const rules = new Rules([], ['job'], () => now);
        let told: Told[] = [];
        let set = 0;
        for (const step of all) {
          if (step === 'keep') {
            // A window that is counted in is not kept.
            if (told.every(({ rule: { fault } }) => !fault.limit)) rules.restore(rules.toState());
          } else if ('set' in step) {
            rules.add(step.set);
            told = [new Told(`r${++set}`, step.set as never, now), ...told];
          } else if ('wait' in step) now += step.wait;
          else if ('remove' in step) {
            expect(rules.remove(`r${step.remove}`)).toBe(told.some(({ id }) => id === `r${step.remove}`));
            told = told.filter(({ id }) => id !== `r${step.remove}`);
          } else {
            const call: RuledRequest = CALLS[step.call] ?? LIST;
            const matching = told.filter(
              (each) =>
                !each.isOver(now) &&
                [undefined, call.operation].includes(each.rule.operation) &&
                [undefined, call.resources?.['job']].includes(each.rule['job']),
            );
            for (const each of matching) each.matched.push(now);
            const winner = matching.find((each) => each.applies());
            winner?.applied.push(now);
            expect(rules.nextFault(call)).toEqual(winner?.rule.fault);
          }
          expect(rules.list().map(({ id, applied, ended }) => [id, applied, ended])).toEqual(
            told.map((each) => [each.id, each.applied.length, each.isOver(now)]),
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});
