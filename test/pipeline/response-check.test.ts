import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packageRoot } from '../../contract/package-root.js';
import { ApiError } from '../../server/platform/errors.js';
import type { operations } from '../../server/apis/segmentation/api.js';
import { checkResponse } from '../../server/pipeline/response-check.js';
import { loadContract } from '../../contract/contract.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { startMock } from '../support/mock.js';

/** The `any` is the point: these operations answer what the types do not let them. */
const answering =
  (answer: unknown): any =>
  () =>
  () =>
    answer;
const right = (await startMock()).get('/export/jobs/100').then(({ body }) => body as Record<string, unknown>);

async function expectCaught(overrides: Partial<typeof operations>, path = '/export/jobs/100') {
  const { mock, get, delete: cancel } = await startMock({ operations: overrides });
  const answer = await (overrides.cancelExportJob ? cancel(path) : get(path));
  expect(answer.status).toBe(500);
  expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:response-violates-contract');
  expect(answer.headers['x-request-id']).toBe(answer.body.requestId);
  expect(mock.health().contractViolations).toBe(1);
  return answer.body.errors['500'] as { message: string; pointer: string }[];
}

describe('an answer that breaks the contract is replaced by a 500 that says what was wrong', () => {
  test('a body with a wrong value', async () => {
    const body = { ...(await right), creationTime: '2018-10-04' };
    const [violation] = await expectCaught({ retrieveExportJob: answering({ status: 200, body }) });
    expect(violation).toMatchObject({
      pointer: '/body/creationTime',
      message: "'creationTime' must be integer.",
    });
  });

  test('a body with an unknown property', async () => {
    const body = { ...(await right), extra: 1 };
    const [violation] = await expectCaught({ retrieveExportJob: answering({ status: 200, body }) });
    expect(violation?.pointer).toBe('/body/extra');
  });

  test('no body', async () => {
    await expectCaught({ retrieveExportJob: answering({ status: 200 }) });
  });

  test('a body where there is none', async () => {
    const [violation] = await expectCaught({ cancelExportJob: answering({ status: 204, body: {} }) });
    expect(violation?.pointer).toBe('/body');
  });

  test('a header with a wrong value', async () => {
    const violation = await createdWith({ 'X-Location': 'jobs/1' });
    expect(violation).toMatchObject({ pointer: '/headers/X-Location' });
  });

  test('a header that is missing', async () => {
    expect(await createdWith({})).toMatchObject({ message: "The header 'X-Location' is missing." });
  });

  test('a header that is not declared', async () => {
    const violation = await createdWith({ 'X-Location': '/data/core/ups/export/jobs/1', 'X-Other': '1' });
    expect(violation).toMatchObject({ pointer: '/headers/x-other' });
  });

  test('a 409, which is not declared', async () => {
    const [violation] = await expectCaught({
      retrieveExportJob: answering({ status: 409, body: await right }),
    });
    expect(violation).toMatchObject({
      pointer: '/status',
      message: 'The status 409 is not declared for retrieveExportJob.',
    });
  });

  test('a 500 of another form', async () => {
    await expectCaught({ retrieveExportJob: answering({ status: 500, body: { error: 'oops' } }) });
  });

  test('an error that is thrown with a status that is not declared', async () => {
    const operation = () => () => {
      throw new ApiError(409, 'conflict', () => ({ error_code: '409000', message: 'conflict' }));
    };
    await expectCaught({ retrieveExportJob: operation });
  });
});

async function createdWith(headers: Record<string, string>) {
  const { post } = await startMock();
  const { body } = await post({ destination: { datasetId: 'd' }, schema: { name: 's' } });
  const broken = await startMock({
    operations: { createExportJob: answering({ status: 200, headers, body }) },
  });
  const answer = await broken.post({ destination: { datasetId: 'd' }, schema: { name: 's' } });
  expect(answer.status).toBe(500);
  expect(broken.mock.health().contractViolations).toBe(1);
  return answer.body.errors['500'][0] as object;
}

describe('under a contract that does not declare 503', () => {
  let folder: string;
  let contract: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contract-'));
    contract = join(folder, 'openapi.yaml');
    const text = await readFile(join(packageRoot, 'spec/openapi.yaml'), 'utf8');
    await writeFile(
      contract,
      text
        .replaceAll("'503': { $ref: '#/components/responses/ServiceUnavailable' }", '')
        .replaceAll('../fixtures', join(packageRoot, 'fixtures')),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a 503 is caught', async () => {
    const body = {
      requestId: 'r',
      type: 'urn:aep-export-jobs-mock:error:service-unavailable',
      title: 't',
      status: 503,
      errors: { 503: [{ code: '503', message: 'm' }] },
    };
    const operation = answering({ status: 503, body });
    const { get } = await startMock({ contract, operations: { retrieveExportJob: operation } });
    const answer = await get('/export/jobs/100');
    expect(answer.status).toBe(500);
    expect(answer.body.errors['500'][0].message).toBe(
      'The status 503 is not declared for retrieveExportJob.',
    );

    const declared = await startMock({ operations: { retrieveExportJob: operation } });
    expect((await declared.get('/export/jobs/100')).status).toBe(503);
  });
});

test('an operation that throws what is no error of the catalogue is a 500 that gives nothing away', async () => {
  const operation = () => () => {
    throw new Error('secret');
  };
  const { mock, get } = await startMock({ operations: { retrieveExportJob: operation } });
  const answer = await get('/export/jobs/100');
  expect(answer.status).toBe(500);
  expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:internal-error');
  expect(answer.text).not.toMatch(/secret|at .*:\d+/);
  expect(mock.health().contractViolations).toBe(0);
});

describe('beyond the operations, too, a response is checked', () => {
  const body = {
    requestId: 'r',
    type: 'urn:aep-export-jobs-mock:error:x',
    title: 't',
    status: 405,
    errors: { 405: [{ code: '405', message: 'm' }] },
  };

  test.each([
    ['an error as it should be', { status: 405, headers: { Allow: 'GET' }, body }, true],
    ['no body', { status: 204 }, true],
    ['no Allow', { status: 405, body }, false],
    ['another status than the body says', { status: 404, headers: {}, body }, false],
    ['an error without a body', { status: 404 }, false],
    ['a body of another form', { status: 404, body: { message: 'x' } }, false],
  ])('%s', async (_case, response, isValid) => {
    const contract = await loadContract(CONTRACT_FILE);
    const headers = { 'x-request-id': 'r', ...('headers' in response && response.headers) };
    expect(checkResponse(contract, undefined, { ...response, headers }).length === 0).toBe(isValid);
  });
});
