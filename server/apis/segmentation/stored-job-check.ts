import type { Contract } from '../../../contract/contract.js';
import { isFinished, renderJob, renderNewJob } from './lifecycle.js';
import type { ExportJob, StoredJob } from './stored-job.js';
import { finish } from './transitions.js';

/** Later than any scenario ends, in Unix milliseconds. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** A stored job is valid when the contract allows everything that is shown of it. */
export function createJobCheck(contract: Pick<Contract, 'schema'>): (job: StoredJob) => string | undefined {
  const validate = contract.schema('ExportJob');
  return (stored) => {
    try {
      const { id, creationTime } = stored;
      const problem = findInvalidMember(stored);
      if (problem !== undefined) return problem;
      for (const job of renderFirstAndLast(stored)) {
        if (job?.id !== id || job.creationTime !== creationTime) return 'it would be shown as another job';
        const [violation] = validate(job, '', 'first');
        if (violation) {
          return `it would be shown as a job that breaks the contract at ${violation.pointer ?? ''}: ${violation.message}`;
        }
      }
      return undefined;
    } catch (error) {
      return `it cannot be shown: ${(error as Error).message}`;
    }
  };
}

/** What is wrong with the members that are never shown. */
function findInvalidMember({ cancelRequestedAt, progress, polls, seen }: StoredJob): string | undefined {
  for (const [name, value, min] of [
    ['cancelRequestedAt', cancelRequestedAt, Number.MIN_SAFE_INTEGER],
    ['polls', polls, 1],
    ['seen', seen, 0],
  ] as const) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= min)) {
      return `'${name}' is not an integer${min >= 0 ? ` from ${min}` : ''}`;
    }
  }
  if (progress !== undefined && !['polls', 'hand'].includes(progress)) {
    return "'progress' is neither polls nor hand";
  }
  return undefined;
}

/** How a job looks first and last; what it shows in between is the same. */
function renderFirstAndLast({ ...stored }: StoredJob): Iterable<ExportJob | undefined> {
  delete stored.cancelRequestedAt;
  const last = renderJob(stored, END_OF_TIME);
  if (stored.kind === 'static') return new Set([stored.job, last]);
  const { newMs, processingMs } = stored.scenario;
  if (![newMs, processingMs].every((ms) => ms === null || ms >= 0)) {
    throw new Error('the times of its scenario are not all 0 or more');
  }
  const isEnded = last !== undefined && isFinished(last);
  return [renderNewJob(stored), isEnded ? last : renderJob(finish(stored, END_OF_TIME), END_OF_TIME)];
}
