import { setTimeout as wait } from 'node:timers/promises';
import type { components } from '../../../generated/ims.js';
import type { Clock } from '../../sandbox/clock.js';
import { seededRandom, type SeededRandom } from '../../sandbox/random.js';

type AccessToken = components['schemas']['AccessToken'];

interface MintedToken {
  clientId: string;
  /** The real time of minting, in Unix milliseconds: a token is minted for no sandbox, and so on no clock of one. */
  at: number;
}

const LIFETIME_SECONDS = 24 * 60 * 60;

/** Older ones are forgotten, and are then no longer valid. */
const MAX_TOKENS = 10_000;

/** The access tokens that one mock has minted. They are valid on any sandbox's clock for a day from their minting. */
export class Tokens {
  readonly #minted = new Map<string, MintedToken>();
  readonly #random: SeededRandom;
  readonly #key: Uint8Array;
  #count = 0;

  constructor(
    randomSeed: string,
    private readonly maxTokens = MAX_TOKENS,
  ) {
    this.#random = seededRandom(`${randomSeed}\ntokens`);
    this.#key = new TextEncoder().encode(this.#random.hex('key', 64));
  }

  /** Mints a token, a JWT that holds what those of IMS hold: times in it are milliseconds, as text. */
  async mint(clientId: string, scope: string): Promise<AccessToken> {
    const at = Date.now();
    const claims = {
      client_id: clientId,
      created_at: String(at),
      expires_in: String(LIFETIME_SECONDS * 1000),
      scope,
      jti: this.#random.uuid(String(++this.#count)),
    };
    // Loaded when it is first needed, as most mocks mint none.
    const { SignJWT } = await import('jose');
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(this.#key);
    this.#remember(token, { clientId, at });
    // A clock that the client turns within the same millisecond would seem to have been turned before the minting.
    await wait(2);
    return { access_token: token, token_type: 'bearer', expires_in: LIFETIME_SECONDS };
  }

  /** The client that a token was minted for; `undefined` when it was not, or has expired on that clock. */
  findOwner(token: string, clock?: Pick<Clock, 'now' | 'readingAt'>): string | undefined {
    const minted = this.#minted.get(token);
    if (!minted) return undefined;
    const ageMs = clock ? clock.now() - clock.readingAt(minted.at) : 0;
    return ageMs > LIFETIME_SECONDS * 1000 ? undefined : minted.clientId;
  }

  #remember(token: string, minted: MintedToken): void {
    this.#minted.set(token, minted);
    const [oldest] = this.#minted.keys();
    if (this.#minted.size > this.maxTokens && oldest !== undefined) this.#minted.delete(oldest);
  }
}
