import { tokenProblem } from './access-token.js';
import { bodyOf, isObject, type Answer } from './answer-error.js';
import { exchange, type Fetch, type Message } from './exchange.js';
import { ExportJobsError } from './export-jobs-error.js';
import { isPassing, repeated } from './repeating.js';
import { retryAfterOf } from './retry-after.js';
import { withoutSecrets } from './secrets.js';
import { Patience, type Sleep } from './waiting.js';

export interface Token {
  value: string;
  /** In Unix milliseconds: from then on, another one is fetched. */
  staleAt: number;
}

const WHO = 'the token endpoint';
const BOUNDS = { attempts: 5, untilMs: 60_000 };
const TIMEOUT_MS = 30_000;
/** A token is renewed so long before it expires that a call on its way still finds it good. */
const RENEWED_EARLY = { share: 0.1, mostMs: 60_000 };
const LONGEST_TEXT = 500;
/** What a token is asked for with. */
export interface TokenRequest {
  url: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  fetch: Fetch;
  sleep: Sleep;
}

/**
 * Fetches a token by client credentials, as often as it takes.
 * @throws ExportJobsError of the kind `token`; the signal's reason when it was aborted.
 */
export async function fetchToken(request: TokenRequest, signal: AbortSignal): Promise<Token> {
  const { url, clientId, clientSecret, scope, fetch, sleep } = request;
  const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials', scope };
  const headers = new Headers({
    'Content-Type': 'application/x-www-form-urlencoded',
    Accept: 'application/json',
  });
  const message: Message = { method: 'POST', url, headers, body: new URLSearchParams(form).toString() };
  const secrets = [clientId, clientSecret];
  const limits = {
    ...{ fetch, secrets, timeoutMs: TIMEOUT_MS, who: WHO, signal },
    ...{ requestId: undefined, outcome: undefined },
  };
  const began = Date.now();
  const attempt = async () => {
    try {
      const answer = await exchange(message, limits);
      return answer.status >= 200 && answer.status < 300 ? answer : refusal(answer, secrets);
    } catch (error) {
      if (error instanceof ExportJobsError) return error;
      throw error;
    }
  };
  try {
    const bounds = { ...BOUNDS, patience: new Patience(sleep, signal) };
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
