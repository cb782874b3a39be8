import { BlockList, isIP } from 'node:net';

const ADDRESSES = new BlockList();
ADDRESSES.addSubnet('127.0.0.0', 8, 'ipv4');
ADDRESSES.addAddress('::1', 'ipv6');

// RFC 9110, section 7.2: a host, an IPv6 address in brackets, and then possibly a port.
const HOST = /^(?:\[([^\]]+)\]|([^:]+))(?::\d*)?$/;

/** Whether what listens on a host can be called from this machine alone. */
export function isLoopback(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === 'localhost';
  return ADDRESSES.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether a Host header names this machine as a loopback host does; names below `localhost` do too (RFC 6761, section 6.3). */
export function namesLoopback(header: string): boolean {
  const [, ipv6, name = ''] = HOST.exec(header) ?? [];
  if (ipv6 !== undefined) return isIP(ipv6) === 6 && isLoopback(ipv6);
  return isLoopback(name) || name.toLowerCase().endsWith('.localhost');
}
