import type { ContractOperation } from '../contract/contract-operations.js';
import type { Answer } from './answer-check.js';
import type { TracedCall } from './finding.js';

/** A call of an operation. */
export interface Question {
  operation: string;
  id?: number | string;
  /** What stands after the path, with its question mark. */
  query?: string;
  /** Whether a slash stands before it. */
  slash?: boolean;
  headers?: Record<string, string>;
  /** Names of headers that are not sent. */
  omit?: string[];
  /** A text is sent as it stands, all else as JSON. */
  body?: unknown;
}

/** An answer; its body is without the properties that the contract does not know. */
export interface Reply extends Answer {
  operation: ContractOperation;
  call: TracedCall;
  /** Whether that one answer is as the contract says. */
  isSound: boolean;
}

/** What any call may be answered, whatever it asks: it says nothing of what was asked. */
const SAYS_NOTHING = [429, 500, 503];

/** Throws NotChecked for an answer that says nothing of what was asked. */
export function refuseOutage({ status }: Pick<Reply, 'status'>): void {
  if (SAYS_NOTHING.includes(status)) throw new NotChecked(`the server answered ${status}`);
}

/** Something could not be checked. The message says why. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked';
}

/** The server has no answer. The message says why. */
export class NoAnswer extends NotChecked {}
