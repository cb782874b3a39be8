import { checkObject, checkOptions, MockStartError, type MockOptions } from './mock-options.js';
import { checkClientOptions, type WithClientOptions } from './kit-client.js';
import { checkHooks, ownHooks, type TestHooks } from './test-hooks.js';
import { HookedMock, type TestMock } from './test-mock.js';

/** How `useMockServer` is to work, besides the options of the mock. */
export interface UseMockOptions extends MockOptions, WithClientOptions {
  /** The hooks of the test runner, where they are not found: its module, or `test` of node:test. */
  hooks?: TestHooks | undefined;
  /** Whether a test fails in which a call broke the contract that was not meant to. Default false. */
  failOnViolations?: boolean | undefined;
}

const OWN = ['hooks', 'failOnViolations', 'client'] satisfies (keyof UseMockOptions)[];

/** For a machine that has much else to do: the mock starts in half a second on one that has not. */
const START_TIMEOUT_IN_MS = 60_000;

/**
 * A mock for the tests of a file, or of the `describe` that it is called in: one a process, with a new sandbox for each test.
 * To be called beside tests, not in one. It registers hooks that start the mock and that make and remove sandboxes.
 * Throws MockStartError for an option that is not for a mock in a thread.
 */
export function useMockServer(given: UseMockOptions = {}): TestMock {
  checkObject(given, OWN);
  const { hooks = ownHooks(), failOnViolations = false, client, ...options } = given;
  checkOptions(options, OWN);
  checkHooks(hooks);
  checkClientOptions(client);
  if (typeof failOnViolations !== 'boolean') {
    throw new MockStartError(
      `failOnViolations is ${JSON.stringify(failOnViolations)}; allowed is true or false`,
    );
  }
  const mock = new HookedMock(client);
  const start = () => mock.start(options);
  if ('beforeAll' in hooks) hooks.beforeAll(start, START_TIMEOUT_IN_MS);
  else hooks.before(patiently(start));
  hooks.beforeEach(() => mock.enter());
  hooks.afterEach(() => mock.leave(failOnViolations));
  const end = () => mock.end();
  if ('afterAll' in hooks) hooks.afterAll(end);
  else hooks.after(end);
  return mock;
}

/** Mocha gives a hook two seconds, unless the hook asks for more by its own `this`. */
function patiently(start: () => Promise<void>): () => Promise<void> {
  return function (this: unknown) {
    (this as { timeout?: (ms: number) => unknown } | undefined)?.timeout?.(START_TIMEOUT_IN_MS);
    return start();
  };
}
