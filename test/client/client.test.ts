import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createExportJobsClient, type ExportJobsClient } from '../../client/client.js';
import type { MockServer } from '../../server/mock-server.js';
import { BASE, ORG, SMALLEST_REQUEST, startMock } from '../support/mock.js';

let mock: MockServer;
let client: ExportJobsClient;

beforeAll(async () => {
  ({ mock } = await startMock());
  await mock.listen();
  client = createExportJobsClient({
    baseUrl: mock.url + BASE,
    accessToken: 'token',
    apiKey: 'key',
    orgId: ORG,
    sandboxName: 'prod',
  });
});
beforeEach(() => mock.sandbox().reset());
afterAll(() => mock.close());

test('creates, retrieves, lists and cancels', async () => {
  const created = await client.createExportJob(SMALLEST_REQUEST);
  expect(created.status).toBe('NEW');
  expect(await client.retrieveExportJob(created.id)).toEqual(created);
  const { records, page } = await client.listExportJobs({ limit: 2, status: 'NEW' });
  expect(records[0]).toEqual(created);
  expect(page.pageSize).toBe(2);
  await expect(client.cancelExportJob(created.id)).resolves.toBeUndefined();
});
