import type { components } from '../../../generated/ims.js';
import type { Violation } from '../../../contract/contract-violations.js';
import { ApiError } from '../../platform/api-error.js';

/** The errors that the endpoint for tokens answers with, in the form of OAuth 2.0 (RFC 6749, section 5.2). */
function tokenError(error: components['schemas']['TokenError']['error'], description: string): ApiError {
  // The RFC leaves out quotes and backslashes, and what is not printable ASCII.
  const text = description.replaceAll('"', "'").replace(/[^ !#-[\]-~]/g, '?');
  return new ApiError(400, text, () => ({ error, error_description: text }));
}

/** @param violations what is wrong with the request. What was sent is not repeated: there may be a secret in it. */
export const tokenRequestNotValid = (violations: readonly Violation[]) =>
  tokenError(
    isOfGrantType(violations) ? 'unsupported_grant_type' : 'invalid_request',
    violations
      .map(({ message, allowed }) => (allowed === undefined ? message : `${message} Allowed: ${allowed}.`))
      .join(' '),
  );

function isOfGrantType(violations: readonly Violation[]): boolean {
  return violations.every(({ pointer, sent }) => pointer === '/body/grant_type' && sent !== undefined);
}

export const clientNotValid = () =>
  tokenError('invalid_client', 'There is no client of that client_id with that client_secret.');
