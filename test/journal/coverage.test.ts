import { beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { loadContract, type Contract } from '../../contract/contract.js';
import type { MockServer, SandboxName } from '../../server/mock-server.js';
import { CONTRACT_FILE, CONTROL_FILE } from '../support/contracts.js';
import { example } from '../support/examples.js';
import { BASE, callerOf, credentials, SMALLEST_REQUEST, startMock } from '../support/mock.js';

let contract: Contract;
let control: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
  control = await loadContract(CONTROL_FILE, 'when needed');
});

/** Follows references, as whoever reads the document by itself has to. */
function resolved(node: any): any {
  if (node?.$ref === undefined) return node;
  const names = (node.$ref as string).split('/').slice(1);
  return resolved(
    names
      .map((name) => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<any>((value, name) => value[name], contract.document),
  );
}

const examplesOf = (holder: any): string[] =>
  Object.keys(resolved(holder)?.content?.['application/json']?.examples ?? {});

/** What a contract declares, found by a walk of its document that shares no code with the coverage. */
function declared(): string[] {
  return Object.values(contract.document.paths).flatMap((path: any) =>
    ['get', 'post', 'put', 'patch', 'delete'].flatMap((method) => {
      const operation = path[method];
      if (operation === undefined) return [];
      const cell = (...parts: (string | number)[]) => [operation.operationId, ...parts].join(' ');
      return [
        cell(),
        ...Object.keys(operation.responses as object).map((status) => cell('status', status)),
        ...[...(path.parameters ?? []), ...(operation.parameters ?? [])]
          .map(resolved)
          .map((parameter) => cell('parameter', parameter.in, parameter.name)),
        ...examplesOf(operation.requestBody).map((name) => cell('example', 'request', name)),
        ...Object.entries(operation.responses as object).flatMap(([status, response]) =>
          examplesOf(response).map((name) => cell('example', 'answer', status, name)),
        ),
      ];
    }),
  );
}

/** How often each cell was exercised, by its name. */
function cellsOf(mock: MockServer, sandbox?: Partial<SandboxName>): Map<string, number> {
  const report = mock.sandbox(sandbox).coverage();
  expect(control.schema('Coverage')(report)).toEqual([]);
  const cells = report.operations.flatMap(({ operationId, calls, statuses, parameters, examples }) => {
    const cell = (of: number, ...parts: (string | number | undefined)[]): [string, number] => [
      [operationId, ...parts.filter((part) => part !== undefined)].join(' '),
      of,
    ];
    return [
      cell(calls),
      ...statuses.map((each) => cell(each.calls, 'status', each.status)),
      ...parameters.map((each) => cell(each.calls, 'parameter', each.in, each.name)),
      ...examples.map((each) => cell(each.calls, 'example', each.of, each.status, each.name)),
    ];
  });
  const told = cells.filter(([name]) => name.includes(' '));
  expect(report.total).toBe(told.length);
  expect(report.exercised).toBe(told.filter(([, calls]) => calls > 0).length);
  return new Map(cells);
}

/** The cells that were exercised. */
const exercised = (mock: MockServer, sandbox?: Partial<SandboxName>) =>
  Object.fromEntries([...cellsOf(mock, sandbox)].filter(([, calls]) => calls > 0));

test('every operation, status, parameter and example of the contract has a cell, exercised or not', async () => {
  const { mock } = await startMock();
  const cells = [...cellsOf(mock)];
  expect(cells.map(([name]) => name).sort()).toEqual(declared().sort());
  expect(cells.length).toBeGreaterThan(80);
  expect(cells.filter(([, calls]) => calls > 0)).toEqual([]);
});

describe('a call exercises', () => {
  test('its operation, its status, and the parameters that it gives', async () => {
    const { mock, get } = await startMock();
    await get('/export/jobs?limit=2&status=NEW', { 'X-REQUEST-ID': 'x' });
    await get('/export/jobs?limit=0');
    await get('/export/jobs');
    expect(exercised(mock)).toEqual({
      listExportJobs: 3,
      'listExportJobs status 200': 2,
      'listExportJobs status 400': 1,
      'listExportJobs parameter query limit': 2,
      'listExportJobs parameter query status': 1,
      'listExportJobs parameter header x-request-id': 1,
    });
  });

  test('a parameter with a default only when it is given', async () => {
    const { mock, post } = await startMock();
    await post(SMALLEST_REQUEST);
    await post(SMALLEST_REQUEST, { 'x-profile-instance-id': 'ups' });
    expect(exercised(mock)).toMatchObject({
      createExportJob: 2,
      'createExportJob parameter header x-profile-instance-id': 1,
    });
  });

  test('the examples of answers that it gets, asked for or not', async () => {
    const sandbox = { org: example('export-job-retrieved')['imsOrgId'] as string };
    const { mock, get } = await startMock({}, sandbox);
    await get('/export/jobs/11037');
    await get('/export/jobs/100', { Prefer: 'example=export-job-retrieved' });
    await get('/export/jobs/722');
    expect(cellsOf(mock, sandbox).get('retrieveExportJob example answer 200 export-job-retrieved')).toBe(2);
  });

  test('no example of an answer of which only the head is sent', async () => {
    const { mock } = await startMock();
    const headers = { ...credentials(), Prefer: 'example=export-job-retrieved' };
    await request(mock.app).head(`${BASE}/export/jobs/100`).set(headers).expect(200);
    expect(exercised(mock)).toEqual({
      'retrieveExportJob parameter header Prefer': 1,
      retrieveExportJob: 1,
      'retrieveExportJob status 200': 1,
      'retrieveExportJob parameter path exportJobId': 1,
    });
  });

  test.each([
    ['as the contract writes it', (value: object) => JSON.stringify(value), 1],
    ['with spaces', (value: object) => JSON.stringify(value, undefined, 2), 1],
    [
      'in another order',
      (value: object) => JSON.stringify(Object.fromEntries(Object.entries(value).reverse()), undefined, 1),
      1,
    ],
    ['and something more', (value: object) => JSON.stringify({ ...value, fields: 'a'.repeat(200) }), 0],
    ['and no JSON', (value: object) => `${JSON.stringify(value)}}`, 0],
    ['in part', (value: object) => JSON.stringify({ ...value, filter: undefined }), 0],
  ])('the example of a request: %s', async (_how, write, calls) => {
    const { mock } = await startMock();
    await request(mock.app)
      .post(`${BASE}/export/jobs`)
      .set({ ...credentials(), 'Content-Type': 'application/json' })
      .send(write(example('create-request')));
    expect(cellsOf(mock).get('createExportJob example request create-request')).toBe(calls);
  });

  test('its operation, when the gateway refuses it', async () => {
    const { mock } = await startMock();
    await request(mock.app).get(`${BASE}/export/jobs?limit=1`).expect(403);
    expect(exercised(mock)).toEqual({
      listExportJobs: 1,
      'listExportJobs status 403': 1,
      'listExportJobs parameter query limit': 1,
      'listExportJobs example answer 403 oauth-token-missing': 1,
    });
  });

  test('nothing, when it is for no operation', async () => {
    const { mock, get } = await startMock();
    await get('/elsewhere');
    expect(exercised(mock)).toEqual({});
  });

  test('nothing of another sandbox', async () => {
    const { mock } = await startMock();
    await callerOf(mock, { name: 'other' }).get('/export/jobs');
    expect(exercised(mock)).toEqual({});
    expect(exercised(mock, { name: 'other' })).toEqual({ listExportJobs: 1, 'listExportJobs status 200': 1 });
  });
});

test('every example and every status can be exercised', async () => {
  const { mock, get, post, delete: cancel } = await startMock({ seed: 'demo' });
  const jobs = (await get('/export/jobs')).body.records.map(({ id }: { id: number }) => id) as number[];
  for (const { operationId, responses } of contract.operations) {
    const call = (Prefer: string) => {
      if (operationId === 'listExportJobs') return get('/export/jobs', { Prefer });
      if (operationId === 'createExportJob') return post(example('create-request'), { Prefer });
      return operationId === 'retrieveExportJob'
        ? get('/export/jobs/100', { Prefer })
        : cancel(`/export/jobs/${jobs.pop()}`, { Prefer });
    };
    for (const { status, examples } of responses.values()) {
      for (const name of examples.keys()) await call(`example=${name}, code=${status}`);
      await call(`code=${status}`);
    }
  }
  const left = [...cellsOf(mock)].filter(([, calls]) => calls === 0).map(([name]) => name);
  expect(left.filter((name) => !name.includes(' parameter '))).toEqual([]);
});

test('what was exercised is forgotten when it is cleared', async () => {
  const { mock, get } = await startMock();
  await get('/export/jobs');
  mock.sandbox().clearJournal();
  expect(exercised(mock)).toEqual({});
  await get('/export/jobs');
  expect(exercised(mock)).toEqual({ listExportJobs: 1, 'listExportJobs status 200': 1 });
});
