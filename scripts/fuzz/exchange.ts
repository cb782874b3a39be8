/** What the contract, or HTTP, allows as the answer to one message. */
export interface Expected {
  /** Whose declared answers it has to be among. Without it, any operation's, or an error that belongs to none. */
  operation?: string;
  statuses: readonly number[];
  /** An answer to HEAD has no body. */
  isHead?: boolean;
  /** The `x-request-id` that has to come back. */
  requestId?: string;
  /** What was asked for, which the created job has to hold. */
  asked?: object;
  /** The connection may be closed in place of an answer. */
  mayBeMissing?: boolean;
}

/** What is sent on one connection, and what may come back. */
export interface Exchange {
  kind: string;
  /** A character a byte. */
  bytes: string;
  /** Where the bytes are cut into several writes. */
  cuts: readonly number[];
  /**
   * How the client leaves: not before the mock has closed the connection; or by ending or resetting its side, once what
   * was sent was read or at once.
   */
  leaves: 'last' | 'by ending' | 'by resetting' | 'by resetting at once';
  /** In order. `any`: whatever answers the contract allows, and none of a failure. */
  expected: readonly Expected[] | 'any';
}

export interface Message {
  method: string;
  target: string;
  version?: string;
  headers: readonly (readonly [name: string, value: string])[];
  body?: string;
}

export function textOf({ method, target, version = 'HTTP/1.1', headers, body = '' }: Message): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} ${version}\r\n${lines.join('')}\r\n${body}`;
}

/** The bytes of a text's UTF-8, a character each. */
export function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
