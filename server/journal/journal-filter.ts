import type { components } from '../../generated/control.js';
import type { RecordedCall } from './journal-entry.js';

type OperationId = components['schemas']['OperationId'];

/** Which of the last calls are meant. Each part that is given narrows it. */
export interface JournalFilter {
  operation?: OperationId | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  /** The id of the export job that the call was for. */
  job?: number | undefined;
  /** Whether the call, or its answer, broke the contract. */
  violations?: boolean | undefined;
  /** Whether that was marked as meant. */
  expected?: boolean | undefined;
  /** The name of the fault that was applied to it. */
  fault?: string | undefined;
  /** Later ones than the entry of this id. */
  since?: number | undefined;
  /** The newest so many. */
  limit?: number | undefined;
}

/** Which calls that broke the contract are meant. Each part that is given narrows it. */
export interface ViolationFilter {
  operation?: OperationId | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  /** The JSON pointer of a violation, such as `/query/limit`. */
  pointer?: string | undefined;
  /** The id of the entry. */
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
