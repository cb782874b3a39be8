import type { components } from '../../generated/control.js';
import type { Violation } from '../../contract/violation.js';
import type { RawHeaders } from '../platform/headers.js';

/** One call, as `spec/control.yaml` describes it. */
export type JournalEntry = components['schemas']['JournalEntry'];

/** What is kept of a call. It holds on to texts alone, and is made an entry of when somebody reads it. */
export interface RecordedRequest {
  /** In real Unix milliseconds. */
  readonly answeredAt: number;
  /** The same moment on the sandbox's clock. */
  readonly time: number;
  readonly durationInMs: number;
  readonly operation: string | undefined;
  /** The ids of the resources that the request was for, by their names. */
  readonly resources: Readonly<Record<string, unknown>> | undefined;
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: RawHeaders;
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
const MAX_BODY_DEPTH = 100;

export function toEntry(id: number, call: RecordedRequest): JournalEntry {
  const { answeredAt, time, durationInMs, operation, requestId, method, url, fault, expected } = call;
  return {
    id,
    realTime: new Date(answeredAt - durationInMs).toISOString(),
    time: new Date(time).toISOString(),
    operation: (operation ?? null) as JournalEntry['operation'],
    requestId,
    request: { method, url, headers: requestHeaders(call.headers), ...describeBody(call.body) },
    answer: toRecordedResponse(call),
    durationInMs: Math.round(durationInMs * 1000) / 1000,
    violations: [
      ...describeViolations('request', call.violations),
      ...describeViolations('answer', call.answerViolations),
    ],
    expected,
    ...(fault !== undefined && { fault }),
  };
}

function toRecordedResponse({
  status,
  answerHeaders = {},
  answerBody,
}: RecordedRequest): JournalEntry['answer'] {
  if (status === undefined) return null;
  const headers = Object.entries(answerHeaders).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    status,
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...describeBody(answerBody),
  };
}

/** Headers by their names in lower case, one that is repeated as one (RFC 9110, section 5.3). */
function requestHeaders(names: RawHeaders): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < names.length; index += 2) {
    const name = String(names[index]).toLowerCase();
    const value = String(names[index + 1]);
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function describeBody(body: RecordedBody): { body?: unknown; bodyInBytes?: number } {
  if (typeof body === 'number') return { bodyInBytes: body };
  return body === undefined ? {} : { body: parsed(body) };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return isDeeper(value, MAX_BODY_DEPTH) ? text : value;
  } catch {
    return text;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** Violations with whose they are. */
export function describeViolations(of: 'request' | 'answer', violations: readonly Violation[] = []) {
  return violations.map((violation) => ({ of, ...violation }));
}

/** Which of the last calls are meant. Each part that is given narrows it. */
export interface JournalFilter {
  operation?: string | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  /** The ids of the resources that the request was for, by their names: `{ job: 100 }`. */
  resources?: Readonly<Record<string, unknown>> | undefined;
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
  operation?: string | undefined;
  /** The HTTP status of the answer. */
  status?: number | undefined;
  /** The JSON pointer of a violation, such as `/query/limit`. */
  pointer?: string | undefined;
  /** The id of the entry. */
  id?: number | undefined;
}

export function matchesFilter(call: RecordedRequest, filter: JournalFilter): boolean {
  const { operation, status, resources, violations, expected, fault } = filter;
  return (
    (operation === undefined || call.operation === operation) &&
    (status === undefined || call.status === status) &&
    (resources === undefined || isForResources(call, resources)) &&
    (violations === undefined || isBroken(call) === violations) &&
    (expected === undefined || call.expected === expected) &&
    (fault === undefined || call.fault === fault)
  );
}

function isForResources(
  { resources = {} }: RecordedRequest,
  wanted: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(wanted).every(
    ([name, id]) =>
      id === undefined ||
      (resources[name] as string | number | undefined)?.toString() === (id as string | number).toString(),
  );
}

/** Whether a call's request broke the contract, without being expected to, and fits. */
export function canBeExpected(id: number, call: RecordedRequest, filter: ViolationFilter): boolean {
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

function isBroken({ violations = [], answerViolations = [] }: RecordedRequest): boolean {
  return violations.length + answerViolations.length > 0;
}
