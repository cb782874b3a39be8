import {
  internalError,
  oauthTokenNotValid,
  profileNotValid,
  serviceUnavailable,
  tooManyRequests,
  type ApiError,
} from '../platform/errors.js';
import type { Fault, RuledRequest } from '../sandbox/rules.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { OperationResponse } from './api.js';
import type { Preferences } from './preferences.js';
import type { OutgoingResponse } from './request.js';

/** What a fault does to a request. */
export interface FaultAction {
  /** How long the request waits before anything else, in milliseconds of real time. */
  delayMs?: number;
  /** The connection is reset before the operation is executed, or after it. */
  reset?: 'before' | 'after';
  /** What is sent without executing the operation. */
  response?: OperationResponse;
  /** Whether the response is sent whatever the contract says of it. */
  isUnchecked?: boolean;
  /** Makes what is sent of the response. */
  transform?: (response: OutgoingResponse) => OutgoingResponse;
}

type Effect = Fault['effect'];
type Rejection = Extract<Effect, { kind: 'refuse' }>;

const REJECTIONS: Record<Rejection['status'], () => ApiError> = {
  401: oauthTokenNotValid,
  403: profileNotValid,
  429: tooManyRequests,
  500: () => internalError('The mock was asked to fail.'),
  503: serviceUnavailable,
};

/** The fault that a request meets, if any. To be called once for each request that the contract lets through. */
export function chooseFault(
  { rules }: Sandbox,
  request: RuledRequest,
  { fault, example, code = 0 }: Preferences,
  faults: ReadonlyMap<string, Fault>,
): Fault | undefined {
  if (rules.size === 0 && fault === undefined) return undefined;
  if (fault !== undefined) return rules.nextFault(request, faults.get(fault));
  // No fault when the request asks for an example or an error status.
  return rules.nextFault(request, example !== undefined || code >= 400 ? 'none' : undefined);
}

/** What a fault does to one request. */
export function applyFault({ effect }: Fault, { rules, random }: Sandbox, requestId: string): FaultAction {
  switch (effect.kind) {
    case 'refuse':
      return { response: createRejection(effect, requestId), isUnchecked: true };
    case 'raw':
      return {
        response: { status: effect.status },
        isUnchecked: true,
        transform: () => createRawResponse(effect),
      };
    case 'delay': {
      const { leastMs, mostMs } = effect;
      const drawn = random.fraction(`fault/${rules.faulted}`) * (mostMs - leastMs + 1);
      return { delayMs: leastMs + Math.floor(drawn) };
    }
    case 'reset':
      return { reset: 'before' };
    case 'lose':
      return { reset: 'after' };
    case 'empty':
      return { transform: withoutBody };
    case 'truncate':
      return { transform: withHalfBody };
  }
}

/** The catalogue's error, with the fault's `Retry-After` in place of its own, or with none. */
function createRejection({ status, retryAfterSeconds }: Rejection, requestId: string): OperationResponse {
  const { headers, body } = REJECTIONS[status]().toResponse(requestId);
  const sent: Record<string, string> = { ...headers, 'x-request-id': requestId };
  if (retryAfterSeconds === null) delete sent['Retry-After'];
  else sent['Retry-After'] = String(retryAfterSeconds);
  return { status, headers: sent, body };
}

/** What a fault has, and of our own only what HTTP needs to find its end: not even what lets browsers read it. */
function createRawResponse(effect: Extract<Effect, { kind: 'raw' }>): OutgoingResponse {
  const { status, headers = {}, body = '' } = effect;
  const hasLength = Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
  // RFC 9110, section 8.6.
  const mayHaveLength = status !== 204 && status !== 304;
  const length = !hasLength && mayHaveLength && { 'Content-Length': new TextEncoder().encode(body).length };
  return { status, headers: { ...headers, ...length }, text: body, delivery: 'bare' };
}

/** Status and headers without the body. A response that has none is sent as it is. */
function withoutBody(response: OutgoingResponse): OutgoingResponse {
  if (response.text === undefined) return response;
  return { ...response, headers: { ...response.headers, 'Content-Length': 0 }, text: undefined };
}

/** The headers and half of the body. A response that has none is sent as it is, and the connection closed behind it. */
function withHalfBody(response: OutgoingResponse): OutgoingResponse {
  const { text } = response;
  return { ...response, text: text?.slice(0, Math.floor(text.length / 2)), delivery: 'then-close' };
}
