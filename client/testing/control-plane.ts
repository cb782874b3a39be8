import { request } from 'node:http';
import type { components, paths } from '../../generated/control.js';
import type { components as api } from '../../generated/openapi.js';
import { violationText } from './violation-text.js';

export type Schemas = components['schemas'];

type Method = 'get' | 'put' | 'post' | 'delete';

type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : never;

/** What a call that succeeds is answered; undefined for no body. */
type Answer<P extends keyof paths, M extends Method> = paths[P][M] extends { responses: infer R }
  ? R extends { 204: unknown }
    ? undefined
    : Json<R[Extract<keyof R, 200 | 201>]>
  : never;

type Values = Record<string, string | number | boolean | undefined>;

/** What a call has besides its path: the values of its segments, its query and its body. */
interface Given {
  path?: Record<string, string | number>;
  query?: Values;
  body?: unknown;
}

/** The control plane has refused a call. The message is in its own words. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';

  constructor(
    message: string,
    /** The HTTP status: 400 for what is not allowed, 404 for what is not there, 408 and 409 for waits. */
    readonly status: number,
  ) {
    super(message);
  }
}

/** Calls the control plane of a mock for one of its sandboxes, as its contract says. */
export class ControlPlane {
  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string>,
  ) {}

  /** Rejects with RefusalError when the mock refuses, or with an Error that says why there is no answer. */
  async call<P extends keyof paths, M extends Method>(
    method: M,
    path: P,
    { path: names = {}, query = {}, body }: Given = {},
  ): Promise<Answer<P, M>> {
    const filled = path.replace(/\{(\w+)\}/g, (_all, name: string) => segment(name, names[name]));
    const { status, text } = await this.#send(method, `/__admin${filled}${search(query)}`, body);
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    if (status >= 400) throw new RefusalError(refusal(answer as api['schemas']['ServiceError']), status);
    return answer as Answer<P, M>;
  }

  /** By Node's own client: a test may have put something else in the place of `fetch`, and jsdom has none. */
  #send(method: Method, path: string, body: unknown): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const giveUp = ({ message }: Error) => {
        reject(new Error(`The mock at ${this.url} can not be reached: ${message}`));
      };
      const call = request(this.url + path, { method: method.toUpperCase(), agent: false }, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', giveUp);
      });
      for (const [name, value] of Object.entries(this.headers)) call.setHeader(name, value);
      call.on('error', giveUp);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

/** A part of a path. An empty one, or dots alone, would lead elsewhere. */
function segment(name: string, value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (!/^\.{0,2}$/.test(text)) return encodeURIComponent(text);
  const is = typeof value === 'string' ? JSON.stringify(value) : String(value);
  throw new TypeError(
    `The ${name} is ${is}; allowed is a number, or text that is not empty and not only dots`,
  );
}

function search(query: Values): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size > 0 ? `?${given}` : '';
}

function refusal({ errors }: api['schemas']['ServiceError']): string {
  return Object.values(errors).flat().map(violationText).join('\n');
}
