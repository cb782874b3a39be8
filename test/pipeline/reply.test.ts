import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Logger } from 'pino';
import request from 'supertest';
import { loadContract, type Contract } from '../../contract/contract.js';
import { answerOf, checker, finish } from '../../server/pipeline/reply.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { BASE, credentials, SMALLEST_REQUEST, startMock } from '../support/mock.js';

let contract: Contract;
const logged = jest.fn();
const log = { error: logged } as unknown as Logger;

beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});
afterEach(() => {
  logged.mockClear();
});

test('an answer that breaks the contract is logged as an error, with what it broke, and counted', () => {
  const tally = { contractViolations: 0 };
  const [operation] = contract.operations.filter(({ operationId }) => operationId === 'retrieveExportJob');
  if (!operation) throw new Error('the contract lacks the operation');
  const answer = checker(contract, log, tally)({ requestId: 'r', operation }, { status: 409 });
  expect(answer.status).toBe(500);
  expect(tally.contractViolations).toBe(1);
  expect(logged).toHaveBeenCalledWith(
    expect.objectContaining({
      requestId: 'r',
      status: 409,
      violations: [expect.objectContaining({ sent: 409 })],
    }),
    'the answer broke the contract',
  );
});

test('an error that is none of the catalogue is logged, under the request id that the answer tells', () => {
  const error = new Error('a fault');
  const answer = answerOf(
    error,
    {
      requestId: 'r',
      method: 'GET',
      url: '/',
      address: undefined,
      rawHeaders: [],
      startedAt: 0,
      preferences: {},
    },
    log,
  );
  expect(answer.body).toMatchObject({ requestId: 'r' });
  expect(logged).toHaveBeenCalledWith({ requestId: 'r', err: error }, 'the mock failed');
});

test('a call that was not answered is logged as such, with the fault that it met', () => {
  const info = jest.fn();
  const exchange = {
    requestId: 'r',
    method: 'GET',
    url: '/',
    address: undefined,
    startedAt: 0,
    preferences: {},
  };
  finish({ info } as unknown as Logger, { ...exchange, rawHeaders: [], fault: 'answer-lost' }, undefined);
  expect(info).toHaveBeenCalledWith(
    expect.objectContaining({ requestId: 'r', fault: 'answer-lost', status: undefined }),
    'GET / no answer',
  );
});

describe('beyond the operations, too, an answer is held to its form', () => {
  const beyond = (answer: object) =>
    checker(contract, log, { contractViolations: 0 })({ requestId: 'r' }, answer as never).status;
  const body = {
    requestId: 'r',
    type: 'urn:aep-export-jobs-mock:error:x',
    title: 't',
    status: 405,
    errors: { 405: [{ code: '405', message: 'm' }] },
  };

  test.each([
    ['an error as it should be', { status: 405, headers: { Allow: 'GET' }, body }, 405],
    ['no body', { status: 204 }, 204],
    ['no Allow', { status: 405, body }, 500],
    ['another status than the body tells', { status: 404, headers: {}, body }, 500],
    ['an error without a body', { status: 404 }, 500],
    ['a body of another form', { status: 404, body: { message: 'x' } }, 500],
  ])('%s', (_case, answer, status) => {
    expect(beyond(answer)).toBe(status);
  });
});

test('the validator sees one content type, whatever was sent, as it keeps what it compiles for each', async () => {
  const seen: unknown[] = [];
  const { post, get } = await startMock({
    operations: {
      createExportJob:
        () =>
        ({ headers }) => {
          seen.push((headers as Record<string, unknown>)['content-type']);
          throw new Error('seen');
        },
      listExportJobs:
        () =>
        ({ headers }) => {
          seen.push((headers as Record<string, unknown>)['content-type']);
          throw new Error('seen');
        },
    },
  });
  await post(SMALLEST_REQUEST, { 'Content-Type': 'application/json; a=1' });
  await get('/export/jobs', { 'Content-Type': 'text/x-2' });
  expect(seen).toEqual(['application/json', undefined]);
});

test('no answer names what the server is made of', async () => {
  const { get } = await startMock();
  expect((await get('/export/jobs')).headers).not.toHaveProperty('x-powered-by');
});

test('a base path in other letters is none', async () => {
  const { mock } = await startMock();
  expect((await request(mock.app).get(`${BASE.toUpperCase()}/export/jobs`).set(credentials())).status).toBe(
    404,
  );
});
