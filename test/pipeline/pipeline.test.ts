import { afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import type { Logger } from 'pino';
import { loadContract, type Contract } from '../../contract/contract.js';
import type { Sandbox } from '../../server/sandbox/sandbox.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { BASE } from '../support/mock.js';
import { createApi, createGet, createPipeline } from '../support/pipelines.js';

const PATH = `${BASE}/export/jobs/100`;

let contract: Contract;
const logged = jest.fn();
const info = jest.fn();
const log = { error: logged, info } as unknown as Logger;

beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});
afterEach(() => {
  logged.mockClear();
  info.mockClear();
});

/** An api whose retrieve does this. */
const createRetrieving = (handle: () => { status: number }) => {
  const api = createApi(contract);
  return { ...api, operations: { ...api.operations, retrieveExportJob: () => handle } };
};

test('a response that violates the contract is logged as an error, with what it broke, and counted', async () => {
  const api = createRetrieving(() => ({ status: 409 }));
  const { pipeline, routes, counters } = createPipeline(api, { log });
  const headers = { 'x-request-id': 'r' };
  expect(await pipeline.handle(createGet(routes, PATH, { headers }))).toMatchObject({ status: 500 });
  expect(counters.contractViolations).toBe(1);
  expect(logged).toHaveBeenCalledWith(
    expect.objectContaining({
      requestId: 'r',
      status: 409,
      violations: [expect.objectContaining({ sent: 409 })],
    }),
    'the response violates the contract',
  );
});

test('an error that is none of the catalogue is logged, under the request id of the response', async () => {
  const error = new Error('a fault');
  const api = createRetrieving(() => {
    throw error;
  });
  const { pipeline, routes } = createPipeline(api, { log });
  const response = await pipeline.handle(createGet(routes, PATH, { headers: { 'x-request-id': 'r' } }));
  const { text = '' } = response as { text?: string };
  expect(JSON.parse(text)).toMatchObject({ requestId: 'r' });
  expect(logged).toHaveBeenCalledWith({ requestId: 'r', err: error }, 'the mock failed');
});

test('a request without a response is logged as such, with the fault that it met', async () => {
  const fault = { name: 'answer-lost', summary: '', effect: { kind: 'lose' } };
  const sandbox = { rules: { size: 1, nextFault: () => fault } } as unknown as Sandbox;
  const api = {
    ...createRetrieving(() => ({ status: 204 })),
    authorize: () => ({ org: 'o', name: 'n' }),
    inSandbox: { preferences: {}, resources: {}, createNotFound: () => new Error() as never },
  };
  const { pipeline, routes } = createPipeline(api, { log, sandboxes: { get: () => sandbox } });
  const outcome = await pipeline.handle(createGet(routes, PATH, { headers: { 'x-request-id': 'r' } }));
  expect(outcome).toBe('reset');
  expect(info).toHaveBeenCalledWith(
    expect.objectContaining({ requestId: 'r', fault: 'answer-lost', status: undefined }),
    `GET ${PATH} no response`,
  );
});
