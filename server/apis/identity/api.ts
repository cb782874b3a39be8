import type { components } from '../../../generated/ims.js';
import type { Contract } from '../../../contract/contract.js';
import type { Violation } from '../../../contract/violation.js';
import type { Credentials } from '../../auth/credentials.js';
import type { Api } from '../../pipeline/api.js';
import { ApiError } from '../../platform/errors.js';
import type { Tokens } from './tokens.js';

type Schemas = components['schemas'];

/** The endpoint for tokens of Adobe's identity service. Without credentials, every client gets one. */
export function createIdentityApi(
  contract: Contract,
  tokens: Tokens,
  credentials: Credentials | undefined,
  crossOrigin: boolean,
): Api {
  return {
    contract,
    bodyFormat: 'form',
    crossOrigin,
    authorize: () => undefined,
    formatError: (error) =>
      error.status === 400 && error.entries.length > 0 ? tokenRequestNotValid(error.entries) : error,
    operations: {
      mintToken:
        () =>
        async ({ body }) => {
          const { client_id: clientId, client_secret: secret, scope } = body as Schemas['TokenRequest'];
          if (credentials && !credentials.hasSecret(clientId, secret)) throw clientNotValid();
          const token = await tokens.mint(clientId, scope);
          return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: token };
        },
    },
  };
}

/** An error in the form of OAuth 2.0 (RFC 6749, section 5.2). */
function tokenError(error: Schemas['TokenError']['error'], description: string): ApiError {
  // The RFC leaves out quotes and backslashes, and what is not printable ASCII.
  const text = description.replaceAll('"', "'").replace(/[^ !#-[\]-~]/g, '?');
  return new ApiError(400, text, () => ({ error, error_description: text }));
}

/** What was sent is not repeated: there may be a secret in it. */
function tokenRequestNotValid(violations: readonly Violation[]): ApiError {
  const isOfGrantType = violations.every(
    ({ pointer, sent }) => pointer === '/body/grant_type' && sent !== undefined,
  );
  return tokenError(
    isOfGrantType ? 'unsupported_grant_type' : 'invalid_request',
    violations
      .map(({ message, allowed }) => (allowed === undefined ? message : `${message} Allowed: ${allowed}.`))
      .join(' '),
  );
}

function clientNotValid(): ApiError {
  return tokenError('invalid_client', 'There is no client of that client_id with that client_secret.');
}
