import type { IncomingHttpHeaders } from 'node:http';
import { apiKeyRequired, missingHeader, oauthTokenMissing, oauthTokenNotValid } from '../domain/errors.js';
import type { SandboxName } from '../sandbox-name.js';
import type { Exchange } from './exchange.js';

const BEARER = /^Bearer +\S/i;

/**
 * Decides whether a call reaches the service, as the platform's gateway does, and says which sandbox it is for: the one that
 * the address names, or else the headers. Any
 * bearer token and any API key will do. What is wrong is told in the order of Adobe's table, the first alone.
 */
export function admit(headers: IncomingHttpHeaders, { address }: Pick<Exchange, 'address'>): SandboxName {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (!authorization) throw oauthTokenMissing();
  if (!BEARER.test(authorization)) throw oauthTokenNotValid();
  if (!apiKey) throw apiKeyRequired();
  if (address) return address;
  const { 'x-gw-ims-org-id': org, 'x-sandbox-name': name } = headers;
  // Node joins repeated headers of these names with a comma, so they are never arrays.
  if (!org || !name) throw missingHeader();
  return { org: String(org), name: String(name) };
}
