import { createExportJobsClient, type ExportJobsClient } from '../../client/client.js';
import { BASE, ORG } from './mock.js';

export type ClientOptions = Parameters<typeof createExportJobsClient>[0];

export const TOKEN = 'the-secret/token+1';
export const API_KEY = 'the-secret-key-2';

/** A client whose waits take no time, and what they were asked to be, in milliseconds. */
export function clientOf(
  origin: string,
  options: Partial<ClientOptions> = {},
): { client: ExportJobsClient; waits: number[] } {
  const waits: number[] = [];
  const client = createExportJobsClient({
    baseUrl: origin + BASE,
    accessToken: TOKEN,
    apiKey: API_KEY,
    orgId: ORG,
    sandboxName: 'prod',
    ...options,
    sleep: async (ms, signal) => {
      waits.push(ms);
      await options.sleep?.(ms, signal);
    },
  });
  return { client, waits };
}
