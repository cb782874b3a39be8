import type { SandboxHandle } from './sandbox-handle.js';
import type { Sandbox } from '../../sandbox/sandbox.js';
import { exportState } from '../../sandbox/state-document.js';

const handles = new WeakMap<Sandbox, SandboxHandle>();

/** What a user of the mock has of a sandbox, always the same object. */
export function handleOf(sandbox: Sandbox): SandboxHandle {
  let handle = handles.get(sandbox);
  if (!handle) handles.set(sandbox, (handle = newHandle(sandbox)));
  return handle;
}

function newHandle(sandbox: Sandbox): SandboxHandle {
  const { org, name, clock, rules, jobs, waiting, settings, snapshots, journal, coverage, services } =
    sandbox;
  return {
    org,
    name,
    clock,
    reset: (...parts) => sandbox.reset(parts.length > 0 ? parts : undefined),
    use: (scenario, aim) => sandbox.addRule({ ...aim, scenario }),
    progress: (progress, aim) => sandbox.addRule({ ...aim, progress }),
    fault: (fault, aim) => sandbox.addRule({ ...aim, fault }),
    rules: {
      add: (rule) => sandbox.addRule(rule),
      list: () => rules.list(),
      remove: (id) => rules.remove(id),
      clear: () => rules.clear(),
    },
    jobs,
    waitFor: async (id, status, { timeout } = {}) => {
      await waiting.waitFor(id, status, timeout);
      return jobs.get(id);
    },
    snapshot: (as) => snapshots.save(as),
    restore: (from) => snapshots.restore(from),
    snapshots: () => snapshots.list(),
    deleteSnapshot: (of) => snapshots.delete(of),
    exportState: () => exportState(services.jobs, settings),
    importState: (state) => sandbox.importState(state),
    journal: (filter) => journal.entries(filter),
    journalCount: (filter) => journal.count(filter),
    expectViolations: (filter) => sandbox.expectViolations(filter),
    clearJournal: () => {
      journal.clear();
      coverage.clear();
    },
    coverage: () => coverage.report(),
    stored: () => settings.stored(),
  };
}
