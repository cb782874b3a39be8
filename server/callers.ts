import { ownContract } from '../contract/contract-document.js';
import { loadContract } from '../contract/contract.js';
import { loadCredentials } from './auth/credentials.js';
import type { Api } from './pipeline/api.js';
import { gateway, type Gateway } from './auth/gateway.js';
import { imsApi } from './apis/identity/api.js';
import type { MockServerOptions } from './options.js';
import type { Sandboxes } from './sandbox/sandboxes.js';
import { Tokens } from './apis/identity/tokens.js';

const IMS_CONTRACT = ownContract('ims');

/** Who may call the API, and where callers get their tokens. */
export interface Callers {
  /** What refuses all others. Tokens live by the clocks of these sandboxes. */
  gateway: (sandboxes: Pick<Sandboxes, 'clockOf'>) => Gateway;
  tokenApi: Api;
}

/** Reads who may call. Rejects with ContractError or CredentialsError. */
export async function readCallers(options: MockServerOptions, randomSeed: string): Promise<Callers> {
  const { auth = 'any', credentials: file, cors: crossOrigin = true } = options;
  const contract = await loadContract(IMS_CONTRACT, 'when needed');
  const credentials = file === undefined ? undefined : await loadCredentials(file, contract);
  const tokens = new Tokens(randomSeed);
  return {
    gateway: (sandboxes) =>
      gateway({
        credentials,
        ownerOf:
          auth === 'minted'
            ? (token, sandbox) => tokens.ownerOf(token, sandbox && sandboxes.clockOf(sandbox))
            : undefined,
      }),
    tokenApi: imsApi(contract, tokens, credentials, crossOrigin),
  };
}
