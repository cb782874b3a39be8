import type { AccessTokenSource } from './access-token.js';
import { checkFunction, checkNames, checkedUrl, headerValue, platformFetch } from './client-options.js';
import type { Fetch } from './exchange.js';
import { SharedWork } from './shared-work.js';
import { fetchToken, type Token } from './token-endpoint.js';
import { sleep, type Sleep } from './waiting.js';

/** Where tokens come from, and for whom. */
export interface ClientCredentialsOptions {
  /** The token endpoint: `https://ims-na1.adobelogin.com/ims/token/v3` is the real one. */
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** What the token is for, as the project in the Developer Console lists it: names separated by commas. */
  scope: string;
  /** Makes the calls; the platform's own `fetch` unless given. */
  fetch?: Fetch | undefined;
  /** Waits between attempts; a timer unless given. */
  sleep?: Sleep | undefined;
}

const REAL_ENDPOINT = 'https://ims-na1.adobelogin.com/ims/token/v3';
const KNOWN = {
  tokenUrl: true,
  clientId: true,
  clientSecret: true,
  scope: true,
  fetch: true,
  sleep: true,
} satisfies Record<keyof ClientCredentialsOptions, true>;

/**
 * Makes what `accessToken` takes: a source of tokens by client credentials (OAuth 2.0). A token is kept until shortly before
 * it expires or until it is refused; calls that need one at the same time share one fetch. When none is to be had it rejects
 * with `ExportJobsError` of the kind `token`.
 * @throws TypeError when an option is missing or not allowed. It shows no secret.
 */
export function clientCredentials(options: ClientCredentialsOptions): AccessTokenSource {
  checkNames('clientCredentials', options, Object.keys(KNOWN));
  checkFunction('fetch', options.fetch);
  checkFunction('sleep', options.sleep);
  const request = {
    url: checkedUrl('tokenUrl', options.tokenUrl, REAL_ENDPOINT),
    clientId: headerValue('clientId', options.clientId),
    clientSecret: headerValue('clientSecret', options.clientSecret),
    scope: headerValue('scope', options.scope),
    fetch: options.fetch ?? platformFetch,
    sleep: options.sleep ?? sleep,
  };
  let kept: Token | undefined;
  let coming: SharedWork<Token> | undefined;
  return async ({ refused, signal }) => {
    if (kept && kept.value !== refused && Date.now() < kept.staleAt) return kept.value;
    if (!coming || coming.isOver) coming = new SharedWork((ended) => fetchToken(request, ended));
    kept = await coming.outcome(signal);
    return kept.value;
  };
}
