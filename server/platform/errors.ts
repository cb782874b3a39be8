/**
 * The catalogue of errors: one constructor for each error that the mock answers with, and nothing else makes one.
 * The gateway's are documented in Adobe's guides, bodies included. The service's have the form that Adobe documents
 * for its errors, with a `type` of our own. Those of the endpoint for tokens are in token-errors.ts.
 */
import type { Violation } from '../../contract/contract-violations.js';
import { ApiError, gatewayError, serviceError } from './api-error.js';
import { LARGEST_BODY_IN_BYTES, LARGEST_HEADERS_IN_BYTES, LONGEST_REQUEST_IN_SECONDS } from './limits.js';

export { ApiError, type Violation };

// The gateway

export const oauthTokenMissing = () => gatewayError('403010', 'Oauth token is missing.');
export const oauthTokenNotValid = () =>
  gatewayError('401013', 'Oauth token is not valid', { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
export const apiKeyRequired = () => gatewayError('403000', 'Api Key is required');
export const apiKeyInvalid = () => gatewayError('403003', 'Api Key is invalid');
export const missingHeader = () => gatewayError('400003', 'Missing header');
export const profileNotValid = () => gatewayError('403025', 'Profile is not valid');

/** The body is Adobe's, to the letter (Platform troubleshooting guide). */
export const contentTypeNotUsable = () => {
  const detail = 'A valid content-type must be specified';
  const body = { type: '/placeholder/type/uri', status: 400, title: 'BadRequestError', detail } as const;
  const entry = { message: detail, pointer: '/headers/content-type', allowed: 'application/json' };
  return new ApiError(400, detail, () => body, {}, [entry]);
};

// What a call may be refused for

export const exportJobNotFound = (id: string | number) =>
  serviceError(404, 'export-job-not-found', 'Export job not found', [
    {
      message: `There is no export job ${JSON.stringify(id)} in this sandbox.`,
      pointer: '/path/exportJobId',
      sent: id,
    },
  ]);

export const contractViolated = (violations: Violation[]) =>
  serviceError(400, 'contract-violated', 'The call is not one that the contract allows', violations);

export const bodyNotJson = (reason: string) =>
  serviceError(400, 'body-not-json', 'The body is not JSON', [
    { message: reason, pointer: '/body', allowed: 'a JSON object (RFC 8259)' },
  ]);

export const bodyMissing = () =>
  serviceError(400, 'body-missing', 'The body is empty', [
    { message: 'The call needs a body.', pointer: '/body', allowed: 'a JSON object (RFC 8259)' },
  ]);

export const bodyCutShort = () =>
  serviceError(400, 'body-cut-short', 'The body ended too early', [
    { message: 'The body is shorter than the call said, or could not be decoded.', pointer: '/body' },
  ]);

export const bodyTooLarge = (limit = LARGEST_BODY_IN_BYTES) =>
  serviceError(413, 'body-too-large', 'The body is too large', [
    {
      message: 'The body is too large.',
      pointer: '/body',
      allowed: `at most ${limit} bytes`,
    },
  ]);

export const mediaTypeNotSupported = (header: string, sent: string | undefined, allowed: string) =>
  serviceError(415, 'media-type-not-supported', 'The body is of an unsupported charset or encoding', [
    { message: `The ${header} is not supported.`, pointer: `/headers/${header}`, sent, allowed },
  ]);

export const pathNotFound = (path: string, known: string) =>
  serviceError(404, 'path-not-found', 'There is nothing at this path', [
    { message: `There is nothing at ${path}.`, pointer: '/path', allowed: known },
  ]);

export const upstreamNotReached = (upstream: string, reason: string) =>
  serviceError(502, 'upstream-not-reached', 'The server that calls are passed on to can not be reached', [
    { message: `${upstream} can not be reached: ${reason}.` },
  ]);

export const upstreamLeadsBack = (upstream: string) =>
  serviceError(502, 'upstream-leads-back', 'The server that calls are passed on to leads back to the mock', [
    { message: `${upstream} has passed on to the mock what the mock had passed on to it.` },
  ]);

/** @param rule where the contract says which methods there are */
export const methodNotAllowed = (method: string, allow: string, rule = '#/paths') => {
  const entry = { message: `${method} is not allowed at this path.`, allowed: allow, rule };
  return serviceError(405, 'method-not-allowed', 'The method is not allowed at this path', [entry], {
    Allow: allow,
  });
};

// What HTTP itself is refused for

export const messageMalformed = (reason: string) =>
  serviceError(400, 'message-malformed', 'The message is not HTTP', [{ message: reason }]);

export const requestTimedOut = () =>
  serviceError(408, 'request-timed-out', 'The request took too long', [
    { message: 'The request was not complete in time.', allowed: `at most ${LONGEST_REQUEST_IN_SECONDS} s` },
  ]);

export const expectationFailed = (sent: string) =>
  serviceError(417, 'expectation-failed', 'The expectation can not be met', [
    { message: 'The expectation is not known.', pointer: '/headers/expect', sent, allowed: '100-continue' },
  ]);

export const headersTooLarge = () =>
  serviceError(431, 'headers-too-large', 'The headers are too large', [
    {
      message: 'The headers are too large.',
      pointer: '/headers',
      allowed: `at most ${LARGEST_HEADERS_IN_BYTES} bytes`,
    },
  ]);

// What goes wrong here

/** How long a refused call is told to wait, in seconds. Assumed: Adobe documents no `Retry-After`. */
const RETRY_AFTER = { 'Retry-After': '1' };

export const tooManyRequests = () =>
  serviceError(
    429,
    'too-many-requests',
    'Too many requests',
    [{ message: 'There were too many calls in too short a time.' }],
    RETRY_AFTER,
  );

export const internalError = (message = 'The mock failed. Its log says why, under the request id.') =>
  serviceError(500, 'internal-error', 'The mock failed', [{ message }]);

/** @param violations what the answer broke; it is not sent, but this error is. */
export const answerBrokeContract = (violations: Violation[]) =>
  serviceError(500, 'answer-broke-contract', 'The answer was not one that the contract allows', violations);

function unavailable(kind: string, title: string, message: string): ApiError {
  return serviceError(503, kind, title, [{ message }], RETRY_AFTER);
}

export const serviceUnavailable = () =>
  unavailable('service-unavailable', 'The service is not available', 'The service can not answer now.');

export const changeNotStored = () =>
  unavailable(
    'change-not-stored',
    'The change could not be stored',
    'The change could not be written to disk, and was not made. The log of the mock says why.',
  );
