import type { Message } from './exchange.js';

/**
 * Where access tokens come from. It is asked before each call that is sent, and may answer the same token each time.
 */
export type AccessTokenSource = (asked: {
  /** The token that was just refused with 401, if one was: another one is wanted. */
  refused: string | undefined;
  /** Is aborted when the token is wanted no more. */
  signal?: AbortSignal | undefined;
}) => string | Promise<string>;

/** What a header may hold that is told in it as it stands. */
const TOKEN = /^[\x21-\x7e]+$/;

/** Says what is wrong with an access token, and never what it is. */
export function tokenProblem(token: unknown): string | undefined {
  if (typeof token !== 'string') return `is to be a text; it is ${token === null ? 'null' : typeof token}`;
  if (token === '') return 'is empty';
  if (/^bearer\s/i.test(token)) return 'is to be given without “Bearer” before it';
  return TOKEN.test(token) ? undefined : 'is to be printable ASCII without spaces';
}

/** The access tokens of one call. A 401 asks for a new one, once. */
export class CallTokens {
  /** The tokens that were sent, the last one at the end. */
  readonly sent: string[] = [];
  /** What a 401 refused, until there is another: where tokens come from may fail meanwhile. */
  private refused: string | undefined;
  private mayRenew: boolean;

  constructor(private readonly source: string | AccessTokenSource) {
    this.mayRenew = typeof source === 'function';
  }

  /** Puts a token into the headers of a message. */
  async authorise(message: Message, signal: AbortSignal): Promise<Message> {
    const { source, refused } = this;
    const token: unknown = typeof source === 'string' ? source : await source({ refused, signal });
    const problem = tokenProblem(token);
    if (problem) throw new TypeError(`What accessToken() answers ${problem}.`);
    if (refused !== undefined) this.mayRenew = false;
    this.refused = undefined;
    if (token !== this.sent.at(-1)) this.sent.push(token as string);
    const headers = new Headers(message.headers);
    headers.set('Authorization', `Bearer ${token as string}`);
    return { ...message, headers };
  }

  /** The message with a new token, if one may be asked for. */
  async renewed(message: Message, signal: AbortSignal): Promise<Message | undefined> {
    if (!this.mayRenew) return undefined;
    this.refused = this.sent.at(-1);
    return this.authorise(message, signal);
  }
}
