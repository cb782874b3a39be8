import type { components } from '../../../generated/ims.js';
import type { Contract } from '../../../contract/contract.js';
import type { Credentials } from '../../auth/credentials.js';
import type { ApiError } from '../../platform/errors.js';
import { clientNotValid, tokenRequestNotValid } from './token-errors.js';
import type { Tokens } from './tokens.js';
import type { Api } from '../../pipeline/api.js';
import { readForm } from '../../http/form-body.js';
import { holdAlone } from '../../pipeline/request-check.js';

type TokenRequest = components['schemas']['TokenRequest'];

/** The endpoint for tokens. Without credentials, every client gets one. */
export function imsApi(
  contract: Contract,
  tokens: Tokens,
  credentials: Credentials | undefined,
  crossOrigin: boolean,
): Api {
  return {
    contract,
    addressable: false,
    crossOrigin,
    readBody: readForm,
    hold: holdAlone,
    inOwnForm,
    async perform(_operationId, { body }) {
      const { client_id: clientId, client_secret: secret, scope } = body as TokenRequest;
      if (credentials && !credentials.hasSecret(clientId, secret)) throw clientNotValid();
      const token = await tokens.mint(clientId, scope);
      return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: token };
    },
  };
}

/** What is wrong with a request is told as OAuth has it. */
function inOwnForm(error: ApiError): ApiError {
  return error.status === 400 && error.entries.length > 0 ? tokenRequestNotValid(error.entries) : error;
}
