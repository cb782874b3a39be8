import { join } from 'node:path';
import type { Check } from '../../../contract/contract-schemas.js';
import { unknownName } from '../../../contract/contract-violations.js';
import { DataFileError, loadDataFiles } from '../../sandbox/data-files.js';
import type { CompleteRequest } from './stored-job.js';
import type { Scenario, ScenarioList } from './scenario.js';
import type { KnownScenarios } from './story-choice.js';
import { OptionError } from '../../../contract/option-error.js';
import type { MockServerOptions } from '../../options.js';
import { packageRoot } from '../../../contract/package-root.js';

/** The scenarios of a mock. */
export interface Scenarios extends KnownScenarios {
  readonly byName: ReadonlyMap<string, Scenario>;
  readonly names: readonly string[];
  list(): ScenarioList;
}

const OWN_FOLDER = join(packageRoot, 'fixtures/scenarios');
const DEFAULT_NAME = 'succeeds';

/**
 * Loads the package's scenarios and those of a folder of the user's, each held to `check`, the schema of scenarios. One
 * of the user's replaces the package's of the same name. The default one takes the times that the options give. Rejects
 * with DataFileError, or OptionError when there is no scenario of the default's name.
 */
export async function loadScenarios(
  options: Pick<MockServerOptions, 'scenarios' | 'scenario' | 'newMs' | 'processingMs'>,
  check: Check,
): Promise<Scenarios> {
  const folders = options.scenarios === undefined ? [] : [options.scenarios];
  const byName = await loadDataFiles<Scenario>({
    ownFolder: OWN_FOLDER,
    folders,
    schemaCheck: check,
    kind: 'scenario',
  });
  const standard = withTimes(defaultOf(byName, options.scenario ?? DEFAULT_NAME), options);
  byName.set(standard.name, standard);
  const byDataset = boundIn(byName, 'datasetIds', 'dataset');
  const bySegment = boundIn(byName, 'segmentIds', 'segment');
  return {
    default: standard,
    byName,
    names: [...byName.keys()],
    // A copy: jobs that are yet to be created live by them.
    list: () => structuredClone({ default: standard.name, scenarios: [...byName.values()] }),
    get: (name) => byName.get(name),
    boundTo: ({ destination, filter }: CompleteRequest) =>
      byDataset.get(destination.datasetId) ?? ofSegments(filter?.segments, bySegment),
  };
}

function ofSegments(
  segments: { segmentId: string }[] | undefined,
  bound: Map<string, Scenario>,
): Scenario | undefined {
  const segment = segments?.find(({ segmentId }) => bound.has(segmentId));
  return segment && bound.get(segment.segmentId);
}

function defaultOf(byName: Map<string, Scenario>, name: string): Scenario {
  const scenario = byName.get(name);
  if (scenario) return scenario;
  const { message, allowed } = unknownName('scenario', name, [...byName.keys()], '');
  throw new OptionError(`${message} Allowed: ${allowed}`);
}

function withTimes(scenario: Scenario, { newMs, processingMs }: MockServerOptions): Scenario {
  return {
    ...scenario,
    newMs: newMs ?? scenario.newMs,
    processingMs: processingMs ?? scenario.processingMs,
  };
}

/** The scenarios by the ids of one kind that they are bound to. */
function boundIn(
  scenarios: Map<string, Scenario>,
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
