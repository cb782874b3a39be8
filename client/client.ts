import { clientSettings, type ExportJobsClientOptions } from './client-options.js';
import { JobWait, type WaitOptions, type WaitOutcome } from './job-waiting.js';
import { allJobs } from './listing.js';
import {
  exportJobsOperations,
  type CallOptions,
  type ExportJob,
  type ExportJobsOperations,
  type ExportJobsQuery,
} from './operations.js';

export type { AccessTokenSource } from './access-token.js';
export { clientCredentials, type ClientCredentialsOptions } from './client-credentials.js';
export type { ExportJobsClientOptions } from './client-options.js';
export { ExportJobsError } from './export-jobs-error.js';
export type { WaitOptions, WaitOutcome, WaitProgress } from './job-waiting.js';
export type { CallOptions } from './operations.js';

/** A client of the export jobs API, of the real service or of what stands in for it. */
export interface ExportJobsClient extends ExportJobsOperations {
  /**
   * The export jobs of all pages, newest first. A page is asked for when the one before has been used up; `limit` says how
   * many it holds, 100 unless given.
   */
  listAll(query?: ExportJobsQuery, options?: CallOptions): AsyncGenerator<ExportJob, void, undefined>;
  /**
   * Waits for a job to finish, and resolves to how that ended. It is asked for again and again: after about a second, and
   * ever more slowly up to half a minute. Once the job was seen, what passes by itself (a lost connection, 429, 502, 503,
   * 504) is waited for until the deadline; before, it rejects as `retrieveExportJob` does.
   */
  waitForJob(exportJobId: number, options?: WaitOptions): Promise<WaitOutcome>;
}

/**
 * Makes a client of the export jobs API.
 *
 * Its methods are the operations of the contract. GET and DELETE are repeated when a connection is lost, when no answer
 * comes in time, and on 429, 502, 503 and 504; POST on 429 only, since a second one could create a second job. The time
 * that an answer asks to wait (`Retry-After`) is kept.
 * @throws TypeError when an option is missing or not allowed.
 */
export function createExportJobsClient(options: ExportJobsClientOptions): ExportJobsClient {
  const settings = clientSettings(options);
  const operations = exportJobsOperations(settings);
  return {
    ...operations,
    retrieveExportJob: (id, call) => operations.retrieveExportJob(id, call),
    listAll: (query, call) => allJobs(operations, query, call),
    // Problems with the options reject it, as all else does.
    waitForJob: async (id, wait = {}) => new JobWait(operations, settings, wait).outcome(id),
  };
}
