import type { Question, Reply } from './question.js';

const LONGEST_WAIT_IN_S = 30;
const MOST_TRIES = 3;

/** How many milliseconds to wait before a question is asked again; undefined when it is not, after so many tries. */
export function waitAfter(
  { status, headers }: Pick<Reply, 'status' | 'headers'>,
  { operation }: Question,
  tries: number,
): number | undefined {
  // After a 503 it is not known whether a job was created.
  const isBusy = status === 429 || (status === 503 && operation !== 'createExportJob');
  const seconds = Number(headers['retry-after'] ?? 1);
  return isBusy && tries < MOST_TRIES && seconds <= LONGEST_WAIT_IN_S ? seconds * 1000 : undefined;
}
