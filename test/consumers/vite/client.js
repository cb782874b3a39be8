import { ExportJobsError, createExportJobsClient } from 'aep-export-jobs-mock/client';

// The development server puts the real headers in the place of these.
const client = createExportJobsClient({
  baseUrl: `${location.origin}/data/core/ups`,
  accessToken: 'none',
  apiKey: 'none',
  orgId: 'none@AdobeOrg',
  sandboxName: 'none',
});

window.client = client;
window.ExportJobsError = ExportJobsError;
