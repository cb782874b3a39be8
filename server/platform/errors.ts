/**
 * The catalogue of errors that any api may respond with: one constructor for each, and nothing else makes one. The
 * gateway's are documented in Adobe's guides, bodies included. The service's have the form that Adobe documents for its
 * errors, with a `type` of our own. An api keeps the errors that only it has in a file of its own.
 */
import type { Violation } from '../../contract/violation.js';
import type { components } from '../../generated/openapi.js';

type Schemas = components['schemas'];

// How much of a request the mock takes. No source says: assumed.

export const MAX_BODY_BYTES = 1024 * 1024;
/** Of the control plane, which takes the whole state of a sandbox. */
export const MAX_STATE_BYTES = 64 * 1024 * 1024;
/** The target of a request and the names and values of its headers together. */
export const MAX_HEADERS_BYTES = 16 * 1024;
/** From the first byte of a request to its last. */
export const REQUEST_TIMEOUT_SECONDS = 30;

export interface ErrorResponse {
  status: number;
  headers: Record<string, string>;
  body: object;
}

/** An error that the mock responds with. */
export class ApiError extends Error {
  /** What the request broke of the contract, where the response does not say so. */
  violations: readonly Violation[] | undefined;

  /**
   * @param createBody gives the body for the request of that id
   * @param entries what the body says is wrong
   */
  constructor(
    readonly status: number,
    message: string,
    private readonly createBody: (requestId: string) => object,
    private readonly headers: Record<string, string> = {},
    readonly entries: readonly Violation[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }

  toResponse(requestId: string): ErrorResponse {
    return { status: this.status, headers: this.headers, body: this.createBody(requestId) };
  }

  /** Has the journal say what the request broke, and not what the response says. */
  withViolations(violations: readonly Violation[]): this {
    this.violations = violations;
    return this;
  }
}

/** The gateway's form. The status is the first three digits of the code. */
function gatewayError(code: string, message: string, headers?: Record<string, string>): ApiError {
  const body: Schemas['GatewayError'] = { error_code: code, message };
  return new ApiError(Number(code.slice(0, 3)), message, () => body, headers);
}

/** The service's form, with an entry for each thing that is wrong. `kind` is the last part of its `type`. */
export function serviceError(
  status: number,
  kind: string,
  title: string,
  entries: Violation[],
  headers?: Record<string, string>,
): ApiError {
  const code = String(status);
  const createBody = (requestId: string): Schemas['ServiceError'] => ({
    requestId,
    type: `urn:aep-export-jobs-mock:error:${kind}`,
    title,
    status,
    errors: { [code]: entries.map(({ rule: _rule, ...entry }) => ({ code, ...entry })) },
  });
  return new ApiError(status, title, createBody, headers, entries);
}

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

// What a request may be rejected for

export const contractViolated = (violations: Violation[]) =>
  serviceError(400, 'contract-violated', 'Request violates the API contract', violations);

export const bodyNotJson = (reason: string) =>
  serviceError(400, 'body-not-json', 'The body is not JSON', [
    { message: reason, pointer: '/body', allowed: 'a JSON object (RFC 8259)' },
  ]);

export const bodyMissing = () =>
  serviceError(400, 'body-missing', 'The body is empty', [
    { message: 'The request needs a body.', pointer: '/body', allowed: 'a JSON object (RFC 8259)' },
  ]);

export const bodyCutShort = () =>
  serviceError(400, 'body-cut-short', 'The body ended too early', [
    { message: 'The body is shorter than the request said, or could not be decoded.', pointer: '/body' },
  ]);

export const bodyTooLarge = (limit = MAX_BODY_BYTES) =>
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
  serviceError(502, 'upstream-not-reached', 'The upstream server cannot be reached', [
    { message: `${upstream} cannot be reached: ${reason}.` },
  ]);

export const upstreamLeadsBack = (upstream: string) =>
  serviceError(502, 'upstream-leads-back', 'The upstream server leads back to the mock', [
    { message: `${upstream} forwarded to the mock what the mock had forwarded to it.` },
  ]);

/** @param rule where the contract says which methods there are */
export const methodNotAllowed = (method: string, allow: string, rule = '#/paths') => {
  const entry = { message: `${method} is not allowed at this path.`, allowed: allow, rule };
  return serviceError(405, 'method-not-allowed', 'The method is not allowed at this path', [entry], {
    Allow: allow,
  });
};

// What HTTP itself forbids

export const messageMalformed = (reason: string) =>
  serviceError(400, 'message-malformed', 'The message is not HTTP', [{ message: reason }]);

export const requestTimedOut = () =>
  serviceError(408, 'request-timed-out', 'The request took too long', [
    { message: 'The request was not complete in time.', allowed: `at most ${REQUEST_TIMEOUT_SECONDS} s` },
  ]);

export const expectationFailed = (sent: string) =>
  serviceError(417, 'expectation-failed', 'The expectation cannot be met', [
    { message: 'The expectation is not known.', pointer: '/headers/expect', sent, allowed: '100-continue' },
  ]);

export const headersTooLarge = () =>
  serviceError(431, 'headers-too-large', 'The headers are too large', [
    {
      message: 'The headers are too large.',
      pointer: '/headers',
      allowed: `at most ${MAX_HEADERS_BYTES} bytes`,
    },
  ]);

// What goes wrong here

/** How long a rejected client is to wait, in seconds. Assumed: Adobe documents no `Retry-After`. */
const RETRY_AFTER = { 'Retry-After': '1' };

export const tooManyRequests = () =>
  serviceError(
    429,
    'too-many-requests',
    'Too many requests',
    [{ message: 'There were too many requests in too short a time.' }],
    RETRY_AFTER,
  );

export const internalError = (message = 'The mock failed. Its log says why, under the request id.') =>
  serviceError(500, 'internal-error', 'The mock failed', [{ message }]);

/** @param violations what the response broke; this error is sent in its place. */
export const responseViolatesContract = (violations: Violation[]) =>
  serviceError(500, 'response-violates-contract', 'Response violates the API contract', violations);

function unavailable(kind: string, title: string, message: string): ApiError {
  return serviceError(503, kind, title, [{ message }], RETRY_AFTER);
}

export const serviceUnavailable = () =>
  unavailable('service-unavailable', 'The service is not available', 'The service cannot respond now.');

export const changeNotStored = () =>
  unavailable(
    'change-not-stored',
    'The change could not be stored',
    'The change could not be written to disk, and was not made. The log of the mock says why.',
  );

// The control plane

const ADMIN_TOKEN_ALLOWED = "the header 'Authorization: Bearer <token>', with the token of --admin-token";

export const adminTokenMissing = () =>
  serviceError(
    401,
    'admin-token-missing',
    'The control plane needs a token',
    [
      {
        message: 'The admin token is missing.',
        pointer: '/headers/authorization',
        allowed: ADMIN_TOKEN_ALLOWED,
      },
    ],
    { 'WWW-Authenticate': 'Bearer' },
  );

export const adminTokenNotValid = () =>
  serviceError(
    401,
    'admin-token-not-valid',
    'Invalid admin token',
    [{ message: 'Invalid admin token.', pointer: '/headers/authorization', allowed: ADMIN_TOKEN_ALLOWED }],
    { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  );

export const adminRequestForeign = (header: string, sent: string | undefined, allowed: string) =>
  serviceError(403, 'admin-request-foreign', 'The control plane is closed to this caller', [
    {
      message: `The ${header} header does not name this machine: a web page of another site may have sent the request.`,
      pointer: `/headers/${header}`,
      sent,
      allowed,
    },
  ]);

export const adminClosed = (host: string) =>
  serviceError(403, 'admin-closed', 'The control plane is closed on this host', [
    {
      message: `The mock listens on ${host}, which other machines can reach, and has no admin token.`,
      allowed: 'nothing, unless the mock is started with --admin-token <token>, or on 127.0.0.1',
    },
  ]);

export const snapshotNotFound = (name: string) =>
  serviceError(404, 'snapshot-not-found', 'Snapshot not found', [
    {
      message: `There is no snapshot ${JSON.stringify(name)} of this sandbox.`,
      pointer: '/path/name',
      sent: name,
    },
  ]);

export const ruleNotFound = (id: string) =>
  serviceError(404, 'rule-not-found', 'Rule not found', [
    { message: `There is no rule ${JSON.stringify(id)} in this sandbox.`, pointer: '/path/id', sent: id },
  ]);

export const sandboxNotFound = (org: string, name: string) =>
  serviceError(404, 'sandbox-not-found', 'Sandbox not found', [
    {
      message: `The organisation ${JSON.stringify(org)} has no sandbox ${JSON.stringify(name)}.`,
      pointer: '/path/name',
    },
  ]);
