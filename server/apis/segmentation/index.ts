import { cancelExportJob } from './cancel-export-job.js';
import { createExportJob } from './create-export-job.js';
import { listExportJobs } from './list-export-jobs.js';
import type { Operations } from './operation.js';
import { retrieveExportJob } from './retrieve-export-job.js';

/** The table of operations. One that the contract declares and this table lacks does not compile. */
export const operations: Operations = {
  listExportJobs,
  createExportJob,
  retrieveExportJob,
  cancelExportJob,
};
