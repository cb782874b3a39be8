import type { components } from '../../generated/control.js';
import type { Violation } from '../platform/errors.js';
import type { SentHeaders } from './sent-headers.js';

/** One call, as `spec/control.yaml` describes it. */
export type JournalEntry = components['schemas']['JournalEntry'];

/** What is kept of a call. It holds on to texts alone, and is made an entry of when somebody reads it. */
export interface RecordedCall {
  /** In real Unix milliseconds. */
  readonly answeredAt: number;
  /** The same moment on the sandbox's clock. */
  readonly time: number;
  readonly durationInMs: number;
  readonly operation: string | undefined;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: SentHeaders;
  readonly body: RecordedBody;
  /** Absent when the connection was broken in place of an answer. */
  readonly status: number | undefined;
  readonly answerHeaders: Readonly<Record<string, string | number>> | undefined;
  readonly answerBody: RecordedBody;
  /** What the request broke of the contract. */
  readonly violations: readonly Violation[] | undefined;
  /** What the answer would have broken that was about to be sent. */
  readonly answerViolations: readonly Violation[] | undefined;
  readonly fault: string | undefined;
  /** Whether it was marked as meant to break the contract. */
  readonly expected: boolean;
}

/** A body's text; or how many bytes it has, if it is too large to be kept; or nothing when there is none. */
export type RecordedBody = string | number | undefined;

/** More levels than this are not taken apart: what tells of them goes down as many, and has only so much room. */
const DEEPEST_BODY = 100;

export function entryOf(id: number, call: RecordedCall): JournalEntry {
  const { answeredAt, time, durationInMs, operation, requestId, method, url, fault, expected } = call;
  return {
    id,
    realTime: new Date(answeredAt - durationInMs).toISOString(),
    time: new Date(time).toISOString(),
    operation: (operation ?? null) as JournalEntry['operation'],
    requestId,
    request: { method, url, headers: requestHeaders(call.headers), ...toldBody(call.body) },
    answer: answerOf(call),
    durationInMs: Math.round(durationInMs * 1000) / 1000,
    violations: [
      ...toldViolations('request', call.violations),
      ...toldViolations('answer', call.answerViolations),
    ],
    expected,
    ...(fault !== undefined && { fault }),
  };
}

function answerOf({ status, answerHeaders = {}, answerBody }: RecordedCall): JournalEntry['answer'] {
  if (status === undefined) return null;
  const headers = Object.entries(answerHeaders).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { status, headers: Object.fromEntries(headers) as Record<string, string>, ...toldBody(answerBody) };
}

/** Headers by their names in lower case, one that is repeated as one (RFC 9110, section 5.3). */
function requestHeaders(names: SentHeaders): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < names.length; index += 2) {
    const name = String(names[index]).toLowerCase();
    const value = String(names[index + 1]);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function toldBody(body: RecordedBody): { body?: unknown; bodyInBytes?: number } {
  if (typeof body === 'number') return { bodyInBytes: body };
  return body === undefined ? {} : { body: parsed(body) };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isDeeper(value, DEEPEST_BODY) ? text : value;
  } catch {
    return text;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** Violations with whose they are. */
export function toldViolations(of: 'request' | 'answer', violations: readonly Violation[] = []) {
  return violations.map((violation) => ({ of, ...violation }));
}
