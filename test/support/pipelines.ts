import type { Contract } from '../../contract/contract.js';
import { Journals } from '../../server/journal/journals.js';
import { createLog } from '../../server/log.js';
import type { Api } from '../../server/pipeline/api.js';
import { Pipeline, type PipelineParts } from '../../server/pipeline/pipeline.js';
import type { IncomingRequest } from '../../server/pipeline/request.js';
import { Routes } from '../../server/pipeline/routes.js';

/** An api of a contract that lets everybody in, has nothing in sandboxes and does nothing, unless a test says otherwise. */
export function createApi(contract: Contract, parts: Partial<Api> = {}): Api {
  const operations = contract.operations.map(({ operationId }) => [
    operationId,
    () => () => ({ status: 204 }),
  ]);
  return {
    contract,
    bodyFormat: 'json',
    crossOrigin: false,
    authorize: () => undefined,
    operations: Object.fromEntries(operations) as Api['operations'],
    ...parts,
  };
}

/** A pipeline of one api, which records nothing and logs nothing unless a test says otherwise. */
export function createPipeline(api: Api, parts: Partial<PipelineParts> = {}) {
  const routes = new Routes([api]);
  const counters = { contractViolations: 0 };
  const pipeline = new Pipeline({
    routes,
    contract: api.contract,
    faults: new Map(),
    sandboxes: {
      get: () => {
        throw new Error('There is no sandbox.');
      },
    },
    journals: new Journals(api.contract.operations, 0),
    counters,
    createRequestId: () => 'id',
    getByteLength: Buffer.byteLength,
    log: createLog('silent'),
    ...parts,
  });
  return { pipeline, routes, counters };
}

/** A GET without a body. */
export function createGet(
  routes: Routes,
  path: string,
  parts: Partial<IncomingRequest> = {},
): IncomingRequest {
  return {
    method: 'GET',
    target: routes.readTarget(path),
    rawHeaders: [],
    headers: {},
    isPreflight: false,
    readBody: () => Promise.reject(new Error('There is no body.')),
    wait: () => Promise.resolve(),
    getConnectionState: () => 'open',
    ...parts,
  };
}
