import { checkOptions, type MockOptions } from './mock-options.js';
import { startThread } from './mock-thread.js';
import { BASE_PATH, Sandbox } from './sandbox.js';

/** A mock that runs, in a thread of its own. */
export interface StartedMock {
  /** Its origin, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The same with the API's base path: `…/data/core/ups`. */
  readonly baseUrl: string;
  /** A sandbox of it by its name, `prod` unless another is given. It comes into being at its first call. */
  sandbox(name?: string): Sandbox;
  /** Stops it. It stops by itself with the process, which it does not keep alive. */
  close(): Promise<void>;
}

/**
 * Starts a mock that keeps state in memory and listens on a free port of this machine. It runs in a thread of its own, out
 * of reach of fake timers and replaced modules. Rejects with MockStartError for options that are not allowed.
 */
export async function startMockServer(options: MockOptions = {}): Promise<StartedMock> {
  checkOptions(options);
  const { url, close } = await startThread(options);
  return {
    url,
    baseUrl: url + BASE_PATH,
    sandbox: (name = 'prod') => new Sandbox(url, name),
    close,
  };
}
