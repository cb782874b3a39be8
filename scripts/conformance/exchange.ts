/** A call to be sent, and the status that it is to be answered with. */
export interface Call {
  /** Why it is sent, in words. */
  what: string;
  method: string;
  /** Below the base path. */
  path: string;
  headers: Record<string, string>;
  /** Bytes go as they are, anything else as JSON. */
  body?: unknown;
  expected: number;
  /** The call lacks credentials that the contract asks for: Prism may say that of the call, and nothing else. */
  lacksCredentials?: boolean;
}

export interface Answer {
  status: number;
  headers: Headers;
  /** The body's JSON; its text where it is none. */
  body: unknown;
}

const LONGEST_CALL_IN_MS = 30_000;

export async function send(base: string, { method, path, headers, body }: Call): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers,
    ...(body !== undefined && { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(LONGEST_CALL_IN_MS),
  });
  return { status: response.status, headers: response.headers, body: jsonOrText(await response.text()) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What is wrong with an answer that came through Prism: nothing when it keeps the contract. */
export function problemsOf(call: Call, { status, headers, body }: Answer): string[] {
  const violations = violationsOf(headers, call.lacksCredentials ?? false);
  if (isOfPrism(headers)) {
    return violations.length > 0
      ? violations
      : [`Prism answered in place of the mock, ${status}: ${JSON.stringify(body)}`];
  }
  return status === call.expected ? violations : [...violations, `the status is ${status}`];
}

interface PrismViolation {
  location: string[];
  severity: string;
  code?: string | number;
  message: string;
}

/** What Prism reports, at any severity. Nothing of it is excused but a call's own lack of credentials. */
function violationsOf(headers: Headers, lacksCredentials: boolean): string[] {
  const report = headers.get('sl-violations');
  if (report === null) return [];
  const violations = jsonOrText(report);
  // Prism cuts a long report, which is no JSON then.
  if (!Array.isArray(violations)) return [report];
  return (violations as PrismViolation[])
    .filter(({ location, code }) => !(lacksCredentials && location[0] === 'request' && code === 401))
    .map(({ location, severity, message }) => `${severity} in ${location.join('.')}: ${message}`);
}

/** Every answer of the mock has an `x-request-id`; the errors that Prism makes have none. */
function isOfPrism(headers: Headers): boolean {
  return (
    !headers.has('x-request-id') || (headers.get('content-type') ?? '').startsWith('application/problem+json')
  );
}
