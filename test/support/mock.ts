import request, { type Test } from 'supertest';
import { createMockServer, type MockServer, type MockServerOptions } from '../../server/mock-server.js';
import type { SandboxName } from '../../server/platform/sandbox-name.js';

export const ORG = '1BD6382559DF0C130A49422D@AdobeOrg';
export const BASE = '/data/core/ups';
/** The instant at which the clocks of the tests' mocks stand, unless a test says otherwise. */
export const NOW = '2026-01-01T00:00:00Z';

/** The four headers that every call needs. */
export function credentials({ org = ORG, name = 'prod' }: Partial<SandboxName> = {}): Record<string, string> {
  return {
    Authorization: 'Bearer token',
    'x-api-key': 'key',
    'x-gw-ims-org-id': org,
    'x-sandbox-name': name,
  };
}

/** The smallest request that the contract lets through. */
export const SMALLEST_REQUEST = {
  destination: { datasetId: 'dataset' },
  schema: { name: '_xdm.context.profile' },
};

export interface Caller {
  mock: MockServer;
  /** Calls below the base path, with the four headers and those given. */
  get(path: string, headers?: Record<string, string>): Test;
  delete(path: string, headers?: Record<string, string>): Test;
  post(body: unknown, headers?: Record<string, string>): Test;
}

/** A mock whose clocks stand at NOW and whose ids repeat, and calls to it without a socket of its own. */
export async function startMock(
  options: MockServerOptions = {},
  sandbox: Partial<SandboxName> = {},
): Promise<Caller> {
  return callerOf(await createMockServer({ clock: NOW, randomSeed: 1, ...options }), sandbox);
}

export function callerOf(mock: MockServer, sandbox: Partial<SandboxName> = {}): Caller {
  const agent = request(mock.app);
  const headers = credentials(sandbox);
  return {
    mock,
    get: (path, more) => agent.get(BASE + path).set({ ...headers, ...more }),
    delete: (path, more) => agent.delete(BASE + path).set({ ...headers, ...more }),
    post: (body, more) =>
      agent
        .post(`${BASE}/export/jobs`)
        .set({ ...headers, ...more })
        .send(body as object),
  };
}
