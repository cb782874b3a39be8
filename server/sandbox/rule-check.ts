import type { Check } from '../../contract/contract-schemas.js';
import type { Contract } from '../../contract/contract.js';
import { sentValue, unknownName } from '../../contract/contract-violations.js';
import { toldOf } from './data-files.js';
import type { Violation } from '../platform/errors.js';
import type { Fault } from './fault.js';
import type { NewRule } from './rule.js';
import type { Scenario } from '../apis/segmentation/scenario.js';
import { faultCheck } from './faults.js';
import { OptionError } from '../../contract/option-error.js';
import { isObject } from '../../contract/format-value.js';

/** The scenarios and faults that rules may name. */
export interface Known {
  scenarios: ReadonlyMap<string, Scenario>;
  faults: ReadonlyMap<string, Fault>;
}

/** A rule is not one that is allowed. The message says what is wrong, where, and what is allowed. */
export class RuleError extends OptionError {
  /** @param violations with pointers into the rule. */
  constructor(violations: Violation[]) {
    super(toldOf('The rule is not one that is allowed', violations), undefined, violations);
  }
}

/** Makes a rule of what is asked for: a name becomes what it names. Throws RuleError. */
export type ReadRule = (asked: unknown) => NewRule;

const KINDS = ['scenario', 'progress', 'fault'] as const;
const FOR_ONE_JOB = ['retrieveExportJob', 'cancelExportJob'];

export function ruleReader(control: Contract, { scenarios, faults }: Known): ReadRule {
  const check = control.schema('RuleRequest');
  const readScenario = choiceReader('scenario', scenarios, control.schema('Scenario'));
  const readFault = choiceReader('fault', faults, faultCheck(control));
  return (asked) => {
    if (!isObject(asked)) throw new RuleError(check(asked));
    const given = Object.entries(asked).filter(([, value]) => value !== undefined);
    const { scenario, fault, ...rest } = Object.fromEntries(given) as Record<string, unknown>;
    const violations = [...check(rest), ...together(Object.fromEntries(given))];
    const chosen = {
      ...(scenario !== undefined && { scenario: readScenario(scenario, violations) }),
      ...(fault !== undefined && { fault: readFault(fault, violations) }),
    };
    if (violations.length > 0) throw new RuleError(violations);
    return { ...rest, ...chosen } as NewRule;
  };
}

/** Reads the name of one that is known, or a whole one. What is wrong is added to the violations. */
function choiceReader(kind: 'scenario' | 'fault', known: ReadonlyMap<string, unknown>, check: Check) {
  const pointer = `/${kind}`;
  return (value: unknown, violations: Violation[]): unknown => {
    if (isObject(value)) violations.push(...check(value, pointer));
    else if (typeof value !== 'string') {
      const allowed = `the name of a ${kind}, or a whole one`;
      violations.push({ message: `'${kind}' is neither.`, pointer, sent: sentValue(value), allowed });
    } else if (!known.has(value)) {
      violations.push({
        ...unknownName(kind, value, [...known.keys()], ''),
        pointer,
        sent: sentValue(value),
      });
    }
    return typeof value === 'string' ? known.get(value) : value;
  };
}

/** What does not go together in a rule, beyond what its schema says. */
function together(rule: Record<string, unknown>): Violation[] {
  const kinds = KINDS.filter((kind) => rule[kind] !== undefined);
  const isForJobs = FOR_ONE_JOB.includes(rule['operation'] as string);
  const wrong: [isWrong: boolean, name: string, allowed: string][] = [
    [rule['progress'] !== 'polls', 'polls', "with the progress 'polls' alone"],
    [rule['fault'] === undefined, 'operation', 'with a fault alone'],
    [rule['fault'] === undefined, 'job', 'with a fault alone'],
    [rule['operation'] !== undefined && !isForJobs, 'job', `with ${FOR_ONE_JOB.join(', ')}, or no operation`],
    [rule['nth'] !== undefined, 'times', 'without nth, which is one call'],
  ];
  const violations = wrong
    .filter(([isWrong, name]) => isWrong && rule[name] !== undefined)
    .map(([, name, allowed]) => ({
      message: `'${name}' does not go with the rest.`,
      pointer: `/${name}`,
      sent: rule[name],
      allowed,
    }));
  if (kinds.length === 1) return violations;
  const message =
    kinds.length === 0 ? 'The rule is about nothing.' : `The rule is about ${kinds.join(' and ')}.`;
  return [{ message, pointer: '', allowed: `one of ${KINDS.join(', ')}` }, ...violations];
}
