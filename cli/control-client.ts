import type { components } from '../generated/openapi.js';
import type { paths } from '../generated/control.js';
import { OptionError } from '../contract/option-error.js';
import { harmless, violationLines } from '../contract/text.js';

type Method = 'get' | 'put' | 'post' | 'delete';

interface Described {
  parameters: { path?: unknown; query?: unknown };
  requestBody?: unknown;
  responses: object;
}

/** The paths of the control plane that have a method. */
type PathWith<M extends Method> = {
  [Path in keyof paths]: paths[Path][M] extends Described ? Path : never;
}[keyof paths];

type Operation<M extends Method, P extends keyof paths> = Extract<paths[P][M], Described>;

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : undefined;

/** What a call needs: the values of its path, its query and its body. */
type Given<O extends Described> = Pick<O['parameters'], 'path' | 'query'> &
  (O extends { requestBody: infer Body }
    ? { body: Json<Body> }
    : { body?: Json<NonNullable<O['requestBody']>> });

type Values = Record<string, string | number>;

/** What a call that succeeds is answered. */
type Body<O extends Described> = Json<O['responses'][Extract<keyof O['responses'], 200 | 201>]>;

/** An answer of the mock: its text as it came, and what that says. */
export interface Answer<T> {
  text: string;
  body: T;
}

/** Where a mock is, and which of its sandboxes is meant. What is left out is the mock's own default. */
export interface MockAddress {
  url: string;
  org?: string | undefined;
  sandbox?: string | undefined;
  adminToken?: string | undefined;
}

/** The mock has refused a call. The message says why, in lines for people. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Longer than the longest wait that is asked for in one call. */
const LONGEST_CALL_IN_MS = 90_000;

/** Calls the control plane of a mock, as its contract says. */
export class ControlClient {
  /** Its address, without a slash at the end. */
  readonly url: string;

  constructor(private readonly mock: MockAddress) {
    this.url = mock.url;
  }

  /** Rejects with RefusalError when the mock refuses, or with an error that says why there is no answer of a mock. */
  async call<M extends Method, P extends PathWith<M>>(
    method: M,
    path: P,
    ...[given]: object extends Given<Operation<M, P>> ? [Given<Operation<M, P>>?] : [Given<Operation<M, P>>]
  ): Promise<Answer<Body<Operation<M, P>>>> {
    const { path: names, query, body } = (given ?? {}) as { path?: Values; query?: Values; body?: unknown };
    const response = await this.#send(method, this.#address(path, names, query), body);
    const text = await response.text().catch((error: unknown) => this.#giveUp(error));
    const answer = text === '' ? undefined : parsed(text);
    if (response.ok && (answer !== undefined || response.status === 204)) {
      return { text, body: answer as Body<Operation<M, P>> };
    }
    if (isServiceError(answer)) throw new RefusalError(refusal(answer), response.status);
    throw new Error(`What answers at ${this.url} is no mock, or an older one: it says ${response.status}.`);
  }

  #address(path: string, names: Values = {}, query: Values = {}): string {
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => segment(String(names[name])));
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, String(value));
    return `${this.url}/__admin${filled}${search.size > 0 ? `?${search}` : ''}`;
  }

  async #send(method: Method, address: string, body: unknown): Promise<Response> {
    const { org, sandbox, adminToken } = this.mock;
    const headers = {
      ...(org !== undefined && { 'x-gw-ims-org-id': org }),
      ...(sandbox !== undefined && { 'x-sandbox-name': sandbox }),
      ...(adminToken !== undefined && { Authorization: `Bearer ${adminToken}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    return fetch(address, {
      method: method.toUpperCase(),
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_CALL_IN_MS),
    }).catch((error: unknown) => this.#giveUp(error));
  }

  #giveUp(error: unknown): never {
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    const why = name === 'TimeoutError' ? 'it does not answer' : (cause?.code ?? cause?.message ?? message);
    throw new Error(`The mock at ${this.url} can not be reached: ${why}.`, { cause: error });
  }
}

/** A value as a segment of a path. Those that a URL takes for steps, or for nothing, would lead to another route. */
function segment(value: string): string {
  if (['', '.', '..'].includes(value)) {
    throw new OptionError(`A name is ${JSON.stringify(value)}; allowed is text other than that`);
  }
  return encodeURIComponent(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type ServiceError = components['schemas']['ServiceError'];

function isServiceError(answer: unknown): answer is ServiceError {
  const { type, errors } = (answer ?? {}) as Partial<ServiceError>;
  return typeof type === 'string' && typeof errors === 'object';
}

function refusal({ errors }: ServiceError): string {
  return harmless(Object.values(errors).flat().map(violationLines).join('\n'));
}
