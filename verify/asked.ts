import { randomUUID } from 'node:crypto';
import type { ContractOperation } from '../contract/contract-operations.js';
import type { HttpCall } from './http-call.js';
import type { Question } from './question.js';

/** What a server is asked with, and how. */
export interface InspectionOptions {
  /** The address of the API, without a slash at the end. */
  baseUrl: string;
  /** Sent with every call: credentials among them. */
  headers: Record<string, string>;
  /** The most calls to make. */
  budget: number;
  showBodies: boolean;
  /** Waits that many milliseconds, or until the signal is aborted. */
  pause: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Once aborted, nothing is asked any more; what was created is still cancelled. */
  signal: AbortSignal;
}

/** The call that a question is asked by. */
export function httpCall(
  { method, path: template }: ContractOperation,
  { headers: given, omit = [], body, id = '', query = '', slash = false }: Question,
  options: Pick<InspectionOptions, 'baseUrl' | 'headers'>,
): HttpCall & { headers: Record<string, string> } {
  const path = template.replace(/\{\w+\}/, encodeURIComponent(id));
  const headers: Record<string, string> = {
    accept: 'application/json',
    // Without it, any coding may come.
    'accept-encoding': 'identity',
    'x-request-id': randomUUID(),
    ...options.headers,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...given,
  };
  for (const name of omit) Reflect.deleteProperty(headers, name);
  return {
    method: method.toUpperCase(),
    url: new URL(`${options.baseUrl}${path}${slash ? '/' : ''}${query}`),
    headers,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** Why there is no answer. */
export function reasonOf(error: unknown): string {
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return 'it does not answer in time';
  return code ?? message;
}
