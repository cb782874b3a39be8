import { ORGANISATIONS, SANDBOXES } from './credentials.js';
import { textOf, type Expected, type Message } from './exchange.js';

/** Bytes on a connection, and the answers that they may have; none follows the last. */
export interface Sent {
  bytes: string;
  expected: readonly Expected[];
}

export const CLOSE = ['Connection', 'close'] as const;
/** What every call needs. */
export const FOUR = [
  ['Host', 'localhost'],
  ['Authorization', 'Bearer token'],
  ['x-api-key', 'key'],
  ['x-gw-ims-org-id', ORGANISATIONS[0] ?? ''],
  ['x-sandbox-name', SANDBOXES[0] ?? ''],
] as const;
export const LIST = '/data/core/ups/export/jobs';
export const HEALTH = '/__admin/health';
export const JSON_TYPE = ['Content-Type', 'application/json'] as const;

/** The statuses of what is refused with these, or with none. */
export const okOr = (refusals: number[]) => (refusals.length > 0 ? refusals : [200]);

/** A message behind which the connection is closed. */
export function single(message: Message, expected: Expected): Sent {
  return { bytes: textOf({ ...message, headers: [...message.headers, CLOSE] }), expected: [expected] };
}

export function post(headers: Message['headers'], body: string): Message {
  return { method: 'POST', target: LIST, headers: [...FOUR, ...headers], body };
}
