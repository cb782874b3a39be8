import type { RequestHeaders } from '../platform/headers.js';
import {
  apiKeyInvalid,
  apiKeyRequired,
  missingHeader,
  oauthTokenMissing,
  oauthTokenNotValid,
  profileNotValid,
} from '../platform/errors.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Credentials } from './credentials.js';

/** What the gateway knows of its clients. */
export interface KnownClients {
  /** The client that an access token was minted for, if it is valid in a sandbox. Absent when any token is. */
  findTokenOwner?: ((token: string, sandbox: SandboxName | undefined) => string | undefined) | undefined;
  /** Absent when any API key is valid, and may use any sandbox. */
  credentials?: Credentials | undefined;
}

/** Rejects a request, or says which sandbox it is for: the one that its address names, or else its headers. */
export type Gateway = (headers: RequestHeaders, address: SandboxName | undefined) => SandboxName;

const BEARER = /^Bearer +\S/i;

/**
 * Decides whether a request reaches the service, as the platform's gateway does. Of several things that are wrong, the
 * first in the order of Adobe's table is reported.
 */
export function createGateway({ findTokenOwner, credentials }: KnownClients): Gateway {
  return (headers, address) => {
    const authorization = headers['authorization']?.toString();
    const apiKey = headers['x-api-key']?.toString();
    const sandbox = address ?? readSandboxName(headers);
    if (!authorization) throw oauthTokenMissing();
    if (!BEARER.test(authorization)) throw oauthTokenNotValid();
    const owner = findTokenOwner?.(authorization.slice('Bearer '.length).trim(), sandbox);
    if (findTokenOwner && owner === undefined) throw oauthTokenNotValid();
    if (!apiKey) throw apiKeyRequired();
    if (credentials && !credentials.has(apiKey)) throw apiKeyInvalid();
    if (!sandbox) throw missingHeader();
    if (credentials && !credentials.mayEnter(owner ?? apiKey, sandbox)) throw profileNotValid();
    return sandbox;
  };
}

function readSandboxName(headers: RequestHeaders): SandboxName | undefined {
  const { 'x-gw-ims-org-id': org, 'x-sandbox-name': name } = headers;
  return org && name ? { org: String(org), name: String(name) } : undefined;
}
