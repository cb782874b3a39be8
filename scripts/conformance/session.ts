import { operationOf, type DeclaredOperation } from './contract.js';
import { problemsOf, send, type Answer, type Call } from './exchange.js';

/** What the check uses of a built mock. */
export interface BuiltMock {
  listen(): Promise<string>;
  close(): Promise<void>;
  sandbox(name: { name: string }): { readonly clock: { advance(milliseconds: number): void } };
  health(): { version: string; contract: { version: string; hash: string } };
  readonly lifetimes: { newMs: number; processingMs: number };
}

export interface SessionParts {
  mock: BuiltMock;
  operations: DeclaredOperation[];
  /** Where calls go that have the credentials that the contract asks for. */
  prism: string;
  /** Where calls go that lack them: past a Prism that only reports. */
  reportingPrism: string;
}

const CREDENTIALS = {
  Authorization: 'Bearer token',
  'x-api-key': 'key',
  'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
};

/** Sends calls through Prism, prints a line for each, and keeps count. */
export class Session {
  #passed = 0;
  #failed = 0;
  readonly #seen = new Set<string>();

  constructor(readonly parts: SessionParts) {}

  get counts(): { passed: number; failed: number } {
    return { passed: this.#passed, failed: this.#failed };
  }

  /** Makes some calls in a sandbox of their own, which bears the part's name. */
  async part(name: string, makeCalls: (caller: Caller) => Promise<void>): Promise<void> {
    try {
      await makeCalls(new Caller(this, name));
    } catch (error) {
      // What an answer was to tell for the next call may be missing from it: the parts that follow do not need it.
      this.#failed++;
      console.log(`FAIL  ${name}: the calls could not go on: ${String(error)}`);
    }
  }

  async exchange(call: Call, check: (answer: Answer) => string[]): Promise<Answer> {
    const { operations, prism, reportingPrism } = this.parts;
    const answer = await send(call.lacksCredentials ? reportingPrism : prism, call);
    const problems = problemsOf(call, answer);
    if (problems.length === 0) problems.push(...check(answer));
    if (problems.length === 0)
      this.#seen.add(pair(operationOf(operations, call.method, call.path), answer.status));
    this.#report(call, problems);
    return answer;
  }

  /** The declared statuses that no good answer had, each as operation and status. */
  unseen(): string[] {
    return this.parts.operations
      .flatMap(({ id, statuses }) => statuses.map((status) => pair(id, status)))
      .filter((declared) => !this.#seen.has(declared));
  }

  #report({ what, method, path, expected }: Call, problems: string[]): void {
    const isGood = problems.length === 0;
    if (isGood) this.#passed++;
    else this.#failed++;
    console.log(`${isGood ? 'ok  ' : 'FAIL'}  ${expected}  ${method.padEnd(6)}  ${path}  ${what}`);
    for (const problem of problems) console.log(`      ${problem}`);
  }
}

function pair(operation: string, status: number): string {
  return `${operation} ${status}`;
}

export interface Expectations {
  /** 200 unless it says otherwise. */
  expected?: number;
  /** Beside the four that every call needs. One that is undefined is left out. */
  headers?: Record<string, string | undefined>;
  body?: unknown;
  lacksCredentials?: boolean;
  /** What is wrong with an answer that kept the contract. */
  check?: (answer: Answer) => string[];
}

/** Makes calls in one sandbox. */
export class Caller {
  constructor(
    private readonly session: Session,
    private readonly sandbox: string,
  ) {}

  call(what: string, method: string, path: string, expectations: Expectations = {}): Promise<Answer> {
    const { expected = 200, headers, body, lacksCredentials = false, check = () => [] } = expectations;
    const given: Record<string, string | undefined> = {
      ...CREDENTIALS,
      'x-sandbox-name': this.sandbox,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    };
    const sent = Object.entries(given).filter(
      (header): header is [string, string] => header[1] !== undefined,
    );
    return this.session.exchange(
      { what, method, path, headers: Object.fromEntries(sent), body, expected, lacksCredentials },
      check,
    );
  }

  get(what: string, path: string, expectations?: Expectations): Promise<Answer> {
    return this.call(what, 'GET', path, expectations);
  }

  delete(what: string, path: string, expectations?: Expectations): Promise<Answer> {
    return this.call(what, 'DELETE', path, { expected: 204, ...expectations });
  }

  create(what: string, body: unknown, expectations?: Expectations): Promise<Answer> {
    return this.call(what, 'POST', '/export/jobs', { body, ...expectations });
  }

  /** Turns the sandbox's clock. */
  advance(milliseconds: number): void {
    this.session.parts.mock.sandbox({ name: this.sandbox }).clock.advance(milliseconds);
  }
}
