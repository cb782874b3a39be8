import { createMockServer } from 'aep-export-jobs-mock';

const headers = {
  Authorization: 'Bearer any',
  'x-api-key': 'any',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
  'x-sandbox-name': 'prod',
  'Content-Type': 'application/json',
};

let mock;
beforeAll(async () => {
  mock = await createMockServer();
  await mock.listen();
});
afterAll(() => mock.close());

test('a job that was created has succeeded a minute later', async () => {
  const jobs = `${mock.url}/data/core/ups/export/jobs`;
  const body = JSON.stringify({
    destination: { datasetId: '5b7c86968f7b6501e21ba9df' },
    schema: { name: '_xdm.context.profile' },
  });
  const created = await (await fetch(jobs, { method: 'POST', headers, body })).json();
  expect(created.status).toBe('NEW');

  mock.sandbox().clock.advance('1m');
  const retrieved = await (await fetch(`${jobs}/${created.id}`, { headers })).json();
  expect(retrieved.status).toBe('SUCCEEDED');
});
