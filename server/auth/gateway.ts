import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from './credentials.js';
import {
  apiKeyInvalid,
  apiKeyRequired,
  missingHeader,
  oauthTokenMissing,
  oauthTokenNotValid,
  profileNotValid,
} from '../platform/errors.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Exchange } from '../pipeline/exchange.js';

/** What the gateway knows of its callers. */
export interface KnownCallers {
  /** The client that an access token is of, if it is good in a sandbox. Absent when any token is. */
  ownerOf?: ((token: string, sandbox: SandboxName | undefined) => string | undefined) | undefined;
  /** Absent when any API key will do, and may enter any sandbox. */
  credentials?: Credentials | undefined;
}

/** Refuses a call, or says which sandbox it is for. */
export type Gateway = (headers: IncomingHttpHeaders, exchange: Pick<Exchange, 'address'>) => SandboxName;

const BEARER = /^Bearer +\S/i;

/**
 * Decides whether a call reaches the service, as the platform's gateway does, and says which sandbox it is for: the one that
 * the address names, or else the headers. What is wrong is told in the order of Adobe's table, the first alone.
 */
export function gateway({ ownerOf, credentials }: KnownCallers): Gateway {
  return (headers, { address }) => {
    const { authorization, 'x-api-key': apiKey } = headers;
    const sandbox = address ?? sandboxOf(headers);
    if (!authorization) throw oauthTokenMissing();
    if (!BEARER.test(authorization)) throw oauthTokenNotValid();
    const owner = ownerOf?.(authorization.slice('Bearer '.length).trim(), sandbox);
    if (ownerOf && owner === undefined) throw oauthTokenNotValid();
    if (!apiKey) throw apiKeyRequired();
    if (credentials && !credentials.has(String(apiKey))) throw apiKeyInvalid();
    if (!sandbox) throw missingHeader();
    if (credentials && !credentials.mayEnter(owner ?? String(apiKey), sandbox)) throw profileNotValid();
    return sandbox;
  };
}

/** Node joins repeated headers of these names with a comma, so they are never arrays. */
function sandboxOf({
  'x-gw-ims-org-id': org,
  'x-sandbox-name': name,
}: IncomingHttpHeaders): SandboxName | undefined {
  return org && name ? { org: String(org), name: String(name) } : undefined;
}
