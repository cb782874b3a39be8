import type { CompleteRequest, Progress } from './stored-job.js';
import type { JobScenario, Scenario } from './scenario.js';

/** What a new job is given to live by. */
export interface Story {
  scenario: JobScenario;
  /** Absent: by time. */
  progress?: Exclude<Progress, 'time'>;
  /** How many appearances in a status by polls. Absent: one. */
  polls?: number;
}

/** Chooses the story of a new job, and is asked once for each. */
export interface StoryChoice {
  /** @param preferred the name of the scenario that the call prefers, one that there is. */
  choose(request: CompleteRequest, preferred?: string): Story;
}

/** The scenarios that there are. */
export interface KnownScenarios {
  /** What a job lives by where nothing else says. */
  readonly default: Scenario;
  get(name: string): Scenario | undefined;
  /** The scenario that the request's dataset, or else the first of its segments that has one, is bound to. */
  boundTo(request: CompleteRequest): Scenario | undefined;
}

/** By what jobs move on, and at how many appearances where that is by polls. */
export interface Pace {
  progress: Progress;
  polls: number;
}

/** What a sandbox has been told about the jobs that it creates. Asked once for each. */
export interface StoryRules {
  /** @param mayApply false where the job has another already, and the answer will not be heeded. */
  scenarioFor(mayApply: boolean): JobScenario | undefined;
  progressFor(): Partial<Pace> | undefined;
}

/**
 * The scenario is the one that the call prefers, or that its ids are bound to, or that a rule has, or the default; the
 * pace is a rule's, or the given one.
 */
export function storyChoice(scenarios: KnownScenarios, pace: Pace, rules?: StoryRules): StoryChoice {
  return {
    choose(request, preferred) {
      const called = preferred === undefined ? undefined : scenarios.get(preferred);
      const asked = called ?? scenarios.boundTo(request);
      const ruled = rules?.scenarioFor(asked === undefined);
      const { name, newMs, processingMs, ending, cancel } = asked ?? ruled ?? scenarios.default;
      const { progress = pace.progress, polls = pace.polls } = rules?.progressFor() ?? pace;
      return {
        scenario: { name, newMs, processingMs, ending, cancel },
        ...(progress !== 'time' && { progress }),
        ...(progress === 'polls' && { polls }),
      };
    },
  };
}
