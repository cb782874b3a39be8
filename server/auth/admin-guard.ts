import { BlockList, isIP } from 'node:net';
import { sentValue } from '../../contract/contract-violations.js';
import {
  adminClosed,
  adminRequestForeign,
  adminTokenMissing,
  adminTokenNotValid,
} from '../platform/errors.js';
import type { RequestHeaders } from '../platform/headers.js';
import { isSameSecret } from './credentials.js';

/**
 * Who may use the control plane: anyone on this machine (`loopback`), clients with the token (`token`), nobody as other
 * machines can reach it and there is no token (`closed`), nobody as it was turned off (`off`).
 */
export type AdminAccess = 'loopback' | 'token' | 'closed' | 'off';

export interface AdminOptions {
  host: string;
  admin: boolean;
  adminToken?: string | undefined;
}

export function getAdminAccess({ host, admin, adminToken }: AdminOptions): AdminAccess {
  if (!admin) return 'off';
  if (adminToken !== undefined) return 'token';
  return isLoopback(host) ? 'loopback' : 'closed';
}

const BEARER = /^Bearer +(\S+) *$/i;

/** Makes what throws for a request that may not use the control plane. Anyone on this machine may ask for its health. */
export function createAdminGuard(
  options: AdminOptions,
): (headers: RequestHeaders, isForHealth: boolean) => void {
  const { host, adminToken } = options;
  const access = getAdminAccess(options);
  const isLocal = isLoopback(host);
  return (headers, isForHealth) => {
    // With --no-admin only health is routed.
    if (access === 'off' && !isForHealth) return;
    if (isLocal) rejectForeign(headers);
    if (isForHealth) return;
    if (access === 'closed') throw adminClosed(host);
    if (adminToken !== undefined) checkToken(headers, adminToken);
  };
}

/**
 * Rejects the requests that a web page of another site sends from this machine's browser, by its own name for this machine
 * (DNS rebinding) or by ours.
 */
function rejectForeign(headers: RequestHeaders): void {
  const [host, origin] = [headers['host']?.toString(), headers['origin']?.toString()];
  if (host === undefined || !namesLoopback(host)) {
    const names = 'localhost, a name that ends in .localhost, 127.0.0.1 or [::1], with any port';
    throw adminRequestForeign('host', shorten(host), names);
  }
  const own = `http://${host.toLowerCase()}`;
  if (origin !== undefined && origin.toLowerCase() !== own) {
    throw adminRequestForeign('origin', shorten(origin), `none, or ${own}`);
  }
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') {
    throw adminRequestForeign('sec-fetch-site', site, 'same-origin or none');
  }
}

function shorten(header: string | undefined): string | undefined {
  return header === undefined ? undefined : String(sentValue(header));
}

function checkToken({ authorization }: RequestHeaders, token: string): void {
  if (!authorization) throw adminTokenMissing();
  const sent = BEARER.exec(authorization.toString())?.[1];
  if (sent === undefined || !isSameSecret(sent, token)) throw adminTokenNotValid();
}

const ADDRESSES = new BlockList();
ADDRESSES.addSubnet('127.0.0.0', 8, 'ipv4');
ADDRESSES.addAddress('::1', 'ipv6');

// RFC 9110, section 7.2: a host, an IPv6 address in brackets, and then possibly a port.
const HOST = /^(?:\[([^\]]+)\]|([^:]+))(?::\d*)?$/;

/** Whether only this machine can reach what listens on a host. */
function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return ADDRESSES.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a Host header names this machine as a loopback host does; names below `localhost` do too (RFC 6761, section 6.3). */
function namesLoopback(header: string): boolean {
  const [, ipv6, name = ''] = HOST.exec(header) ?? [];
  if (ipv6 !== undefined) return isIP(ipv6) === 6 && isLoopback(ipv6);
  return isLoopback(name) || name.toLowerCase().endsWith('.localhost');
}
