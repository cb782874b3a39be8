import type { components } from '../../generated/control.js';
import type { Fault } from './fault.js';
import type { Scenario } from '../apis/segmentation/scenario.js';

type Schemas = components['schemas'];

/** Which calls a rule is for, and how often and how long it applies. What is left out limits nothing. */
export interface Aim {
  /** A fault without it is for all operations; scenarios and progress are for creates. */
  operation?: Schemas['OperationId'];
  /** The id of the job that calls are for. */
  job?: number;
  /** That call alone, of those that match since the rule was set: 1 is the first. A fault's `limit` is then passed over. */
  nth?: number;
  /** How often the rule applies before it ends; a fault's own `times` if left out. */
  times?: number;
  /** How long after it was set the rule ends, in milliseconds of real time; a fault's own `forMs` if left out. */
  forMs?: number;
}

/** How the jobs that are created move on; with `polls`, after so many appearances in a status. */
export interface ProgressChoice {
  progress: Schemas['Progress'];
  polls?: number;
}

/** A rule to be set: a scenario, a progress or a fault, and where it is aimed. */
export type NewRule = Aim & ({ scenario: Scenario } | { fault: Fault } | ProgressChoice);

/** A rule of a sandbox. */
export type Rule = NewRule & {
  id: string;
  /** How many calls it has applied to. */
  applied: number;
  /** Whether its count or its time is used up: it applies no more. */
  ended: boolean;
};

/** A rule as it is kept elsewhere, as JSON. */
export type RuleState = NewRule & {
  id: string;
  /** How many calls it was aimed at. */
  matched: number;
  applied: number;
  /** How much of the time that it has is used up, in milliseconds of real time. */
  usedMs?: number;
};

/** A call, as rules match it. */
export interface RuledCall {
  operation: string;
  job?: number | undefined;
}

/** A rule, and what has become of it. Instants in Unix milliseconds of real time. */
export interface KeptRule {
  id: string;
  rule: NewRule;
  setAt: number;
  matched: number;
  applied: number;
  /** The window that a fault's `limit` counts in, by its first call. */
  window?: { since: number; calls: number };
}

export function isAimedAt({ operation, job }: Aim, call: RuledCall): boolean {
  return (operation === undefined || operation === call.operation) && (job === undefined || job === call.job);
}

/** Counts a call that a rule is aimed at, and says whether the rule applies to it. */
export function countCall(kept: KeptRule, now: number): boolean {
  kept.matched++;
  const { nth } = kept.rule;
  if (nth !== undefined) return kept.matched === nth;
  const limit = faultOf(kept.rule)?.limit;
  if (!limit) return true;
  // The first call after a window opens the next: who waits for its length gets through, however often he knocked before.
  if (kept.window && now - kept.window.since < limit.inMs) kept.window.calls++;
  else kept.window = { since: now, calls: 1 };
  return kept.window.calls > limit.calls;
}

/** Whether a rule applies no more. */
export function hasEnded({ rule, setAt, matched, applied }: KeptRule, now: number): boolean {
  const { nth = Infinity, times = faultOf(rule)?.times ?? Infinity } = rule;
  return matched >= nth || applied >= times || now - setAt >= lifetimeOf(rule);
}

/** Whether a rule ends by applying. */
export function countsDown(rule: NewRule): boolean {
  return rule.times !== undefined || rule.nth !== undefined || faultOf(rule)?.times !== undefined;
}

/** How long a rule has from when it was set, in milliseconds of real time. */
export function lifetimeOf(rule: NewRule): number {
  return rule.forMs ?? faultOf(rule)?.forMs ?? Infinity;
}

function faultOf(rule: NewRule): Fault | undefined {
  return 'fault' in rule ? rule.fault : undefined;
}
