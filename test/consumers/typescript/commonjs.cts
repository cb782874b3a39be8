import aepMock = require('aep-export-jobs-mock');
import type { components } from 'aep-export-jobs-mock/types';

type ExportJob = components['schemas']['ExportJob'];
const statuses: ExportJob['status'][] = ['NEW', 'PROCESSING', 'SUCCEEDED', 'FAILED'];

async function main(): Promise<void> {
  const mock: aepMock.MockServer = await aepMock.createMockServer();
  try {
    const url: string = await mock.listen();
    if (url !== mock.url) throw new Error('the mock has two addresses');
    const unknown = mock
      .sandbox()
      .jobs.list()
      .find(({ status }) => !statuses.includes(status));
    if (unknown) throw new Error(`a job is ${unknown.status}`);
  } finally {
    await mock.close();
  }
}

void main();
