import type { components } from '../../generated/control.js';
import type { Check } from '../../contract/contract-schemas.js';
import { Clock } from './clock.js';
import type { JobFacts } from '../apis/segmentation/stored-job.js';
import type { JobStore } from '../apis/segmentation/job-store.js';
import { OptionError } from '../../contract/option-error.js';
import type { SandboxSettings } from './sandbox-settings.js';

/** The state of a sandbox as one JSON document. */
export type SandboxState = components['schemas']['SandboxState'];

export interface StateChecks {
  /** Holds a document to its schema. */
  state: Check;
  /** Says what is wrong with the facts of a job: nothing when they are sound. */
  facts: (facts: JobFacts) => string | undefined;
}

export function exportState(jobs: JobStore, settings: SandboxSettings): SandboxState {
  // A copy: facts are never to be changed.
  return structuredClone({ format: 1, ...settings.state(), ...jobs.kept() } as SandboxState);
}

/** Takes a sandbox to what a document says, all of it or nothing. Rejects with OptionError for what is no sound state. */
export async function importState(
  given: unknown,
  {
    org,
    jobs,
    settings,
    checks,
  }: { org: string; jobs: JobStore; settings: SandboxSettings; checks: StateChecks },
): Promise<void> {
  const [violation] = checks.state(given, '', 'first');
  if (violation) throw notSound(violation.pointer ?? '', violation.message, violation.allowed);
  const state = structuredClone(given) as SandboxState;
  const facts = (state.jobs as JobFacts[]).map((each) => ofOrganisation(each, org));
  checkJobs(facts, state.lastId, checks);
  const { clock, rules } = state;
  if (clock.frozen && clock.at === undefined)
    throw notSound('/clock/at', 'A clock that stands still needs one.');
  // Throws for one that can not be: the other is not to be touched then.
  new Clock().restore(clock);
  await jobs.restore({ jobs: facts, lastId: state.lastId, settings: { clock, rules } }, () =>
    settings.take({ clock, rules }),
  );
}

function ofOrganisation(facts: JobFacts, imsOrgId: string): JobFacts {
  return facts.story === 'timed' ? { ...facts, imsOrgId } : { ...facts, view: { ...facts.view, imsOrgId } };
}

function checkJobs(jobs: JobFacts[], lastId: number, { facts }: StateChecks): void {
  const ids = new Set<number>();
  for (const [index, job] of jobs.entries()) {
    const place = `/jobs/${index}`;
    if (ids.has(job.id)) throw notSound(`${place}/id`, `Another job has the id ${job.id} too.`);
    if (job.id > lastId) throw notSound(`${place}/id`, `It is ${job.id}, and the last id ${lastId}.`);
    ids.add(job.id);
    const wrong = facts(job);
    if (wrong !== undefined) throw notSound(place, wrong);
  }
}

function notSound(pointer: string, message: string, allowed = 'a state as it was exported'): OptionError {
  return new OptionError(
    `The state is not sound at ${pointer === '' ? 'the whole' : pointer}: ${message} Allowed: ${allowed}`,
  );
}
