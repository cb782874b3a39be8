import type { RecordedCall } from './journal-entry.js';

/** Which entries are asked for. What is left out does not matter. */
export interface JournalFilter {
  /** An operationId. */
  operation?: string | undefined;
  /** The status that was answered. */
  status?: number | undefined;
  /** The id of the export job that the path names. */
  job?: number | undefined;
  /** Whether the contract was broken. */
  violations?: boolean | undefined;
  /** Whether that was marked as meant. */
  expected?: boolean | undefined;
  /** The name of the fault that was applied. */
  fault?: string | undefined;
  /** Only calls after the one of this id. */
  since?: number | undefined;
  /** The newest so many of those that are left. */
  limit?: number | undefined;
}

/** Which calls that broke the contract are meant. What is left out does not matter. */
export interface ViolationFilter {
  /** An operationId. */
  operation?: string | undefined;
  /** The status that was answered. */
  status?: number | undefined;
  /** The JSON pointer of one of its violations. */
  pointer?: string | undefined;
  /** The id of its entry. */
  id?: number | undefined;
}

const ID_IN_PATH = /\/export\/jobs\/([^/?]+)/;

export function passes(call: RecordedCall, filter: JournalFilter): boolean {
  const { operation, status, job, violations, expected, fault } = filter;
  return (
    (operation === undefined || call.operation === operation) &&
    (status === undefined || call.status === status) &&
    (job === undefined || ID_IN_PATH.exec(call.url)?.[1] === String(job)) &&
    (violations === undefined || isBroken(call) === violations) &&
    (expected === undefined || call.expected === expected) &&
    (fault === undefined || call.fault === fault)
  );
}

/** Whether a call's request broke the contract, without being expected to, and fits. */
export function canBeExpected(id: number, call: RecordedCall, filter: ViolationFilter): boolean {
  const { violations = [], expected, operation, status } = call;
  return (
    violations.length > 0 &&
    !expected &&
    (filter.id === undefined || filter.id === id) &&
    (filter.operation === undefined || filter.operation === operation) &&
    (filter.status === undefined || filter.status === status) &&
    (filter.pointer === undefined || violations.some(({ pointer }) => pointer === filter.pointer))
  );
}

function isBroken({ violations = [], answerViolations = [] }: RecordedCall): boolean {
  return violations.length + answerViolations.length > 0;
}
