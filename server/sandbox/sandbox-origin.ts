import type { Contract } from '../../contract/contract.js';
import type { Fault } from './fault.js';
import { parseInstant } from '../../contract/instant.js';
import { seededRandom } from './random.js';
import { factsCheck } from '../apis/segmentation/stored-job-check.js';
import { beginningWith, loadFaults } from './faults.js';
import { Journals } from '../journal/journals.js';
import type { MockServerOptions } from '../options.js';
import { ruleReader } from './rule-check.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { SandboxOrigin } from './sandbox.js';
import { loadScenarios, type Scenarios } from '../apis/segmentation/scenarios.js';
import { loadSeed } from '../apis/segmentation/seed.js';

/** What sandboxes begin with, but for what keeps them. */
export interface Beginning {
  origin: Omit<SandboxOrigin, 'openStore'>;
  scenarios: Scenarios;
  faults: ReadonlyMap<string, Fault>;
}

/** Loads what sandboxes begin with, as the options have it. Rejects with OptionError or DataFileError. */
export async function loadBeginning(
  options: MockServerOptions,
  { contract, control }: { contract: Contract; control: Contract },
  randomSeed: string,
): Promise<Beginning> {
  const { seed = 'documented', clock, progress = 'time', polls = 1, fault, journal, recordRun } = options;
  const faults = await loadFaults(control, options.faults);
  const scenarios = await loadScenarios(options, control.schema('Scenario'));
  const frozenAt = clock === undefined ? undefined : parseInstant(clock);
  const rules = {
    beginning: beginningWith(fault, faults),
    read: ruleReader(control, { scenarios: scenarios.byName, faults }),
  };
  const journals = new Journals(contract, journal, frozenAt);
  if (recordRun) journals.beginRun();
  const origin = {
    seed: await loadSeed(seed, contract),
    scenarios,
    pace: { progress, polls },
    rules,
    frozenAt,
    // A number that was asked for gives each sandbox the same, whatever a test has called it.
    randomOf: ({ org, name }: SandboxName) =>
      seededRandom(options.randomSeed === undefined ? `${randomSeed}\n${org}\n${name}` : randomSeed),
    journals,
    checks: { state: control.schema('SandboxState'), facts: factsCheck(contract) },
  };
  return { origin, scenarios, faults };
}
