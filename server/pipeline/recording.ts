import { DOCUMENTED_SANDBOX, type SandboxName } from '../platform/sandbox-name.js';
import { headerOf, joinedHeaderOf, withoutSecrets, type SentHeaders } from '../journal/sent-headers.js';
import type { RecordedBody, RecordedCall } from '../journal/journal-entry.js';
import type { Exchange } from './exchange.js';
import { expectsViolations } from './preferences.js';

/** An answer as it was sent. */
export interface SentAnswer {
  status: number;
  headers: Readonly<Record<string, string | number>>;
  /** The body; absent when there is none. */
  text: string | undefined;
}

/** Bodies that are larger than this are not kept. */
const LARGEST_KEPT_IN_BYTES = 16 * 1024;
/** A character takes at most as many bytes in UTF-8, counted as JavaScript counts characters. */
const MOST_BYTES_OF_CHARACTER = 3;

/**
 * Records a call in the journal and the coverage of its sandbox, unless nothing is recorded of its kind. To be called
 * once for each call, when it is answered, or with no answer when its connection is broken instead.
 */
export function record(exchange: Exchange, answer: SentAnswer | undefined): void {
  const { journals, operation, method, url, rawHeaders, bodyInBytes = 0, bodyText } = exchange;
  if (!journals || exchange.isBrokenOff) return;
  const name = exchange.sandbox ?? exchange.address ?? nameIn(rawHeaders);
  const { journal, coverage, clock } = exchange.sandbox ?? journals.of(name);
  // None is sent in answer to HEAD, whatever there is.
  const text = method === 'HEAD' || answer?.text === '' ? undefined : answer?.text;
  const call: RecordedCall = {
    answeredAt: Date.now(),
    time: clock.now(),
    durationInMs: performance.now() - exchange.startedAt,
    operation: operation?.operationId,
    requestId: exchange.requestId,
    method,
    url,
    headers: withoutSecrets(rawHeaders),
    body: bodyText ?? (bodyInBytes > 0 ? bodyInBytes : undefined),
    status: answer?.status,
    answerHeaders: answer?.headers,
    answerBody: text === undefined ? undefined : keptOf(text),
    violations: exchange.violations,
    answerViolations: exchange.answerViolations,
    fault: exchange.fault,
    expected: isExpected(exchange),
  };
  const id = journal.add(call);
  journals.run?.add(journal, name, id, call);
  if (!operation) return;
  const covered = {
    headers: rawHeaders,
    query: queryOf(exchange),
    body: bodyText,
    status: answer?.status,
    answerBody: text,
  };
  coverage.add(operation, covered);
  journals.run?.cover(operation, covered);
}

/** Whether a call says that it is meant to break the contract. Many are refused before their preferences are read. */
function isExpected({ preferences, preferenceViolations, rawHeaders }: Exchange): boolean {
  return preferenceViolations
    ? preferences.violations !== undefined
    : expectsViolations(joinedHeaderOf(rawHeaders, 'prefer'));
}

/** Keeps the text of a body, if the call is recorded and the body is not too large for that. */
export function keepBody(exchange: Exchange, bytes: Buffer): void {
  const isKept = exchange.journals && bytes.length > 0 && bytes.length <= LARGEST_KEPT_IN_BYTES;
  if (isKept) exchange.bodyText = bytes.toString();
}

/** The same for a body that somebody has read before us, who alone knows how it was written. */
export function keepParsedBody(exchange: Exchange, body: unknown): void {
  if (!exchange.journals) return;
  try {
    const bytes = Buffer.from(JSON.stringify(body));
    exchange.bodyInBytes = bytes.length;
    keepBody(exchange, bytes);
  } catch {
    // It is nested too deeply, or is no JSON at all: that the contract tells.
  }
}

function keptOf(text: string): RecordedBody {
  if (text.length * MOST_BYTES_OF_CHARACTER <= LARGEST_KEPT_IN_BYTES) return text;
  const bytes = Buffer.byteLength(text);
  return bytes <= LARGEST_KEPT_IN_BYTES ? text : bytes;
}

function queryOf({ sent, url }: Exchange): URLSearchParams | undefined {
  const start = url.indexOf('?');
  if (start < 0) return undefined;
  return sent?.query ?? new URLSearchParams(url.slice(start));
}

/** The sandbox that headers name, what they do not say taken from the documented one. */
function nameIn(headers: SentHeaders): SandboxName {
  const named = (header: string) => {
    const value = headerOf(headers, header);
    return value === '' ? undefined : value;
  };
  return {
    org: named('x-gw-ims-org-id') ?? DOCUMENTED_SANDBOX.org,
    name: named('x-sandbox-name') ?? DOCUMENTED_SANDBOX.name,
  };
}
