import { join } from 'node:path';
import type { components } from '../../../generated/control.js';
import type { Contract } from '../../../contract/contract.js';
import { unknownName } from '../../../contract/contract-violations.js';
import { OptionError } from '../../../contract/option-error.js';
import { packageRoot } from '../../../contract/package-root.js';
import { DataFileError, loadDataFiles } from '../../platform/data-files.js';
import { createChoiceReader, createConflict, type RuleKind } from '../../sandbox/rule-reader.js';
import type { Rules } from '../../sandbox/rules.js';
import type { CompleteRequest, JobScenario, Progress, Scenario } from './stored-job.js';

/** The scenarios that there are, in the order of their names, and the name of the default one. */
export type ScenarioList = components['schemas']['ScenarioList'];

export interface ScenarioOptions {
  /** A folder with the user's own. */
  scenarios?: string | undefined;
  /** The name of the default one. */
  scenario: string;
  /** The times of the default one, in milliseconds. */
  newMs?: number | undefined;
  processingMs?: number | undefined;
}

/** The scenarios of a mock. */
export interface Scenarios {
  /** What a job lives by where nothing else says. */
  readonly default: Scenario;
  readonly byName: ReadonlyMap<string, Scenario>;
  readonly list: () => ScenarioList;
  /** The scenario that the request's dataset, or else the first of its segments that has one, is bound to. */
  readonly findBound: (request: CompleteRequest) => Scenario | undefined;
}

const OWN_FOLDER = join(packageRoot, 'fixtures/scenarios');

/**
 * Loads the package's scenarios and those of a folder of the user's. One of the user's replaces the package's of the same
 * name. Rejects with DataFileError, or OptionError when there is no scenario of the default's name.
 */
export async function loadScenarios(
  { scenarios: folder, scenario, newMs, processingMs }: ScenarioOptions,
  control: Pick<Contract, 'schema'>,
): Promise<Scenarios> {
  const byName = await loadDataFiles<Scenario>({
    ownFolder: OWN_FOLDER,
    folders: folder === undefined ? [] : [folder],
    validate: control.schema('Scenario'),
    kind: 'scenario',
  });
  const chosen = byName.get(scenario);
  if (!chosen) {
    const { message, allowed } = unknownName('scenario', scenario, [...byName.keys()], '');
    throw new OptionError(`${message} Allowed: ${allowed}`);
  }
  const standard = {
    ...chosen,
    newMs: newMs ?? chosen.newMs,
    processingMs: processingMs ?? chosen.processingMs,
  };
  byName.set(standard.name, standard);
  const byDataset = listBound(byName, 'datasetIds', 'dataset');
  const bySegment = listBound(byName, 'segmentIds', 'segment');
  return {
    default: standard,
    byName,
    // A copy: jobs that are yet to be created live by them.
    list: () => structuredClone({ default: standard.name, scenarios: [...byName.values()] }),
    findBound: ({ destination, filter }) =>
      byDataset.get(destination.datasetId) ??
      (filter?.segments && findForSegments(filter.segments, bySegment)),
  };
}

function findForSegments(
  segments: { segmentId: string }[],
  bound: ReadonlyMap<string, Scenario>,
): Scenario | undefined {
  const segment = segments.find(({ segmentId }) => bound.has(segmentId));
  return segment && bound.get(segment.segmentId);
}

/** The scenarios by the ids of one kind that they are bound to. */
function listBound(
  scenarios: ReadonlyMap<string, Scenario>,
  ids: keyof NonNullable<Scenario['boundTo']>,
  kind: string,
): Map<string, Scenario> {
  const bound = new Map<string, Scenario>();
  for (const scenario of scenarios.values()) {
    for (const id of scenario.boundTo?.[ids] ?? []) {
      const other = bound.get(id);
      if (other && other !== scenario) {
        throw new DataFileError(
          `The scenarios ${other.name} and ${scenario.name} are both bound to the ${kind} ${JSON.stringify(id)}. ` +
            'Allowed: one scenario for each.',
        );
      }
      bound.set(id, scenario);
    }
  }
  return bound;
}

/** By what jobs move on, and at how many polls where that is by polls. */
export interface Progression {
  progress: Progress;
  polls: number;
}

/** What a new job lives by. */
export interface SelectedScenario {
  scenario: JobScenario;
  /** Absent: by time. */
  progress?: Exclude<Progress, 'time'>;
  /** In how many responses it appears in a status, by polls. Absent: one. */
  polls?: number;
}

/**
 * Chooses what a new job lives by, once for each.
 * @param preferred the name of the scenario that the request prefers, one that there is
 */
export type SelectScenario = (request: CompleteRequest, preferred?: string) => SelectedScenario;

/**
 * The scenario is the one that the request prefers, or that its ids are bound to, or that a rule of the sandbox names, or
 * the default; the progression is a rule's, or the given one.
 */
export function createScenarioSelector(
  scenarios: Pick<Scenarios, 'default' | 'byName' | 'findBound'>,
  progression: Progression,
  rules?: Pick<Rules, 'next'>,
): SelectScenario {
  return (request, preferred) => {
    const own =
      (preferred === undefined ? undefined : scenarios.byName.get(preferred)) ?? scenarios.findBound(request);
    const created = { operation: 'createExportJob' };
    const byRule = rules?.next('scenario', created, own === undefined)?.['scenario'] as Scenario | undefined;
    const { name, newMs, processingMs, outcome, cancel } = own ?? byRule ?? scenarios.default;
    const rule = rules?.next('progress', created) as Partial<Progression> | undefined;
    const { progress = progression.progress, polls = progression.polls } = rule ?? progression;
    return {
      scenario: { name, newMs, processingMs, outcome, cancel },
      ...(progress !== 'time' && { progress }),
      ...(progress === 'polls' && { polls }),
    };
  };
}

/** The rules that say what jobs live by. */
export function createScenarioRules(scenarios: Scenarios, control: Pick<Contract, 'schema'>): RuleKind[] {
  return [
    {
      name: 'scenario',
      read: createChoiceReader('scenario', scenarios.byName, control.schema('Scenario')),
    },
    {
      name: 'progress',
      findConflicts: (rule) =>
        rule['polls'] !== undefined && rule['progress'] !== 'polls'
          ? [createConflict(rule, 'polls', "with the progress 'polls' alone")]
          : [],
    },
  ];
}
