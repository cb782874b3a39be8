import type { IncomingHttpHeaders } from 'node:http';
import { adminAccess, DEFAULT_HOST, type AdminOptions } from './admin-access.js';
import type { Contract } from '../../contract/contract.js';
import { sentValue } from '../../contract/contract-violations.js';
import {
  adminCallForeign,
  adminClosed,
  adminTokenMissing,
  adminTokenNotValid,
} from '../platform/control-errors.js';
import { isSameSecret } from './same-secret.js';
import type { Api } from '../pipeline/api.js';
import { isLoopback, namesLoopback } from './loopback.js';

const HEALTH = 'getHealth';
const BEARER = /^Bearer +(\S+) *$/i;

/** The control plane, for those alone who may use it. All may ask for its health, by whatever access. */
export function guarded(api: Api, options: AdminOptions): Api {
  const { host = DEFAULT_HOST, adminToken } = options;
  const access = adminAccess(options);
  const isLocal = isLoopback(host);
  return {
    ...api,
    contract: access === 'off' ? healthAlone(api.contract) : api.contract,
    admit(headers, exchange) {
      const isForHealth = exchange.operation?.operationId === HEALTH;
      // There is nothing else then, and so nothing to refuse.
      if (access === 'off' && !isForHealth) return undefined;
      if (isLocal) refuseForeign(headers);
      if (!isForHealth) {
        if (access === 'closed') throw adminClosed(host);
        if (adminToken !== undefined) checkToken(headers, adminToken);
      }
      return api.admit?.(headers, exchange);
    },
  };
}

/**
 * Refuses the calls that a web page of another site makes from this machine's browser: by its own name for this machine
 * (DNS rebinding), or by ours.
 */
function refuseForeign({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): void {
  if (host === undefined || !namesLoopback(host)) {
    const names = 'localhost, a name that ends in .localhost, 127.0.0.1 or [::1], with any port';
    throw adminCallForeign('host', shortened(host), names);
  }
  const own = `http://${host.toLowerCase()}`;
  if (origin !== undefined && origin.toLowerCase() !== own) {
    throw adminCallForeign('origin', shortened(origin), `none, or ${own}`);
  }
  if (site === 'cross-site' || site === 'same-site') {
    throw adminCallForeign('sec-fetch-site', site, 'same-origin or none');
  }
}

function shortened(header: string | undefined): string | undefined {
  return header === undefined ? undefined : String(sentValue(header));
}

function checkToken({ authorization }: IncomingHttpHeaders, token: string): void {
  if (!authorization) throw adminTokenMissing();
  const sent = BEARER.exec(authorization)?.[1];
  if (sent === undefined || !isSameSecret(sent, token)) throw adminTokenNotValid();
}

function healthAlone(contract: Contract): Contract {
  return { ...contract, operations: contract.operations.filter(({ operationId }) => operationId === HEALTH) };
}
