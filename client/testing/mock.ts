import { checkedUrl } from '../client-options.js';
import { checkClientOptions, type KitClientOptions, type WithClientOptions } from './kit-client.js';
import { checkOptions, MockStartError, type MockOptions } from './mock-options.js';
import { startThread } from './mock-thread.js';
import { BASE_PATH, Sandbox } from './sandbox.js';

/** A mock that runs, wherever it was started. */
export interface ConnectedMock {
  /** Its origin, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The same with the API's base path: `…/data/core/ups`. */
  readonly baseUrl: string;
  /** A sandbox of it by its name, `prod` unless another is given. It comes into being at its first call. */
  sandbox(name?: string): Sandbox;
}

/** A mock that was started here, and runs in a thread of its own. */
export interface StartedMock extends ConnectedMock {
  /** Stops it. It stops by itself with the process, which it does not keep alive. */
  close(): Promise<void>;
}

/**
 * Starts a mock that keeps state in memory and listens on a free port of this machine. It runs in a thread of its own, out
 * of reach of fake timers and replaced modules. Rejects with MockStartError for options that are not allowed.
 */
export async function startMockServer(options: MockOptions & WithClientOptions = {}): Promise<StartedMock> {
  checkOptions(options, ['client']);
  const { client, ...ofMock } = options;
  checkClientOptions(client);
  const { url, close } = await startThread(ofMock);
  return { ...connected(url, client), close };
}

/**
 * What turns a mock that another process has started, by its origin: in a worker of Playwright, the `AEP_MOCK_URL` that its
 * global setup has set. Nothing is called before a sandbox is used. Throws MockStartError for what is no such address.
 */
export function connectMockServer(url: string, { client }: WithClientOptions = {}): ConnectedMock {
  checkClientOptions(client);
  return connected(checkedOrigin(url), client);
}

function connected(url: string, client: KitClientOptions | undefined): ConnectedMock {
  return { url, baseUrl: url + BASE_PATH, sandbox: (name = 'prod') => new Sandbox(url, name, client) };
}

function checkedOrigin(url: string): string {
  const example = 'http://127.0.0.1:4010';
  try {
    const { origin, pathname } = new URL(checkedUrl('The address of the mock', url, example));
    if (pathname === '/') return origin;
  } catch (error) {
    throw new MockStartError((error as Error).message);
  }
  throw new MockStartError(
    `The address of the mock is ${url}; allowed is an origin without a path, such as ${example}`,
  );
}
