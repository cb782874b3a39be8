import type { IncomingHttpHeaders } from 'node:http';
import { apiKeyRequired, missingHeader, oauthTokenMissing, oauthTokenNotValid } from '../domain/errors.js';
import type { SandboxName } from '../sandbox-name.js';

const BEARER = /^Bearer +\S/i;

/**
 * Decides whether a call reaches the service, as the platform's gateway does, and says which sandbox it is for. Any
 * bearer token and any API key will do. What is wrong is told in the order of Adobe's table, the first alone.
 */
export function admit(headers: IncomingHttpHeaders): SandboxName {
  const { authorization, 'x-api-key': apiKey, 'x-gw-ims-org-id': org, 'x-sandbox-name': name } = headers;
  if (!authorization) throw oauthTokenMissing();
  if (!BEARER.test(authorization)) throw oauthTokenNotValid();
  if (!apiKey) throw apiKeyRequired();
  // Node joins repeated headers of these names with a comma, so they are never arrays.
  if (!org || !name) throw missingHeader();
  return { org: String(org), name: String(name) };
}
