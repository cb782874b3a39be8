import { ExportJobsError, type ErrorDetails } from './export-jobs-error.js';
import { retryAfterOf } from './retry-after.js';
import { jsonWithoutSecrets, withoutSecrets } from './secrets.js';

/** An answer, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

/** What is kept of a body or a message that somebody else wrote. */
const LONGEST_BODY = 64 * 1024;
const LONGEST_MESSAGE = 500;

/** A body without secrets: what its JSON says, or its text if it is none, or undefined if there is none. */
export function bodyOf(text: string, secrets: readonly string[]): unknown {
  if (text.trim() === '') return undefined;
  try {
    const body = jsonWithoutSecrets(text, secrets);
    const json = JSON.stringify(body);
    return json.length > LONGEST_BODY ? json.slice(0, LONGEST_BODY) : body;
  } catch {
    return withoutSecrets(text, secrets).slice(0, LONGEST_BODY);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an error tells that does not stand in the answer. */
export interface Teller {
  /** What begins the message. */
  who: string;
  secrets: readonly string[];
  /** The id that was sent with the call, for an answer that has none. */
  requestId: string | undefined;
  outcome: 'unknown' | undefined;
}

/** The error that an answer is which is no success. */
export function errorOf(answer: Answer, { who, secrets, requestId, outcome }: Teller): ExportJobsError {
  const { status, headers } = answer;
  const body = bodyOf(answer.text, secrets);
  const { says, ...told } = read(body);
  const reason = says ?? (status < 400 ? 'redirects are not followed' : undefined);
  return new ExportJobsError({
    ...told,
    message: `${who} was answered ${status}${reason ? `: ${reason.slice(0, LONGEST_MESSAGE)}` : ''}`,
    status,
    requestId: requestIdOf(headers, secrets) ?? requestId,
    retryAfterMs: retryAfterOf(headers),
    body,
    outcome,
  });
}

/** The error that a success is which is not as the contract says. */
export function malformed(answer: Answer, problem: string, teller: Teller): ExportJobsError {
  const { status, headers, text } = answer;
  const { who, secrets, requestId, outcome } = teller;
  return new ExportJobsError({
    kind: 'malformed',
    message: `${who} was answered ${status}, but not as the contract says: ${problem}`,
    status,
    requestId: requestIdOf(headers, secrets) ?? requestId,
    body: bodyOf(text, secrets),
    outcome,
  });
}

/** Whether the service says that there is no such job. A page of a proxy says nothing of jobs. */
export function isGone({ status, kind, body }: ExportJobsError): boolean {
  return status === 404 && (kind === 'service' || body === undefined);
}

function requestIdOf(headers: Headers, secrets: readonly string[]): string | undefined {
  const id = headers.get('x-request-id');
  return id ? withoutSecrets(id, secrets).slice(0, LONGEST_MESSAGE) : undefined;
}

/** Which of the forms of an error a body has. Adobe's pages print codes as texts and as numbers. */
function read(body: unknown): Pick<ErrorDetails, 'kind' | 'code'> & { says?: string | undefined } {
  if (!isObject(body)) return { kind: 'foreign' };
  const { error_code: code, message, type, title, detail, errors } = body;
  if (typeof code === 'string' || typeof code === 'number') {
    return { kind: 'gateway', code: String(code), says: textOf(message) };
  }
  if (typeof type !== 'string' || typeof title !== 'string')
    return { kind: 'foreign', says: textOf(message) };
  const entries = isObject(errors) ? Object.values(errors).flat() : [];
  const messages = entries.map((entry) => (isObject(entry) ? textOf(entry['message']) : undefined));
  const says = [title, textOf(detail), ...messages].filter(
    (text, at, all) => text && all.indexOf(text) === at,
  );
  return { kind: 'service', code: type, says: says.join('; ') };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
