import type { JobFacts } from './stored-job.js';
import type { JobStore } from './job-store.js';
import { appeared } from './transitions.js';

/**
 * Counts that jobs appear in an answer, for those that move on by polls; they may then move on. It is done when this
 * returns, so that no other call comes in between. The answer is given once that is stored, or at once where nothing is
 * to be.
 *
 * @param shown the facts that the answer was made of, at `now`.
 */
export function onceCounted<Answer>(
  jobs: JobStore,
  shown: readonly JobFacts[],
  now: number,
  answer: Answer,
): Answer | Promise<Answer> {
  let changes: Promise<void>[] | undefined;
  for (const facts of shown) {
    const after = appeared(facts, now);
    if (after !== facts) (changes ??= []).push(jobs.replace(after));
  }
  return changes ? Promise.all(changes).then(() => answer) : answer;
}
