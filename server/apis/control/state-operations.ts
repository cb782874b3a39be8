import type { components } from '../../../generated/control.js';
import { snapshotNotFound } from '../../platform/control-errors.js';
import type { SandboxHandle } from './sandbox-handle.js';
import { done, ok, type Operations, type SandboxOf } from './control-operation.js';

type Schemas = components['schemas'];
type ClockOperation = 'getClock' | 'setClock' | 'advanceClock' | 'freezeClock' | 'resumeClock';

export function clockOperations(of: SandboxOf): Pick<Operations, ClockOperation> {
  const turned = async (sandbox: SandboxHandle, turn: (clock: SandboxHandle['clock']) => void) => {
    turn(sandbox.clock);
    await sandbox.stored();
    return ok(clockOf(sandbox));
  };
  return {
    getClock: (call) => ok(clockOf(of(call))),
    setClock: (call) => turned(of(call), (clock) => setClock(clock, call.body)),
    advanceClock: (call) => turned(of(call), (clock) => clock.advance(call.body.by)),
    freezeClock: (call) => turned(of(call), (clock) => clock.freeze()),
    resumeClock: (call) => turned(of(call), (clock) => clock.resume()),
  };
}

function clockOf({ clock }: SandboxHandle): Schemas['Clock'] {
  const now = clock.now();
  const realTime = new Date().toISOString();
  return { now: new Date(now).toISOString(), nowInMs: now, frozen: clock.frozen, realTime };
}

function setClock(
  clock: SandboxHandle['clock'],
  { now, frozen = clock.frozen }: Schemas['ClockSetting'],
): void {
  clock.set(now);
  if (frozen) {
    clock.freeze();
    // Before it stood still, it may have gone on by a moment.
    clock.set(now);
  } else clock.resume();
}

type StateOperation =
  | 'resetSandbox'
  | 'listSnapshots'
  | 'saveSnapshot'
  | 'deleteSnapshot'
  | 'restoreSnapshot'
  | 'exportState'
  | 'importState';

export function stateOperations(of: SandboxOf): Pick<Operations, StateOperation> {
  return {
    resetSandbox: async (call) => {
      await of(call).reset(...(call.body?.only ?? []));
      return done;
    },
    listSnapshots: (call) => ok({ snapshots: of(call).snapshots() }),
    saveSnapshot: (call) => ok(of(call).snapshot(call.path.name)),
    deleteSnapshot: (call) => {
      if (!of(call).deleteSnapshot(call.path.name)) throw snapshotNotFound(call.path.name);
      return done;
    },
    restoreSnapshot: async (call) => ok(await of(call).restore(call.path.name)),
    exportState: (call) => ok(of(call).exportState()),
    importState: async (call) => {
      await of(call).importState(call.body);
      return done;
    },
  };
}
