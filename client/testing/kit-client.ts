import { createExportJobsClient, type ExportJobsClient, type ExportJobsClientOptions } from '../client.js';
import { MockStartError } from './mock-options.js';

type Tunable = 'accessToken' | 'fetch' | 'attempts' | 'retryForMs' | 'timeoutMs' | 'sleep';

/** How the clients of sandboxes are to be: the options of `createExportJobsClient` that say nothing of where and who. */
export type KitClientOptions = { [Name in Tunable]?: ExportJobsClientOptions[Name] | undefined };

/** The options of a mock's clients, beside those of the mock. */
export interface WithClientOptions {
  /** Options of `client`, such as `attempts`. It repeats a call for 2 s unless they say otherwise, or how it is to `sleep`. */
  client?: KitClientOptions | undefined;
}

/** Most runners give a test five seconds. */
const RETRY_FOR_MS = 2000;

/** Those of the sandbox, which it calls with. */
const OWN = { accessToken: 'test', apiKey: 'test' };

/** @throws TypeError for an option that is not allowed. */
export function kitClient(
  of: { baseUrl: string; orgId: string; sandboxName: string },
  options: KitClientOptions = {},
): ExportJobsClient {
  const { accessToken = OWN.accessToken, sleep, retryForMs = sleep ? undefined : RETRY_FOR_MS } = options;
  return createExportJobsClient({ ...OWN, ...options, ...of, accessToken, retryForMs });
}

/** @throws MockStartError for options that are not allowed. */
export function checkClientOptions(options: KitClientOptions | undefined): void {
  if (options !== undefined && (typeof options !== 'object' || (options as unknown) === null)) {
    throw new MockStartError('The option client is an object of options, such as attempts');
  }
  try {
    kitClient({ baseUrl: 'http://127.0.0.1', orgId: 'none', sandboxName: 'none' }, options);
  } catch (error) {
    throw new MockStartError(`The option client: ${(error as Error).message}`);
  }
  const own = ['baseUrl', 'apiKey', 'orgId', 'sandboxName'].find((name) =>
    Object.hasOwn(options ?? {}, name),
  );
  if (own === undefined) return;
  throw new MockStartError(`The option client may have no ${own}: it is that of the sandbox`);
}
