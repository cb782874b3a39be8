import { isLoopback } from './loopback.js';
import type { MockServerOptions } from '../options.js';

/**
 * Who may use the control plane: anyone on this machine (`loopback`), who has the token (`token`), nobody as others than
 * this machine may call and there is no token (`closed`), nobody as that was asked for (`off`).
 */
export type AdminAccess = 'loopback' | 'token' | 'closed' | 'off';

export type AdminOptions = Pick<MockServerOptions, 'host' | 'admin' | 'adminToken'>;

export const DEFAULT_HOST = '127.0.0.1';

export function adminAccess({ host = DEFAULT_HOST, admin = true, adminToken }: AdminOptions): AdminAccess {
  if (!admin) return 'off';
  if (adminToken !== undefined) return 'token';
  return isLoopback(host) ? 'loopback' : 'closed';
}
