import { join } from 'node:path';
import type { Validator } from '../../contract/contract-schemas.js';
import type { Contract } from '../../contract/contract.js';
import { sentValue, unknownName } from '../../contract/contract-violations.js';
import type { Violation } from '../../contract/violation.js';
import { isObject } from '../../contract/format-value.js';
import { invalidValue, OptionError } from '../../contract/option-error.js';
import { packageRoot } from '../../contract/package-root.js';
import { loadDataFiles, listViolations } from '../platform/data-files.js';
import type { Fault, NewRule } from './rules.js';

const OWN_FAULTS = join(packageRoot, 'fixtures/faults');

/** A rule is not allowed. The message says what is wrong, where, and what is allowed. */
export class RuleError extends OptionError {
  /** @param violations with pointers into the rule */
  constructor(violations: Violation[]) {
    super(listViolations('Invalid rule', violations), undefined, violations);
  }
}

/** A kind of rule that an api brings, by the member that says what the rule sets. */
export interface RuleKind {
  name: string;
  /** Reads the value, and adds what is wrong with it to the violations. Without it, the schema of rules says all. */
  read?: (value: unknown, violations: Violation[]) => unknown;
  /** What does not go together in a rule, of this kind or another. */
  findConflicts?: (rule: Record<string, unknown>) => Violation[];
}

/** A resource of an api that a rule with a fault may be aimed at. */
export interface RuledResource {
  /** The member of the rule, such as `job`. */
  name: string;
  /** The operations whose requests are for one of them. */
  operations: readonly string[];
}

/** Makes a rule of what is asked for: a name becomes what it names. Throws RuleError. */
export type ReadRule = (given: unknown) => NewRule;

/**
 * Loads the faults of this package and those of a directory of the user's, by name. One of the user's replaces the
 * package's of the same name. Rejects with DataFileError.
 */
export function loadFaults(control: Contract, directory?: string): Promise<Map<string, Fault>> {
  return loadDataFiles({
    ownFolder: OWN_FAULTS,
    folders: directory === undefined ? [] : [directory],
    validate: createFaultValidator(control),
    kind: 'fault',
  });
}

/** Validates a fault: by its schema in the contract of the control plane, and by what no schema says. */
function createFaultValidator(control: Contract): Validator {
  const validate = control.schema('Fault');
  return (value, pointer = '', mode) => {
    const violations = validate(value, pointer, mode);
    if (violations.length > 0) return violations;
    const { effect } = value as Fault;
    if (effect.kind !== 'delay' || effect.leastMs <= effect.mostMs) return [];
    const message = 'The shortest delay is longer than the longest.';
    const allowed = `at most ${effect.mostMs}, which is mostMs`;
    return [{ message, pointer: `${pointer}/effect/leastMs`, sent: effect.leastMs, allowed }];
  };
}

/** The rule with the fault that every sandbox starts with, if one is named. Throws OptionError. */
export function createInitialRules(
  name: string | undefined,
  faults: ReadonlyMap<string, Fault>,
): { fault: Fault }[] {
  if (name === undefined) return [];
  const fault = faults.get(name);
  if (fault) return [{ fault }];
  throw invalidValue('fault', name, `one of ${[...faults.keys()].join(', ')}`);
}

export function createRuleReader(
  control: Contract,
  faults: ReadonlyMap<string, Fault>,
  kinds: readonly RuleKind[],
  resources: readonly RuledResource[],
): ReadRule {
  const validate = control.schema('RuleRequest');
  const fault = { name: 'fault', read: createChoiceReader('fault', faults, createFaultValidator(control)) };
  const allKinds: RuleKind[] = [...kinds, fault];
  return (given) => {
    if (!isObject(given)) throw new RuleError(validate(given));
    const rule = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const readable = allKinds.filter(({ name, read }) => read && rule[name] !== undefined);
    const rest = Object.entries(rule).filter(([name]) => !readable.some((kind) => kind.name === name));
    const violations = [...validate(Object.fromEntries(rest)), ...findConflicts(rule, allKinds, resources)];
    const chosen = readable.map(({ name, read }) => [name, read?.(rule[name], violations)]);
    if (violations.length > 0) throw new RuleError(violations);
    return { ...Object.fromEntries(rest), ...Object.fromEntries(chosen) } as NewRule;
  };
}

/** Reads the name of something known, or a whole one. */
export function createChoiceReader(
  kind: string,
  known: ReadonlyMap<string, unknown>,
  validate: Validator,
): NonNullable<RuleKind['read']> {
  const pointer = `/${kind}`;
  return (value, violations) => {
    if (isObject(value)) violations.push(...validate(value, pointer));
    else if (typeof value !== 'string') {
      const allowed = `the name of a ${kind}, or a whole one`;
      violations.push({ message: `'${kind}' is neither.`, pointer, sent: sentValue(value), allowed });
    } else if (!known.has(value)) {
      const unknown = unknownName(kind, value, [...known.keys()], '');
      violations.push({ ...unknown, pointer, sent: sentValue(value) });
    }
    return typeof value === 'string' ? known.get(value) : value;
  };
}

/** A member of a rule that does not go together with its other members. */
export function createConflict(rule: Record<string, unknown>, name: string, allowed: string): Violation {
  return { message: `'${name}' does not go with the rest.`, pointer: `/${name}`, sent: rule[name], allowed };
}

/** What does not go together in a rule, beyond what its schema says. */
function findConflicts(
  rule: Record<string, unknown>,
  kinds: readonly RuleKind[],
  resources: readonly RuledResource[],
): Violation[] {
  const { operation, fault, nth } = rule;
  const wrong: [isWrong: boolean, name: string, allowed: string][] = [
    [fault === undefined, 'operation', 'with a fault alone'],
    ...resources.flatMap(({ name, operations }): [boolean, string, string][] => [
      [fault === undefined, name, 'with a fault alone'],
      [
        operation !== undefined && !operations.includes(operation as string),
        name,
        `with ${operations.join(', ')}, or no operation`,
      ],
    ]),
    [nth !== undefined, 'times', 'without nth, which is one request'],
  ];
  const violations = [
    ...kinds.flatMap((kind) => kind.findConflicts?.(rule) ?? []),
    ...wrong
      .filter(([isWrong, name]) => isWrong && rule[name] !== undefined)
      .map(([, name, allowed]) => createConflict(rule, name, allowed)),
  ];
  const names = kinds.map(({ name }) => name);
  const given = names.filter((name) => rule[name] !== undefined);
  if (given.length === 1) return violations;
  const message = given.length === 0 ? 'The rule sets nothing.' : `The rule sets ${given.join(' and ')}.`;
  return [{ message, pointer: '', allowed: `one of ${names.join(', ')}` }, ...violations];
}
