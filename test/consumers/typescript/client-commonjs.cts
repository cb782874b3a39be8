import client = require('aep-export-jobs-mock/client');
import testing = require('aep-export-jobs-mock/testing');

async function main(): Promise<void> {
  const mock: testing.StartedMock = await testing.startMockServer();
  try {
    const missing: unknown = await mock
      .sandbox()
      .client.retrieveExportJob(404)
      .catch((error: unknown) => error);
    if (!(missing instanceof client.ExportJobsError))
      throw new Error('the kit has an error class of its own');
  } finally {
    await mock.close();
  }
}

void main();
