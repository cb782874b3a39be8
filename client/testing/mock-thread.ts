import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { MockStartError, type MockOptions } from './mock-options.js';

/** A mock that listens, in a thread of its own. */
export interface MockThread {
  /** Its origin. */
  url: string;
  close: () => Promise<void>;
}

type Report = { url: string } | { error: { name: string; message: string } };

/** The thread's file as it was built, whether this one runs from there, from its CommonJS build or from its source. */
const FILE = fileURLToPath(
  import.meta.url.replace(
    /(\/dist(\/cjs)?)?\/client\/testing(\/[^/]+)?\.[cm]?[jt]s$/,
    '/dist/server/mock-thread.js',
  ),
);

/**
 * Starts a mock in a thread, whose own module loader and timers no test runner has replaced. It does not keep the process
 * alive. Rejects with MockStartError.
 */
export async function startThread(options: MockOptions, onEnd?: () => void): Promise<MockThread> {
  // Loaders and flags of a test runner are not for the mock. Yarn's Plug'n'Play is, where packages are found by it alone.
  const env = process.versions['pnp'] === undefined ? { env: {} } : {};
  const thread = new Worker(FILE, { workerData: options, execArgv: [], ...env });
  const report = await new Promise<Report>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The mock's thread ended with code ${code}`)));
  });
  if ('error' in report) {
    await thread.terminate();
    throw new MockStartError(report.error.message, report.error.name);
  }
  thread.once('exit', () => onEnd?.());
  thread.unref();
  return {
    url: report.url,
    close: async () => {
      await thread.terminate();
    },
  };
}
