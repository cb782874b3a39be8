import request, { type Test } from 'supertest';
import type { MockServer } from '../../server/mock-server.js';
import type { SandboxName } from '../../server/platform/sandbox-name.js';

export type Method = 'get' | 'put' | 'post' | 'delete';

/** Calls of the control plane for one sandbox, by their paths below `/__admin`. */
export type Control = Record<Method, (path: string, body?: unknown) => Test>;

export function controlOf(mock: MockServer, { org, name }: Partial<SandboxName> = {}): Control {
  const agent = request(mock.app);
  const headers = {
    ...(org !== undefined && { 'x-gw-ims-org-id': org }),
    ...(name !== undefined && { 'x-sandbox-name': name }),
  };
  const call =
    (method: Method) =>
    (path: string, body?: unknown): Test => {
      const test = agent[method](`/__admin${path}`).set(headers);
      return body === undefined
        ? test
        : test.set('Content-Type', 'application/json').send(JSON.stringify(body));
    };
  return { get: call('get'), put: call('put'), post: call('post'), delete: call('delete') };
}
