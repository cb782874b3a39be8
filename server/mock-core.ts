import { handleOf } from './apis/control/handles.js';
import type { MockCore } from './programmatic-api.js';
import { sandboxName } from './platform/sandbox-name.js';
import type { Beginning } from './sandbox/sandbox-origin.js';
import type { Sandboxes } from './sandbox/sandboxes.js';

/** What is done with the sandboxes, in code and by the control plane. */
export function mockCore(sandboxes: Sandboxes, { scenarios, faults }: Beginning) {
  return {
    sandbox: (name) => handleOf(sandboxes.get(sandboxName(name))),
    sandboxes: () =>
      sandboxes.list().map(({ org, name, clock, services }) => ({
        org,
        name,
        jobs: services.jobs.kept().jobs.length,
        now: new Date(clock.now()).toISOString(),
        frozen: clock.frozen,
      })),
    deleteSandbox: (name) => sandboxes.delete(sandboxName(name)),
    lifetimes: Object.freeze({
      newMs: scenarios.default.newMs,
      processingMs: scenarios.default.processingMs,
    }),
    run: () => {
      const { run } = sandboxes.journals;
      if (!run) throw new Error('The run is not recorded: make the mock with the option recordRun.');
      return run.told();
    },
    scenarios: () => scenarios.list(),
    faults: () => structuredClone([...faults.values()]),
  } satisfies Partial<MockCore>;
}
