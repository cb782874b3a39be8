import { systemTime, type TimeSource } from './clock.js';
import type { Fault } from './fault.js';
import {
  countCall,
  countsDown,
  hasEnded,
  isAimedAt,
  lifetimeOf,
  type KeptRule,
  type NewRule,
  type ProgressChoice,
  type Rule,
  type RuledCall,
  type RuleState,
} from './rule.js';
import type { Scenario } from '../apis/segmentation/scenario.js';

const CREATE: RuledCall = { operation: 'createExportJob' };

/**
 * The rules of one sandbox: which scenario, progress or fault holds for which calls. The newest that applies wins. Every
 * call that a rule is aimed at is counted for it, whichever wins, until the rule ends.
 */
export class Rules {
  /** The newest first. */
  #rules: KeptRule[] = [];
  #lastId = 0;
  #faulted = 0;
  readonly #listeners: (() => void)[] = [];

  /** @param beginning the rules that there are at first, the oldest first. */
  constructor(
    private readonly beginning: readonly NewRule[] = [],
    private readonly realTime: TimeSource = systemTime,
  ) {
    this.reset();
  }

  get size(): number {
    return this.#rules.length;
  }

  /** How many calls met a fault so far. Chance in faults follows from it, so that a run repeats. */
  get faulted(): number {
    return this.#faulted;
  }

  /** The newest first. */
  list(): Rule[] {
    const now = this.realTime();
    return this.#rules.map((kept) => shown(kept, now));
  }

  add(rule: NewRule): Rule {
    const setAt = this.realTime();
    const id = `r${++this.#lastId}`;
    const kept = { id, rule: structuredClone(rule), setAt, matched: 0, applied: 0 };
    this.#rules.unshift(kept);
    this.#changed();
    return shown(kept, setAt);
  }

  /** Says whether there was such a rule. */
  remove(id: string): boolean {
    const index = this.#rules.findIndex((kept) => kept.id === id);
    if (index < 0) return false;
    this.#rules.splice(index, 1);
    this.#changed();
    return true;
  }

  /** Removes all rules. Their ids are not given again. */
  clear(): void {
    this.#rules = [];
    this.#changed();
  }

  /** Takes the rules back to those that there were at first. */
  reset(): void {
    this.#rules = [];
    this.#lastId = 0;
    this.#faulted = 0;
    for (const rule of this.beginning) this.add(rule);
    this.#changed();
  }

  /** Calls back whenever rules were set or removed, or one has applied. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The rules as they are kept in snapshots and exports, the newest first. A window that a `limit` counts in is not. */
  state(): RuleState[] {
    const now = this.realTime();
    return this.#rules.map(({ id, rule, setAt, matched, applied }) => {
      const lifetime = lifetimeOf(rule);
      const usedMs = Math.max(0, Math.min(now - setAt, lifetime));
      return { ...structuredClone(rule), id, matched, applied, ...(lifetime < Infinity && { usedMs }) };
    });
  }

  /** Puts rules that were kept in place of those that there are. Time goes on for them from now. */
  restore(states: readonly RuleState[]): void {
    const now = this.realTime();
    this.#rules = states.map(({ id, matched, applied, usedMs = 0, ...rule }) => {
      return { id, rule: structuredClone(rule), setAt: now - usedMs, matched, applied };
    });
    // An id that was given is not given again, be it of a rule that is gone.
    this.#lastId = Math.max(this.#lastId, ...states.map(({ id }) => Number(id.slice(1))));
  }

  /**
   * The scenario of a job that is being created, if a rule has one. To be asked once for each create.
   * @param mayApply false where the job has another already: the create is counted all the same.
   */
  scenarioFor(mayApply = true): Scenario | undefined {
    const rule = this.#next('scenario', CREATE, mayApply);
    return rule && 'scenario' in rule ? rule.scenario : undefined;
  }

  /** How a job that is being created moves on, if a rule says it. To be asked once for each create. */
  progressFor(): ProgressChoice | undefined {
    const rule = this.#next('progress', CREATE);
    if (!rule || !('progress' in rule)) return undefined;
    const { progress, polls } = rule;
    return { progress, ...(polls !== undefined && { polls }) };
  }

  /**
   * The fault that a call meets, if any. To be asked once for each call.
   * @param asked the one that the call itself asks for, or that it asks for none: the call is counted all the same.
   */
  faultFor(call: RuledCall, asked?: Fault | 'none'): Fault | undefined {
    const rule = this.#next('fault', call, asked === undefined);
    const fault = rule && 'fault' in rule ? rule.fault : asked;
    if (fault === undefined || fault === 'none') return undefined;
    this.#faulted++;
    return fault;
  }

  /** Counts a call, and gives the rule that applies to it, unless none may. */
  #next(kind: 'scenario' | 'progress' | 'fault', call: RuledCall, mayApply = true): NewRule | undefined {
    if (this.#rules.length === 0) return undefined;
    const now = this.realTime();
    let winner: KeptRule | undefined;
    for (const kept of this.#rules) {
      if (!(kind in kept.rule) || !isAimedAt(kept.rule, call) || hasEnded(kept, now)) continue;
      if (countCall(kept, now)) winner ??= kept;
    }
    if (!winner || !mayApply) return undefined;
    winner.applied++;
    // Who only applies and never ends is as it was kept.
    if (countsDown(winner.rule)) this.#changed();
    return winner.rule;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function shown(kept: KeptRule, now: number): Rule {
  const { id, rule, applied } = kept;
  return { ...structuredClone(rule), id, applied, ended: hasEnded(kept, now) };
}
