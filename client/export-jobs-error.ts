import type { components } from '../generated/openapi.js';

type Schemas = components['schemas'];

/** What every error has, whatever came back. */
export interface ErrorDetails {
  message: string;
  /**
   * - `gateway`: refused before the service saw the call (`error_code`)
   * - `service`: refused by the service
   * - `foreign`: an answer in neither form, as of a proxy: a page of HTML, a redirect, nothing at all
   * - `malformed`: a success that is not what the contract says
   * - `connection`: no answer, or one that was cut short
   * - `timeout`: no whole answer in time
   * - `token`: no access token was to be had, or not in time
   */
  kind: 'gateway' | 'service' | 'foreign' | 'malformed' | 'connection' | 'timeout' | 'token';
  /** The HTTP status, if there was one. */
  status?: number | undefined;
  /** The gateway's `error_code`, the service's `type`, or the identity service's `error`. */
  code?: string | undefined;
  /** The answer's `x-request-id`, or else the one that was sent with the call. */
  requestId?: string | undefined;
  /** How long the answer asked to wait (`Retry-After`), in milliseconds. */
  retryAfterMs?: number | undefined;
  /** The body as it came: what its JSON says, or its text, cut after 64 KiB. Undefined if there was none. */
  body?: unknown;
  /**
   * `unknown` when it is not known whether a job was created, or which: the API has no idempotency key, so look for one
   * with this error's `requestId` before you create it again.
   */
  outcome?: 'unknown' | undefined;
}

const BRAND = Symbol.for('aep-export-jobs-mock.ExportJobsError');

class Failure extends Error {
  static {
    Object.defineProperty(this, 'name', { value: 'ExportJobsError' });
  }

  /** Those of the ES module and of the CommonJS build are one, for who loads both. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== Failure) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  override readonly name = 'ExportJobsError';
  readonly kind: ErrorDetails['kind'];
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly body: unknown;
  readonly outcome: 'unknown' | undefined;

  constructor(details: ErrorDetails, options?: { cause?: unknown }) {
    super(details.message, options);
    this.kind = details.kind;
    this.status = details.status;
    this.code = details.code;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.body = details.body;
    this.outcome = details.outcome;
  }
}

Object.defineProperty(Failure.prototype, BRAND, { value: true });

/** As the contract has it, of which only what makes it one is sure to be there. */
type GatewayBody = Partial<Omit<Schemas['GatewayError'], 'error_code'>> & { error_code: string | number };
type ServiceBody = { type: string; title: string } & Partial<
  Omit<Schemas['ServiceError'] & Pick<Schemas['ContentTypeError'], 'detail'>, 'type' | 'title'>
>;

/** What `kind` tells of an error. */
type Told =
  | { readonly kind: 'gateway'; readonly status: number; readonly code: string; readonly body: GatewayBody }
  | { readonly kind: 'service'; readonly status: number; readonly code: string; readonly body: ServiceBody }
  | { readonly kind: 'foreign' | 'malformed'; readonly status: number; readonly code: undefined }
  | {
      readonly kind: 'connection' | 'timeout';
      readonly status: undefined;
      readonly code: undefined;
      readonly retryAfterMs: undefined;
      readonly body: undefined;
    }
  | { readonly kind: 'token' };

/** Why a call did not succeed. It never holds the access token, the API key or the client's secret. */
export type ExportJobsError = Failure & Told;

// The type of what is made is narrowed by `kind`, which a class alone can't say.
export const ExportJobsError = Failure as unknown as {
  new (details: ErrorDetails, options?: { cause?: unknown }): ExportJobsError;
  readonly prototype: ExportJobsError;
};
