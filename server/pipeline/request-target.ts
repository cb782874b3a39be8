import type { SandboxName } from '../platform/sandbox-name.js';

/** What the target of a request says. */
export interface RequestTarget {
  /** Path and query as sent, for those who are told of the call; a secret that somebody put there is left out. */
  sent: string;
  /** Path and query as the contracts know them. */
  url: string;
  /** The sandbox that it names, if it names one. */
  address: SandboxAddress | undefined;
}

/** A sandbox by address: in it, the API is the same whatever the headers say. */
export interface SandboxAddress extends SandboxName {
  /** What stands before the API's own path, as sent. */
  path: string;
}

/** How such an address is told. */
export const ADDRESS_TEMPLATE = '/as/{org}/{sandbox}';

const ADDRESS = /^\/as\/([^/?]+)\/([^/?]+)(?=\/)/;
const SECRETS_IN_QUERY = /([?&](?:client_secret|access_token)=)[^&]+/gi;

/**
 * Reads the target of a request, whichever form of RFC 9112 (section 3.2) it was sent in. Only what lies below one of the
 * base paths can be reached by a sandbox's address.
 */
export function readTarget(target: string, basePaths: readonly string[]): RequestTarget {
  const whole = originForm(target);
  const address = whole.startsWith('/as/') ? addressOf(whole, basePaths) : undefined;
  return {
    sent: whole.includes('?') ? whole.replace(SECRETS_IN_QUERY, '$1…') : whole,
    url: decodable(address ? whole.slice(address.path.length) : whole),
    address,
  };
}

function originForm(target: string): string {
  return (
    target
      .replace(/^https?:\/\/[^/?]*/i, '')
      // What is no path then (the asterisk, another scheme's) names nothing; Express would look for a path within it.
      .replace(/^(?!\/)/, '/')
      // No fragment is ever sent: what looks like one is a part of what stands before it.
      .replaceAll('#', '%23')
  );
}

function addressOf(url: string, basePaths: readonly string[]): SandboxAddress | undefined {
  const [path, org = '', name = ''] = ADDRESS.exec(url) ?? [];
  if (path === undefined) return undefined;
  const [below = ''] = url.slice(path.length).split('?', 1);
  if (!basePaths.some((base) => below === base || below.startsWith(`${base}/`))) return undefined;
  try {
    return { path, org: decodeURIComponent(org), name: decodeURIComponent(name) };
  } catch {
    // Without a sandbox, the path names nothing.
    return undefined;
  }
}

/** The same, with a path that can be decoded: one that can not is taken as it is written, and so names nothing. */
function decodable(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}
