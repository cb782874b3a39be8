import type { Contract } from './contract.js';
import type { ExportJob, JobFacts } from './domain/export-job.js';
import { viewAt, viewWhenCreated } from './domain/lifecycle.js';
import type { CheckFacts } from './storage/kept-sandboxes.js';

/** Later than any story of a job ends, in Unix milliseconds. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** Holds facts that were kept to the contract: they are sound when what is shown of them is what it allows. */
export function factsCheck(contract: Contract): CheckFacts {
  const check = contract.schema('ExportJob');
  return (facts) => {
    try {
      const { id, creationTime, cancelRequestedAt = 0 } = facts;
      if (!Number.isSafeInteger(cancelRequestedAt)) return "'cancelRequestedAt' is not an integer";
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

/** How a job looks first and last; what it shows in between is the same. */
function viewsOf(facts: JobFacts): (ExportJob | undefined)[] {
  if (facts.story === 'recorded') return [facts.view];
  const { newMs, processingMs } = facts.scenario;
  if (!(newMs >= 0 && processingMs >= 0)) throw new Error('its scenario takes no time that is one');
  const finished = { ...facts };
  delete finished.cancelRequestedAt;
  return [viewWhenCreated(facts), viewAt(finished, END_OF_TIME)];
}
