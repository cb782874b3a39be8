import { join } from 'node:path';
import type { Check } from '../../contract/contract-schemas.js';
import type { Contract } from '../../contract/contract.js';
import { loadDataFiles } from './data-files.js';
import type { Fault } from './fault.js';
import { invalidValue } from '../../contract/option-error.js';
import { packageRoot } from '../../contract/package-root.js';

const OWN_FOLDER = join(packageRoot, 'fixtures/faults');

/**
 * Loads the faults of this package and those of a directory of the user's, by name. One of the user's stands in place of
 * ours of the same name. Rejects with DataFileError.
 */
export function loadFaults(control: Contract, directory?: string): Promise<Map<string, Fault>> {
  const folders = directory === undefined ? [] : [directory];
  return loadDataFiles({ ownFolder: OWN_FOLDER, folders, schemaCheck: faultCheck(control), kind: 'fault' });
}

/** Holds a value to what a fault is: its schema in the contract of the control plane, and what no schema says. */
export function faultCheck(control: Contract): Check {
  const check = control.schema('Fault');
  return (value, pointer = '', tell) => {
    const violations = check(value, pointer, tell);
    if (violations.length > 0) return violations;
    const { effect } = value as Fault;
    if (effect.kind !== 'delay' || effect.leastMs <= effect.mostMs) return [];
    const message = 'The least delay is longer than the most.';
    const allowed = `at most ${effect.mostMs}, which is mostMs`;
    return [{ message, pointer: `${pointer}/effect/leastMs`, sent: effect.leastMs, allowed }];
  };
}

/** The fault that every sandbox begins with, as a rule has it: none, if none is named. Throws OptionError. */
export function beginningWith(
  name: string | undefined,
  faults: ReadonlyMap<string, Fault>,
): { fault: Fault }[] {
  if (name === undefined) return [];
  const fault = faults.get(name);
  if (fault) return [{ fault }];
  throw invalidValue('fault', name, `one of ${[...faults.keys()].join(', ')}`);
}
