import type { AccessTokenSource } from './access-token.js';
import { tokenProblem } from './access-token.js';
import { bodyOf, isObject, type Answer } from './answer-error.js';
import { checkFunction, checkNames, checkedUrl, headerValue, platformFetch } from './client-options.js';
import { exchange, type Fetch, type Message } from './exchange.js';
import { ExportJobsError } from './export-jobs-error.js';
import { isPassing, repeated } from './repeating.js';
import { retryAfterOf } from './retry-after.js';
import { withoutSecrets } from './secrets.js';
import { Patience, sleep, type Sleep } from './waiting.js';

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

interface Token {
  value: string;
  /** In Unix milliseconds: from then on, another one is fetched. */
  staleAt: number;
}

const REAL_ENDPOINT = 'https://ims-na1.adobelogin.com/ims/token/v3';
const WHO = 'the token endpoint';
const BOUNDS = { attempts: 5, untilMs: 60_000 };
const TIMEOUT_MS = 30_000;
/** A token is renewed so long before it expires that a call on its way still finds it good. */
const RENEWED_EARLY = { share: 0.1, mostMs: 60_000 };
const LONGEST_TEXT = 500;
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
  let coming: Promise<Token> | undefined;
  return async ({ refused }) => {
    if (kept && kept.value !== refused && Date.now() < kept.staleAt) return kept.value;
    coming ??= fetchToken(request).finally(() => (coming = undefined));
    kept = await coming;
    return kept.value;
  };
}

interface TokenRequest {
  url: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  fetch: Fetch;
  sleep: Sleep;
}

async function fetchToken({
  url,
  clientId,
  clientSecret,
  scope,
  fetch,
  sleep,
}: TokenRequest): Promise<Token> {
  const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', scope };
  const headers = new Headers({
    'Content-Type': 'application/x-www-form-urlencoded',
    Accept: 'application/json',
  });
  const message: Message = { method: 'POST', url, headers, body: new URLSearchParams(form).toString() };
  const secrets = [clientId, clientSecret];
  const limits = {
    ...{ fetch, secrets, timeoutMs: TIMEOUT_MS, who: WHO },
    ...{ signal: undefined, requestId: undefined, outcome: undefined },
  };
  const began = Date.now();
  const attempt = async () => {
    try {
      const answer = await exchange(message, limits);
      return answer.status === 200 ? answer : refusal(answer, secrets);
    } catch (error) {
      if (error instanceof ExportJobsError) return error;
      throw error;
    }
  };
  try {
    const bounds = { ...BOUNDS, patience: new Patience(sleep, undefined) };
    return tokenOf(await repeated(attempt, isPassing, bounds), began);
  } catch (error) {
    throw error instanceof ExportJobsError ? asTokenError(error) : error;
  }
}

function refusal({ status, headers, text }: Answer, secrets: readonly string[]): ExportJobsError {
  const body = bodyOf(text, secrets);
  const { error, error_description: description } = isObject(body) ? body : {};
  const says = [error, description].filter((part) => typeof part === 'string').join(': ');
  return new ExportJobsError({
    kind: 'token',
    message: `${WHO} answered ${status}${says && `: ${says.slice(0, LONGEST_TEXT)}`}`,
    status,
    code: typeof error === 'string' ? error : undefined,
    requestId: withoutSecrets(headers.get('x-request-id') ?? '', secrets).slice(0, LONGEST_TEXT) || undefined,
    retryAfterMs: retryAfterOf(headers),
    body,
  });
}

/** What it answers with success may hold a token: none of it is told. */
function tokenOf({ status, text }: Answer, began: number): Token {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  const { access_token: value, expires_in: seconds } = isObject(body) ? body : {};
  const problem = tokenProblem(value);
  if (problem) {
    const message = `${WHO} answered ${status}, but its access_token ${problem}`;
    throw new ExportJobsError({ kind: 'token', status, message });
  }
  const lifeMs = Number(seconds) > 0 ? Number(seconds) * 1000 : Infinity;
  const early = Math.min(RENEWED_EARLY.mostMs, lifeMs * RENEWED_EARLY.share);
  return { value: value as string, staleAt: began + lifeMs - early };
}

function asTokenError(error: ExportJobsError): ExportJobsError {
  const { message, status, code, requestId, retryAfterMs, body } = error;
  return new ExportJobsError({ kind: 'token', message, status, code, requestId, retryAfterMs, body });
}
