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
  /** Whether it cleans up: then it is asked, and waited for, when all else has stopped. */
  cleansUp?: boolean;
}

/** An answer; its body is without the properties that the contract does not know. */
export interface Reply extends Answer {
  operation: ContractOperation;
  call: TracedCall;
  /** Whether that one answer is as the contract says. */
  isSound: boolean;
  /** The statuses with which the same question was answered before, when it was repeated. */
  earlier: number[];
}

/** Throws Outage for an answer that any call may get, whatever it asks: it says nothing of what was asked. */
export function refuseOutage({ status }: Pick<Reply, 'status'>): void {
  if (status === 429 || status >= 500) throw new Outage(`the server answered ${status}`);
}

/** Something could not be checked. The message says why. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked';
}

/** It could not because the server failed. */
export class Outage extends NotChecked {}

/** The server has no answer. The message says why. */
export class NoAnswer extends Outage {}

/** It could not because all was to stop. */
export class Stopped extends NotChecked {
  constructor() {
    super('it was stopped');
  }
}

/** What was created is there still, or may be. The message says which. */
export class LeftBehind extends Error {
  override readonly name = 'LeftBehind';
}
