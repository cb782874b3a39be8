import type { Violation } from '../../contract/contract-violations.js';
import type { components as ImsComponents } from '../../generated/ims.js';
import type { components } from '../../generated/openapi.js';

type Schemas = components['schemas'];
type TokenError = ImsComponents['schemas']['TokenError'];

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: Schemas['ServiceError' | 'GatewayError' | 'ContentTypeError'] | TokenError;
}

/**
 * An error that the mock answers with. `answer` gives its wire form for the call of that request id, `entries` what a
 * service's error says is wrong.
 */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    private readonly body: (requestId: string) => ErrorAnswer['body'],
    private readonly headers: Record<string, string> = {},
    readonly entries: readonly Violation[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
  }

  answer(requestId: string): ErrorAnswer {
    return { status: this.status, headers: this.headers, body: this.body(requestId) };
  }
}

/** The gateway's form. The status is the first three digits of the code. */
export function gatewayError(code: string, message: string, headers?: Record<string, string>): ApiError {
  const status = Number(code.slice(0, 3));
  return new ApiError(status, message, () => ({ error_code: code, message }), headers);
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
  return new ApiError(
    status,
    title,
    (requestId) => ({
      requestId,
      type: `urn:aep-export-jobs-mock:error:${kind}`,
      title,
      status,
      errors: { [code]: entries.map(({ rule: _rule, ...entry }) => ({ code, ...entry })) },
    }),
    headers,
    entries,
  );
}
