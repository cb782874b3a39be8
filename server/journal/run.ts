import type { components } from '../../generated/control.js';
import type { SandboxName } from '../platform/sandbox-name.js';

type Entry = components['schemas']['JournalEntry'];

/** A call of a run that broke the contract: what the journal of its sandbox says of it, headers and bodies left out. */
export interface RunCall extends Pick<Entry, 'id' | 'operation' | 'requestId' | 'violations'> {
  readonly sandbox: SandboxName;
  /** When it was answered, in real time, as RFC 3339 writes it. */
  readonly realTime: string;
  readonly method: string;
  /** Path and query as sent. */
  readonly url: string;
  /** Absent when the connection was broken in place of an answer. */
  readonly status?: number;
}

/** Calls of a run: how many there were, and the newest 1000 of them, oldest first. */
export interface RunCalls {
  readonly count: number;
  readonly newest: readonly RunCall[];
}

/** All calls of a mock, whatever became of the journals that they were recorded in. */
export interface Run {
  readonly calls: number;
  /** Calls that a fault was applied to. They are not among the next two, whatever was wrong with them. */
  readonly faulted: number;
  /** Calls that broke the contract, or whose answer would have. */
  readonly unexpected: RunCalls;
  /** The same of calls that are marked as meant to. */
  readonly expected: RunCalls;
  /** What of the contract the calls of all sandboxes have exercised. */
  readonly coverage: components['schemas']['Coverage'];
}
