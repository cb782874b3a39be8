import { Worker } from 'node:worker_threads';
import type { MockOptions } from './mock-options.js';
import { startThread } from './mock-thread.js';

/**
 * What all test files that run in one process share. Jest gives each file a global object and modules of its own; those of
 * Node are the same for all. Only numbers and texts are kept, so that nothing of a file that is over is.
 */
const shared = Worker as unknown as Record<symbol, string | number | undefined>;

const LAST_SANDBOX = Symbol.for('aep-export-jobs-mock.last-sandbox');

/** The origin of the process's mock with these options, which is started if there is none. It lives as long as the process. */
export async function sharedMock(options: MockOptions): Promise<string> {
  const key = Symbol.for(`aep-export-jobs-mock.url of ${JSON.stringify(Object.entries(options).sort())}`);
  const running = shared[key];
  if (typeof running === 'string') return running;
  const { url } = await startThread(options, () => {
    shared[key] = undefined;
  });
  shared[key] = url;
  return url;
}

/** The name of a sandbox that no test of this process has had. */
export function newSandboxName(): string {
  const number = Number(shared[LAST_SANDBOX] ?? 0) + 1;
  shared[LAST_SANDBOX] = number;
  return `test-${number}`;
}
