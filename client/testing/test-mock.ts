import type { ExportJobsClient } from '../client.js';
import type { Schemas } from './control-plane.js';
import { Expectation } from './expectation.js';
import type { KitClientOptions } from './kit-client.js';
import type { MockOptions } from './mock-options.js';
import { BASE_PATH, Sandbox } from './sandbox.js';
import type { ViolationFilter } from './sandbox-control.js';
import { newSandboxName, sharedMock } from './shared-mock.js';

/** The mock of a test file, and the sandbox in it of the test that runs. */
export interface TestMock {
  /** The mock's origin, such as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The same with the API's base path: `…/data/core/ups`. */
  readonly baseUrl: string;
  /** The four headers that a call of the API needs, for this test's sandbox. */
  readonly headers: Sandbox['headers'];
  /** An origin that leads to this test's sandbox whatever the headers of a call name: `…/as/{org}/{sandbox}`. */
  readonly sandboxUrl: string;
  /** The same with the API's base path. */
  readonly sandboxBaseUrl: string;
  /** A client of the API, for this test's sandbox. */
  readonly client: ExportJobsClient;
  /** This test's sandbox. */
  readonly sandbox: Sandbox;
  /** Rejects unless an operation was called in this test, as often as `times` says or else at least once. */
  expectCalled(operation: Schemas['OperationId'], times?: number): Promise<void>;
  /** Rejects if a call of this test broke the contract that was not meant to. What met a fault does not count. */
  expectNoViolations(): Promise<void>;
  /** Rejects unless such a call of this test broke the contract, and marks all such as meant. */
  expectViolation(filter?: ViolationFilter): Promise<void>;
}

/** What the hooks of a test file have to do with its mock. */
export class HookedMock implements TestMock {
  #url: string | undefined;
  /** Of the tests that run, the outermost first: node:test has tests within tests. */
  #running: Sandbox[] = [];
  /** Of the test that has ended last: hooks of the user's may come after ours. It is removed later therefore. */
  #ended: Sandbox | undefined;
  #expectations: Expectation[] = [];
  #isOver = false;

  constructor(private readonly clientOptions: KitClientOptions | undefined) {}

  get url(): string {
    return this.#url ?? notNow('url', 'once hooks have begun');
  }

  get baseUrl(): string {
    return this.url + BASE_PATH;
  }

  get sandbox(): Sandbox {
    return this.#sandboxFor('sandbox');
  }

  get client(): ExportJobsClient {
    return this.#sandboxFor('client').client;
  }

  get headers(): Sandbox['headers'] {
    return this.#sandboxFor('headers').headers;
  }

  get sandboxUrl(): string {
    return this.#sandboxFor('sandboxUrl').url;
  }

  get sandboxBaseUrl(): string {
    return this.#sandboxFor('sandboxBaseUrl').baseUrl;
  }

  expectCalled(operation: Schemas['OperationId'], times?: number): Promise<void> {
    return this.#awaited(this.#sandboxFor('expectCalled').expectCalled(operation, times));
  }

  expectNoViolations(): Promise<void> {
    return this.#awaited(this.#sandboxFor('expectNoViolations').expectNoViolations());
  }

  expectViolation(filter?: ViolationFilter): Promise<void> {
    return this.#awaited(this.#sandboxFor('expectViolation').expectViolation(filter));
  }

  async start(options: MockOptions): Promise<void> {
    this.#url = await sharedMock(options);
    this.#isOver = false;
  }

  async enter(): Promise<void> {
    await this.#removeLeft();
    const isWithinAnother = this.#running.length > 0;
    this.#running.push(new Sandbox(this.url, newSandboxName(), this.clientOptions));
    if (!isWithinAnother) await this.#refuseForgotten(' by a hook of the test before');
  }

  async leave(failOnViolations: boolean): Promise<void> {
    await this.#removeLeft();
    this.#ended = this.#running.pop();
    await this.#refuseForgotten('');
    if (failOnViolations) await this.#ended?.expectNoViolations();
  }

  async end(): Promise<void> {
    await this.#removeLeft();
    this.#isOver = true;
    await this.#refuseForgotten(' by a hook of the last test');
  }

  /** Rejects if there are expectations of which no test knows what came of them. */
  async #refuseForgotten(whose: string): Promise<void> {
    const forgotten = this.#expectations.filter(({ isForgotten }) => isForgotten);
    this.#expectations = [];
    if (forgotten.length === 0) return;
    await Promise.allSettled(forgotten);
    throw new Error(`An expectation of the mock was not awaited${whose}: \`await mock.expectCalled(…)\``);
  }

  /** Removes the sandbox of the test before. */
  async #removeLeft(): Promise<void> {
    const left = this.#ended;
    this.#ended = undefined;
    await left?.remove();
  }

  #sandboxFor(member: string): Sandbox {
    return this.#running.at(-1) ?? this.#ended ?? this.#notNow(member);
  }

  #notNow(member: string): never {
    if (!this.#isOver) return notNow(member, 'while a test runs');
    throw new Error(
      `The mock has no ${member} any more: the tests are over, and the sandbox of the last one is removed. Ask for it in ` +
        'a test, or in a hook afterEach.',
    );
  }

  #awaited(expectation: Promise<void>): Expectation {
    const watched = Expectation.of(expectation);
    this.#expectations.push(watched);
    return watched;
  }
}

function notNow(member: string, when: string): never {
  throw new Error(
    `The mock has its ${member} only ${when}: read it in a test, as mock.${member}. If it was read in one, that test began ` +
      'before its hooks, as those of test.concurrent do in Jest; or the hooks of your test runner were not found: hand them ' +
      "over, as import * as hooks from 'vitest'; useMockServer({ hooks }).",
  );
}
