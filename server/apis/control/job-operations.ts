import { ruleNotFound } from '../../platform/control-errors.js';
import type { JournalFilter } from './sandbox-handle.js';
import { done, ok, type Call, type Operations, type SandboxOf } from './control-operation.js';

type JobOperation = 'listJobs' | 'stepJob' | 'finishJob' | 'failJob' | 'holdJob' | 'waitForJob';

export function jobOperations(of: SandboxOf): Pick<Operations, JobOperation> {
  return {
    listJobs: (call) => ok({ jobs: of(call).jobs.list() }),
    stepJob: async (call) => ok(await of(call).jobs.step(call.path.id)),
    finishJob: async (call) => ok(await of(call).jobs.finish(call.path.id)),
    failJob: async (call) => ok(await of(call).jobs.fail(call.path.id, call.body?.errors)),
    holdJob: async (call) => ok(await of(call).jobs.hold(call.path.id)),
    waitForJob: async (call) => {
      const { status, timeout } = call.query;
      return ok(await of(call).waitFor(call.path.id, status, { timeout }));
    },
  };
}

type RuleOperation = 'listRules' | 'addRule' | 'removeRules' | 'removeRule';

export function ruleOperations(of: SandboxOf): Pick<Operations, RuleOperation> {
  return {
    listRules: (call) => ok({ rules: of(call).rules.list() }),
    addRule: async (call) => {
      const sandbox = of(call);
      const rule = sandbox.rules.add(call.body);
      await sandbox.stored();
      return { status: 201, body: rule };
    },
    removeRules: async (call) => {
      const sandbox = of(call);
      sandbox.rules.clear();
      await sandbox.stored();
      return done;
    },
    removeRule: async (call) => {
      const sandbox = of(call);
      if (!sandbox.rules.remove(call.path.id)) throw ruleNotFound(call.path.id);
      await sandbox.stored();
      return done;
    },
  };
}

type JournalOperation = 'listJournal' | 'clearJournal' | 'countJournal' | 'expectViolations' | 'getCoverage';

export function journalOperations(of: SandboxOf): Pick<Operations, JournalOperation> {
  return {
    listJournal: (call) => ok({ entries: of(call).journal(filterOf(call.query)) }),
    clearJournal: (call) => {
      of(call).clearJournal();
      return done;
    },
    countJournal: (call) => ok({ count: of(call).journalCount(filterOf(call.query)) }),
    expectViolations: (call) => ok({ marked: of(call).expectViolations(call.body) }),
    getCoverage: (call) => ok(of(call).coverage()),
  };
}

function filterOf({ violations, expected, ...query }: Call<'listJournal'>['query']): JournalFilter {
  return {
    ...query,
    ...(violations !== undefined && { violations: violations === 'true' }),
    ...(expected !== undefined && { expected: expected === 'true' }),
  };
}
