import { describe, expect, jest, test } from '@jest/globals';
import {
  storyChoice,
  type KnownScenarios,
  type StoryRules,
} from '../../../server/apis/segmentation/story-choice.js';
import { requestOf, scenarioOf } from '../../support/job-facts.js';

const PREFERRED = scenarioOf({ name: 'preferred' });
const BOUND = scenarioOf({ name: 'bound' });
const OF_A_RULE = scenarioOf({ name: 'of-a-rule' });
const DEFAULT = scenarioOf({ name: 'default' });
const MAGIC = requestOf({ destination: { datasetId: 'magic', segmentPerBatch: false } });
const BY_TIME = { progress: 'time', polls: 1 } as const;

const scenarios = {
  default: { ...DEFAULT, summary: 'The default.', boundTo: {} },
  get: (name: string) => (name === 'preferred' ? PREFERRED : undefined),
  boundTo: ({ destination }: { destination: { datasetId: string } }) =>
    destination.datasetId === 'magic' ? BOUND : undefined,
} as KnownScenarios;
const rules = (parts: Partial<StoryRules> = {}): StoryRules => ({
  scenarioFor: () => OF_A_RULE,
  progressFor: () => undefined,
  ...parts,
});

describe('the scenario of a new job', () => {
  test.each([
    ['preferred', 'preferred', MAGIC, rules()],
    ['bound', undefined, MAGIC, rules()],
    ['of-a-rule', undefined, requestOf(), rules()],
    ['default', undefined, requestOf(), rules({ scenarioFor: () => undefined })],
    ['default', undefined, requestOf(), undefined],
  ])('is the %s one', (expected, preferred, request, given) => {
    expect(storyChoice(scenarios, BY_TIME, given).choose(request, preferred).scenario.name).toBe(expected);
  });

  test('is asked of the rules each time, and they are told whether it will be heeded', () => {
    const scenarioFor = jest.fn(() => OF_A_RULE);
    const { choose } = storyChoice(scenarios, BY_TIME, rules({ scenarioFor }));
    for (const preferred of ['preferred', undefined]) {
      for (const request of [MAGIC, requestOf()]) choose(request, preferred);
    }
    expect(scenarioFor.mock.calls).toEqual([[false], [false], [false], [true]]);
  });

  test('is bound to it without what it is chosen by', () => {
    const { scenario } = storyChoice(scenarios, BY_TIME).choose(requestOf());
    expect(Object.keys(scenario)).toEqual(['name', 'newMs', 'processingMs', 'ending', 'cancel']);
  });
});

describe('by what a new job moves', () => {
  test.each([
    [BY_TIME, undefined, {}],
    [{ progress: 'hand', polls: 4 }, undefined, { progress: 'hand' }],
    [{ progress: 'polls', polls: 4 }, undefined, { progress: 'polls', polls: 4 }],
    [BY_TIME, { progress: 'polls', polls: 2 }, { progress: 'polls', polls: 2 }],
    [{ progress: 'hand', polls: 4 }, { progress: 'polls' }, { progress: 'polls', polls: 4 }],
    [{ progress: 'polls', polls: 4 }, { progress: 'time' }, {}],
  ] as const)('%j with the rule %j is %j', (pace, rule, expected) => {
    const { choose } = storyChoice(scenarios, pace, rules({ progressFor: () => rule }));
    for (const preferred of [undefined, 'preferred']) {
      const { scenario, ...moves } = choose(requestOf(), preferred);
      expect(scenario.name).toBe(preferred ?? 'of-a-rule');
      expect(moves).toEqual(expected);
    }
  });
});
