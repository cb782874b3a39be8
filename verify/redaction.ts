import { sentValue } from '../contract/contract-violations.js';
import { escapePointer } from '../contract/json-pointer.js';

/** Shorter values of headers are no secrets, and would be found in any text. */
const SHORTEST_SECRET = 6;
/** What may be told of a secret that a text is cut off in: less than this. */
const LONGEST_SECRET_TOLD = 8;
const LONGEST_TEXT = 60;
/** Headers whose values are told. */
const OPEN_HEADERS = [
  ...['x-gw-ims-org-id', 'x-sandbox-name', 'x-request-id'],
  ...['accept', 'accept-encoding', 'content-type'],
];
const OF_CREDENTIALS = /authorization$/i;
/** A server may repeat one cookie, or the password of a pair. */
const BETWEEN_PARTS = /[\s=;,]+/;
const IN_PLACE_OF_SECRET = '[secret]';

/** Decides what of calls is told: credentials never, bodies when it is asked for. */
export class Redaction {
  readonly #secrets: string[];

  constructor(
    headers: Record<string, string>,
    private readonly showBodies: boolean,
  ) {
    const secrets = Object.entries(headers)
      .filter(([name]) => !OPEN_HEADERS.includes(name.toLowerCase()))
      .map(([name, value]) => (OF_CREDENTIALS.test(name) ? value.replace(/^\w+ +/, '') : value))
      .flatMap((value) => [value, ...value.split(BETWEEN_PARTS)])
      .filter((value) => value.length >= SHORTEST_SECRET)
      .flatMap(written);
    // The longest first: a part of it would leave its rest.
    this.#secrets = [...new Set(secrets)].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    return this.#secrets.reduce(withoutSecret, text);
  }

  /** The one value that breaks the contract: what is short of it, unless bodies are to be shown. */
  value(value: unknown): unknown {
    if (this.showBodies) return this.body(sentValue(value));
    if (typeof value === 'object' && value !== null) return this.kind(value);
    if (typeof value !== 'string') return this.body(value);
    const text = this.text(value);
    return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
  }

  /** A value that the contract does not know, which may be anything: only its kind, unless bodies are to be shown. */
  kind(value: unknown): unknown {
    if (this.showBodies) return this.body(value);
    if (value === null) return 'null';
    if (Array.isArray(value)) return `an array of ${value.length}`;
    return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  }

  /** A body without credentials that somebody may have put into it. */
  body(body: unknown): unknown {
    if (typeof body === 'string') return this.text(body);
    if (typeof body === 'number') {
      const text = this.text(String(body));
      return text === String(body) ? body : text;
    }
    if (typeof body !== 'object' || body === null) return body;
    if (Array.isArray(body)) return body.map((item) => this.body(item));
    return Object.fromEntries(
      Object.entries(body).map(([name, value]) => [this.text(name), this.body(value)]),
    );
  }
}

/** The ways in which texts, JSON pointers, JSON and addresses write a secret. */
function written(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  const inLowerCase = encoded.replace(/%../g, (unit) => unit.toLowerCase());
  return [secret, escapePointer(secret), JSON.stringify(secret).slice(1, -1), encoded, inLowerCase];
}

/** Leaves out a secret, and what begins as it does: a text may be cut off within it. */
function withoutSecret(text: string, secret: string): string {
  const [before = '', ...parts] = text.split(secret.slice(0, LONGEST_SECRET_TOLD));
  const rest = secret.slice(LONGEST_SECRET_TOLD);
  return [before, ...parts.map((part) => part.slice(commonLength(part, rest)))].join(IN_PLACE_OF_SECRET);
}

function commonLength(text: string, other: string): number {
  const index = text.split('').findIndex((unit, at) => unit !== other[at]);
  return index < 0 ? text.length : index;
}
