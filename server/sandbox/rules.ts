import type { components } from '../../generated/control.js';
import { systemTime, type TimeSource } from './clock.js';

/** What goes wrong with requests, as data. Times are real ones, in milliseconds. */
export type Fault = components['schemas']['Fault'];

/** Which requests a rule is for, and how often and how long it applies. What is left out limits nothing. */
export interface RuleAim {
  operation?: string;
  /** That request alone, of those that match since the rule was set: 1 is the first. A fault's `limit` is then ignored. */
  nth?: number;
  /** How often the rule applies before it ends; a fault's own `times` if left out. */
  times?: number;
  /** How long after it was set the rule ends, in milliseconds of real time; a fault's own `forMs` if left out. */
  forMs?: number;
}

/**
 * A rule to be set. It has one member that says what it sets, `fault` or one of those that an api brings, and may have
 * members that name a resource of an api, such as `job`.
 */
export type NewRule = RuleAim & { fault?: Fault } & Record<string, unknown>;

/** A rule of a sandbox. */
export type Rule = NewRule & {
  id: string;
  /** How many requests it has applied to. */
  applied: number;
  /** Whether its count or its time is used up: it applies no more. */
  ended: boolean;
};

/** A rule as JSON in exports and snapshots. */
export type RuleState = NewRule & {
  id: string;
  /** How many requests it was aimed at. */
  matched: number;
  applied: number;
  /** How much of its time is used up, in milliseconds of real time. */
  usedMs?: number;
};

/** A request, as rules match it. */
export interface RuledRequest {
  operation: string;
  /** The ids of the resources that it is for, by their names: `{ job: 100 }`. */
  resources?: Record<string, unknown> | undefined;
}

/** A rule and what has become of it. Instants in Unix milliseconds of real time. */
interface ActiveRule {
  id: string;
  rule: NewRule;
  setAt: number;
  matched: number;
  applied: number;
  /** The window that a fault's `limit` counts in, from its first request on. */
  window?: { since: number; requests: number };
}

/** The rules at a moment: `revert` takes them back to it. */
export interface RulesMemento {
  rules: readonly ActiveRule[];
  lastId: number;
}

/**
 * The rules of one sandbox. The newest that applies wins. Every request that a rule is aimed at is counted for it,
 * whichever wins, until the rule ends.
 */
export class Rules {
  /** The newest first. */
  #rules: readonly ActiveRule[] = [];
  #lastId = 0;
  #faulted = 0;
  readonly #listeners: (() => void)[] = [];

  /**
   * @param initial the rules that there are at first, the oldest first
   * @param resourceNames the members of a rule that name a resource
   */
  constructor(
    private readonly initial: readonly NewRule[] = [],
    private readonly resourceNames: readonly string[] = [],
    private readonly realTime: TimeSource = systemTime,
  ) {
    this.reset();
  }

  get size(): number {
    return this.#rules.length;
  }

  /** How many requests met a fault so far. Chance in faults follows from it, so that a run repeats. */
  get faulted(): number {
    return this.#faulted;
  }

  /** The newest first. */
  list(): Rule[] {
    const now = this.realTime();
    return this.#rules.map((active) => toRule(active, now));
  }

  add(rule: NewRule): Rule {
    const active = this.#create(rule);
    this.#rules = [active, ...this.#rules];
    this.#changed();
    return toRule(active, active.setAt);
  }

  /** Says whether there was such a rule. */
  remove(id: string): boolean {
    const others = this.#rules.filter((active) => active.id !== id);
    if (others.length === this.#rules.length) return false;
    this.#rules = others;
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
    this.#lastId = 0;
    this.#faulted = 0;
    this.#rules = this.initial.map((rule) => this.#create(rule)).reverse();
    this.#changed();
  }

  /** Calls back whenever rules were set or removed, or one has applied that ends by applying. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** The rules as JSON, the newest first, without the windows that limits count in. */
  toState(): RuleState[] {
    const now = this.realTime();
    return this.#rules.map(({ id, rule, setAt, matched, applied }) => {
      const lifetimeMs = getLifetimeMs(rule);
      const usedMs = Math.max(0, Math.min(now - setAt, lifetimeMs));
      return { ...structuredClone(rule), id, matched, applied, ...(lifetimeMs < Infinity && { usedMs }) };
    });
  }

  /** Puts rules in place of those that there are. Time goes on for them from now. */
  restore(states: readonly RuleState[]): void {
    const now = this.realTime();
    this.#rules = states.map(({ id, matched, applied, usedMs = 0, ...rule }) => {
      return { id, rule: structuredClone(rule), setAt: now - usedMs, matched, applied };
    });
    // An id that was given is not given again, not even that of a rule that is gone.
    this.#lastId = Math.max(this.#lastId, ...states.map(({ id }) => Number(id.slice(1))));
  }

  get memento(): RulesMemento {
    return { rules: this.#rules, lastId: this.#lastId };
  }

  /** Takes the rules back to those before a change that could not be stored. What was counted meanwhile stays counted. */
  revert({ rules, lastId }: RulesMemento): void {
    this.#rules = rules;
    this.#lastId = lastId;
  }

  /**
   * Counts a request, and gives the rule of a kind (the name of its member) that applies to it, if any.
   * @param mayApply false where the request has another already: it is counted all the same
   */
  next(kind: string, request: RuledRequest, mayApply = true): NewRule | undefined {
    if (this.#rules.length === 0) return undefined;
    const now = this.realTime();
    let winner: ActiveRule | undefined;
    for (const active of this.#rules) {
      if (!(kind in active.rule) || !this.#isAimedAt(active.rule, request) || hasEnded(active, now)) continue;
      if (countRequest(active, now)) winner ??= active;
    }
    if (!winner || !mayApply) return undefined;
    winner.applied++;
    // An unlimited rule has nothing new to store.
    if (isLimited(winner.rule)) this.#changed();
    return winner.rule;
  }

  /**
   * The fault that a request meets, if any. To be called once for each request.
   * @param preferred the one that the request itself prefers, or 'none': it is counted all the same
   */
  nextFault(request: RuledRequest, preferred?: Fault | 'none'): Fault | undefined {
    const fault = this.next('fault', request, preferred === undefined)?.fault ?? preferred;
    if (fault === undefined || fault === 'none') return undefined;
    this.#faulted++;
    return fault;
  }

  #create(rule: NewRule): ActiveRule {
    const id = `r${++this.#lastId}`;
    return { id, rule: structuredClone(rule), setAt: this.realTime(), matched: 0, applied: 0 };
  }

  #isAimedAt(rule: NewRule, { operation, resources }: RuledRequest): boolean {
    if (rule.operation !== undefined && rule.operation !== operation) return false;
    return this.resourceNames.every((name) => rule[name] === undefined || rule[name] === resources?.[name]);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Counts a request that a rule is aimed at, and says whether the rule applies to it. */
function countRequest(active: ActiveRule, now: number): boolean {
  active.matched++;
  const { nth, fault } = active.rule;
  if (nth !== undefined) return active.matched === nth;
  const limit = fault?.limit;
  if (!limit) return true;
  // The first request after a window opens the next one: who waits for its length gets through.
  if (active.window && now - active.window.since < limit.inMs) active.window.requests++;
  else active.window = { since: now, requests: 1 };
  return active.window.requests > limit.calls;
}

/** Whether a rule applies no more. */
function hasEnded({ rule, setAt, matched, applied }: ActiveRule, now: number): boolean {
  const { nth = Infinity, times = rule.fault?.times ?? Infinity } = rule;
  return matched >= nth || applied >= times || now - setAt >= getLifetimeMs(rule);
}

/** Whether a rule ends by applying. */
function isLimited({ times, nth, fault }: NewRule): boolean {
  return times !== undefined || nth !== undefined || fault?.times !== undefined;
}

/** How long a rule has from when it was set, in milliseconds of real time. */
function getLifetimeMs({ forMs, fault }: NewRule): number {
  return forMs ?? fault?.forMs ?? Infinity;
}

function toRule(active: ActiveRule, now: number): Rule {
  const { id, rule, applied } = active;
  return { ...structuredClone(rule), id, applied, ended: hasEnded(active, now) };
}
