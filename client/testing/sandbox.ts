import type { ExportJobsClient } from '../client.js';
import { ControlPlane, type Schemas } from './control-plane.js';
import { kitClient, type KitClientOptions } from './kit-client.js';
import { SandboxControl, wasThere, type JournalFilter, type ViolationFilter } from './sandbox-control.js';
import { indented, violationText } from './violation-text.js';

/** The organisation of all sandboxes of the kit: that of the documented calls. */
const ORG = '1BD6382559DF0C130A49422D@AdobeOrg';

export const BASE_PATH = '/data/core/ups';

type Entry = Schemas['JournalEntry'];

/** One sandbox of a mock: how to call the API in it, how to turn it, and what can be expected of its calls. */
export class Sandbox extends SandboxControl {
  readonly org = ORG;
  /** The four headers that a call of the API needs, for this sandbox. */
  readonly headers: Readonly<
    Record<'Authorization' | 'x-api-key' | 'x-gw-ims-org-id' | 'x-sandbox-name', string>
  >;
  /** The origin that leads to this sandbox whatever the headers of a call name, with the path that does it. */
  readonly url: string;
  /** The same with the API's base path. */
  readonly baseUrl: string;
  /** A client of the API in this sandbox. */
  readonly client: ExportJobsClient;

  constructor(
    origin: string,
    readonly name: string,
    client?: KitClientOptions,
  ) {
    if (typeof name !== 'string' || /^\.{0,2}$/.test(name)) {
      throw new TypeError(
        `The sandbox is ${shown(name)}; allowed is text that is not empty and not only dots`,
      );
    }
    super(new ControlPlane(origin, { 'x-gw-ims-org-id': ORG, 'x-sandbox-name': name }));
    this.headers = {
      Authorization: 'Bearer test',
      'x-api-key': 'test',
      'x-gw-ims-org-id': ORG,
      'x-sandbox-name': name,
    };
    this.url = `${origin}/as/${encodeURIComponent(ORG)}/${encodeURIComponent(name)}`;
    this.baseUrl = this.url + BASE_PATH;
    this.client = kitClient({ baseUrl: origin + BASE_PATH, orgId: ORG, sandboxName: name }, client);
  }

  /** Rejects unless an operation was called, as often as `times` says or else at least once. The message tells what was. */
  async expectCalled(operation: Schemas['OperationId'], times?: number): Promise<void> {
    if (times !== undefined && !(Number.isInteger(times) && times >= 0)) {
      throw new TypeError(
        `How often ${operation} was called is a whole number from 0; it is ${shown(times)}`,
      );
    }
    const { operations } = await this.coverage();
    const called = operations.find(({ operationId }) => operationId === operation);
    if (!called) {
      throw new Error(
        `There is no operation ${operation}; there are ${operations.map(({ operationId }) => operationId).join(', ')}`,
      );
    }
    if (times === undefined ? called.calls > 0 : called.calls === times) return;
    const all = operations.filter(({ calls }) => calls > 0);
    throw new Error(
      `${operation} was to be called ${times === undefined ? 'at least once' : often(times)}. Calls in sandbox ${this.name}: ` +
        (all.map(({ operationId, calls }) => `${operationId} ${often(calls)}`).join(', ') || 'none'),
    );
  }

  /** Rejects if a call broke the contract that was not meant to. What met a fault does not count. */
  async expectNoViolations(): Promise<void> {
    const broken = await this.#broken({ expected: false });
    if (broken.length > 0) throw new Error(`Not meant to break the contract, and did:\n${listed(broken)}`);
    const lost = await this.#lostCalls();
    if (lost === 0) return;
    throw new Error(
      `Whether ${lost} more calls broke the contract can not be told: the journal has lost them. Let it keep more (option ` +
        'journal), or call clearJournal() between.',
    );
  }

  /** Rejects unless such a call broke the contract, and marks all such as meant: they are not unexpected any more. */
  async expectViolation(filter: ViolationFilter = {}): Promise<void> {
    const { marked } = await this.plane.call('post', '/journal/expect', { body: filter });
    if (marked > 0) return;
    const { pointer, ...rest } = filter;
    const meant = await this.#broken({ ...rest, expected: true });
    if (
      meant.some(
        ({ violations }) => pointer === undefined || violations.some((one) => one.pointer === pointer),
      )
    ) {
      return;
    }
    const which = Object.keys(filter).length > 0 ? ` with ${JSON.stringify(filter)}` : '';
    const others = await this.#broken();
    throw new Error(
      `A call was to break the contract${which}, and none did. ` +
        (others.length === 0 ? 'No call broke it.' : `These did:\n${listed(others)}`),
    );
  }

  /** Removes all of the sandbox, and says whether there was one. Its next call makes it anew. */
  remove(): Promise<boolean> {
    const { org, name } = this;
    return wasThere(this.plane.call('delete', '/sandboxes/{org}/{name}', { path: { org, name } }));
  }

  /** How many calls of operations were counted that the journal does not have any more. */
  async #lostCalls(): Promise<number> {
    const { operations } = await this.coverage();
    const lost = operations.map(async ({ operationId: operation, calls }) =>
      Math.max(0, calls - (await this.journalCount({ operation }))),
    );
    return (await Promise.all(lost)).reduce((sum, calls) => sum + calls, 0);
  }

  /** The calls that broke the contract by themselves, not by a fault. */
  async #broken(filter: JournalFilter = {}): Promise<Entry[]> {
    const entries = await this.journal({ ...filter, violations: true });
    return entries.filter(({ fault }) => fault === undefined);
  }
}

/** Values of a test that are not of the type that they are to be of. */
function shown(value: unknown): string {
  return typeof value === 'number' || value === undefined ? String(value) : JSON.stringify(value);
}

function often(times: number): string {
  if (times === 1) return 'once';
  return times === 2 ? 'twice' : `${times} times`;
}

/** Each call, and below it what was wrong with it. */
function listed(entries: Entry[]): string {
  return entries
    .map(({ operation, request, answer, violations }) => {
      const answered = answer ? `answered ${answer.status}` : 'not answered';
      const call = `${operation ?? 'No operation'} (${request.method} ${request.url}), ${answered}`;
      return [call, ...violations.map((violation) => indented(violationText(violation)))].join('\n');
    })
    .join('\n');
}
