import type { Contract } from '../../../contract/contract.js';
import type { ExportJob, JobFacts } from './stored-job.js';
import { viewWhenCreated } from './job-view.js';
import { isFinished, viewAt } from './lifecycle.js';
import { finished } from './transitions.js';
import type { CheckFacts } from '../../storage/kept-sandboxes.js';

/** Later than any story of a job ends, in Unix milliseconds. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** Holds facts that were kept to the contract: they are sound when what is shown of them is what it allows. */
export function factsCheck(contract: Contract): CheckFacts {
  const check = contract.schema('ExportJob');
  return (facts) => {
    try {
      const { id, creationTime } = facts;
      const unsound = unsoundMember(facts);
      if (unsound !== undefined) return unsound;
      for (const view of viewsOf(facts)) {
        if (view?.id !== id || view.creationTime !== creationTime) return 'its view is of another job';
        const [violation] = check(view, '', 'first');
        if (violation)
          return `its view breaks the contract at ${violation.pointer ?? ''}: ${violation.message}`;
      }
      return undefined;
    } catch (error) {
      return `it has no view: ${(error as Error).message}`;
    }
  };
}

/** What is wrong with the facts that no view shows. */
function unsoundMember({ cancelRequestedAt, progress, polls, seen }: JobFacts): string | undefined {
  for (const [name, value, least] of [
    ['cancelRequestedAt', cancelRequestedAt, Number.MIN_SAFE_INTEGER],
    ['polls', polls, 1],
    ['seen', seen, 0],
  ] as const) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least)) {
      return `'${name}' is not an integer${least >= 0 ? ` from ${least}` : ''}`;
    }
  }
  if (progress !== undefined && !['polls', 'hand'].includes(progress)) {
    return "'progress' is neither polls nor hand";
  }
  return undefined;
}

/** How a job looks first and last; what it shows in between is the same. */
function viewsOf({ ...facts }: JobFacts): Iterable<ExportJob | undefined> {
  delete facts.cancelRequestedAt;
  const last = viewAt(facts, END_OF_TIME);
  if (facts.story === 'recorded') return new Set([facts.view, last]);
  const { newMs, processingMs } = facts.scenario;
  if (![newMs, processingMs].every(isTime)) throw new Error('its scenario takes no time that is one');
  const isEnded = last !== undefined && isFinished(last);
  return [viewWhenCreated(facts), isEnded ? last : viewAt(finished(facts, END_OF_TIME), END_OF_TIME)];
}

function isTime(milliseconds: number | null): boolean {
  return milliseconds === null || milliseconds >= 0;
}
