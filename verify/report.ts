import type { Finding, Findings } from './finding.js';

export interface Outcome {
  title: string;
  result: 'passed' | 'failed' | 'not checked';
  /** What was looked at, or why it could not be. */
  note: string;
  /** Present when not all of it could be looked at because the server answered 429, 5xx or nothing. */
  serverFailed?: true;
}

/**
 * `interrupted` when it was stopped before it found anything; `incomplete` when the server failed, or no check at all
 * could be made.
 */
export type Verdict = 'passed' | 'failed' | 'interrupted' | 'incomplete';

export interface Report {
  package: { name: string; version: string };
  contract: { version: string; hash: string };
  server: string;
  mode: 'read-only' | 'write';
  calls: number;
  budget: number;
  verdict: Verdict;
  checks: Outcome[];
  /** The ids of export jobs that were created, and could not be cancelled. */
  leftBehind: string[];
  findings: Finding[];
}

/** What all of it comes to. */
export function verdictOf(
  checks: Outcome[],
  findings: Findings,
  { isStrict, isStopped }: { isStrict: boolean; isStopped: boolean },
): Verdict {
  const isFailed = findings.count('contradiction') > 0 || (isStrict && findings.count('news') > 0);
  if (isFailed || checks.some(({ result }) => result === 'failed')) return 'failed';
  if (isStopped) return 'interrupted';
  const isUnknown = checks.every(({ result }) => result === 'not checked');
  return isUnknown || checks.some(({ serverFailed }) => serverFailed) ? 'incomplete' : 'passed';
}
