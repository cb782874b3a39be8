import { tokenProblem, type AccessTokenSource } from './access-token.js';
import type { Fetch } from './exchange.js';
import type { SendingRules } from './sending.js';
import { sleep, type Sleep } from './waiting.js';

/** What a client is made of. Times are in milliseconds. */
export interface ExportJobsClientOptions {
  /** Where the API is, with its base path: `https://platform.adobe.io/data/core/ups` is the real service. */
  baseUrl: string;
  /** An access token, or where to get one: it is asked before each call, and once more when a token is refused (401). */
  accessToken: string | AccessTokenSource;
  /** The client id of the project (`x-api-key`). */
  apiKey: string;
  /** The organisation (`x-gw-ims-org-id`). */
  orgId: string;
  /** The sandbox within it (`x-sandbox-name`). */
  sandboxName: string;
  /** Makes the calls; the platform's own `fetch` unless given. */
  fetch?: Fetch | undefined;
  /** How often a call is made at most, the first time included; 5 unless given. */
  attempts?: number | undefined;
  /**
   * For how long a call is repeated; 120,000 unless given. One that would have to wait beyond that, as a `Retry-After`
   * may ask for, is not made again.
   */
  retryForMs?: number | undefined;
  /** How long one attempt may take to its whole answer; 60,000 unless given. */
  timeoutMs?: number | undefined;
  /** Waits between attempts; a timer unless given. */
  sleep?: Sleep | undefined;
}

/** What is made of the options. */
export interface ClientSettings extends SendingRules {
  baseUrl: string;
  headers: Record<string, string>;
}

const REAL_SERVICE = 'https://platform.adobe.io/data/core/ups';
/** URLs take more than this, and mend it: `https:host`, or a `?` with nothing behind it. */
const HTTP_URL = /^https?:\/\/[^\s/?#][^\s?#]*$/i;
/** What fetch takes for the value of a header, without spaces around it. */
const HEADER_VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;
const KNOWN = {
  baseUrl: true,
  accessToken: true,
  apiKey: true,
  orgId: true,
  sandboxName: true,
  fetch: true,
  attempts: true,
  retryForMs: true,
  timeoutMs: true,
  sleep: true,
} satisfies Record<keyof ExportJobsClientOptions, true>;

/** Looked up at each call, so that what replaces it later is used too. */
export const platformFetch: Fetch = (request) => fetch(request);

/** @throws TypeError that says what is wrong with an option, and what is allowed. It shows no token and no key. */
export function clientSettings(options: ExportJobsClientOptions): ClientSettings {
  checkNames('createExportJobsClient', options, Object.keys(KNOWN));
  const { accessToken, apiKey, orgId, sandboxName } = options;
  const problem = typeof accessToken === 'function' ? undefined : tokenProblem(accessToken);
  if (problem) throw new TypeError(`accessToken ${problem}; or a function that answers it.`);
  checkFunction('fetch', options.fetch);
  checkFunction('sleep', options.sleep);
  return {
    baseUrl: checkedUrl('baseUrl', options.baseUrl, REAL_SERVICE).replace(/(?<!\/)\/+$/, ''),
    headers: {
      'x-api-key': headerValue('apiKey', apiKey),
      'x-gw-ims-org-id': headerValue('orgId', orgId),
      'x-sandbox-name': headerValue('sandboxName', sandboxName),
    },
    accessToken,
    apiKey,
    fetch: options.fetch ?? platformFetch,
    attempts: checkedAttempts(options.attempts),
    retryForMs: atLeast(0, 'retryForMs', options.retryForMs, 120_000),
    timeoutMs: atLeast(1, 'timeoutMs', options.timeoutMs, 60_000),
    sleep: options.sleep ?? sleep,
  };
}

export function checkNames(of: string, options: unknown, known: string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${of} takes an object of options: ${known.join(', ')}.`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new TypeError(`${of} has no option ${unknown}; it has ${known.join(', ')}.`);
}

/** @throws TypeError unless the address is one that calls can be made to. */
export function checkedUrl(name: string, value: unknown, example: string): string {
  const allowed = `an absolute http or https URL, such as ${example}`;
  if (value === undefined || value === '') throw new TypeError(`${name} is missing; it is ${allowed}.`);
  if (typeof value !== 'string' || !URL.canParse(value)) {
    // What comes before an @ may be a password.
    const shown = typeof value === 'string' && value.includes('@') ? '' : `; it is ${JSON.stringify(value)}`;
    throw new TypeError(`${name} is to be ${allowed}${shown}.`);
  }
  const { username, password } = new URL(value);
  if (username !== '' || password !== '') throw new TypeError(`${name} may hold no user and no password.`);
  if (!HTTP_URL.test(value)) {
    throw new TypeError(`${name} is to be ${allowed}, without query and fragment, and without spaces.`);
  }
  return value;
}

/** @throws TypeError unless a number, maybe without end, is one that calls can be held to. */
function atLeast(least: number, name: string, value: unknown, unlessGiven: number): number {
  if (value === undefined) return unlessGiven;
  if (typeof value === 'number' && value >= least) return value;
  const is = typeof value === 'number' || value === null ? String(value) : typeof value;
  throw new TypeError(`${name} is a number from ${least}; it is ${is}.`);
}

function checkedAttempts(value: unknown): number {
  const attempts = atLeast(1, 'attempts', value, 5);
  if (Number.isInteger(attempts) || attempts === Infinity) return attempts;
  throw new TypeError(`attempts is a whole number from 1, or Infinity; it is ${attempts}.`);
}

export function checkSignal(value: unknown): void {
  // Not by its class, of which a process may have more than one.
  const has = (name: string) => typeof value === 'object' && value !== null && name in value;
  if (value === undefined || (has('aborted') && has('addEventListener'))) return;
  throw new TypeError(`signal is to be an AbortSignal; it is ${value === null ? 'null' : typeof value}.`);
}

export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new TypeError(`${name} is to be a function; it is ${value === null ? 'null' : typeof value}.`);
}

export function headerValue(name: string, value: unknown): string {
  if (typeof value === 'string' && HEADER_VALUE.test(value)) return value;
  const is = value === undefined || value === '' ? 'missing' : 'not one';
  throw new TypeError(`${name} is ${is}; it is a text of printable ASCII, without spaces around it.`);
}
