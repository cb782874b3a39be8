import { createMockServer } from 'aep-export-jobs-mock';
import type { components } from 'aep-export-jobs-mock/types';

type ExportJob = components['schemas']['ExportJob'];

const headers = {
  Authorization: 'Bearer any',
  'x-api-key': 'any',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
  'x-sandbox-name': 'prod',
  'Content-Type': 'application/json',
};

const mock = await createMockServer();
try {
  const jobs = `${await mock.listen()}/data/core/ups/export/jobs`;
  const body = JSON.stringify({
    destination: { datasetId: '5b7c86968f7b6501e21ba9df' },
    schema: { name: '_xdm.context.profile' },
  });
  const created = (await (await fetch(jobs, { method: 'POST', headers, body })).json()) as ExportJob;
  if (created.status !== 'NEW') throw new Error(`a new job is ${created.status}`);
  mock.sandbox().clock.advance('1m');
  const retrieved = (await (await fetch(`${jobs}/${created.id}`, { headers })).json()) as ExportJob;
  if (retrieved.status !== 'SUCCEEDED') throw new Error(`a minute later it is ${retrieved.status}`);
} finally {
  await mock.close();
}
