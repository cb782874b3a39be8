import type { ContractOperation } from '../../contract/contract-operations.js';
import type { Violation } from '../../contract/violation.js';
import type { ApiError } from '../platform/errors.js';
import type { RawHeaders, RequestHeaders } from '../platform/headers.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { BodyFormat } from './api.js';
import type { TypedParameters } from './request-validation.js';
import type { Route, Target } from './routes.js';

/** A request as it comes in, and what can be done with its connection. */
export interface IncomingRequest {
  method: string;
  /** Absent when it could not be read. */
  target: Target | undefined;
  rawHeaders: RawHeaders;
  headers: RequestHeaders;
  /** What HTTP itself forbids about it, if anything. */
  problem?: ApiError | undefined;
  /** Whether it is a CORS preflight. */
  isPreflight: boolean;
  /** Reads the body; called once at most, after the gateway. Rejects with an ApiError for one that cannot be read. */
  readBody: (format: BodyFormat) => Promise<RequestBody>;
  /**
   * Validates a request of an operation and fills in the contract's defaults; `undefined` when it is invalid. Absent where
   * the api is validated by its contract alone.
   */
  validate?: (
    operation: ContractOperation,
    path: Record<string, string>,
  ) => Promise<(TypedParameters & { body: unknown }) | { problem: string }>;
  /** Waits in real time, or until the client has gone. */
  wait: (ms: number) => Promise<void>;
  /** Whether the client can still get a response; `broken-off` by the mock itself as it stopped. */
  getConnectionState: () => 'open' | 'closed' | 'broken-off';
}

export interface RequestBody {
  value: unknown;
  byteLength: number;
  /** The body as it was sent; `undefined` when it is not known. */
  getText: () => string | undefined;
}

/** How a response is sent: as it is, as it is and then the connection is closed, or with no header but its own. */
export type Delivery = 'whole' | 'then-close' | 'bare';

/** A response that is ready to be sent. */
export interface OutgoingResponse {
  status: number;
  headers: Record<string, string | number>;
  /** Absent when there is no body. */
  text: string | undefined;
  delivery: Delivery;
}

/** What becomes of a request: a response, a reset of its connection, or another server's business. */
export type Outcome = OutgoingResponse | 'reset' | { forwardTo: 'upstream'; request: ReceivedRequest };

/** What is known of a request from the start. */
export interface ReceivedRequest {
  /** The client's `x-request-id`, or one that was made. */
  requestId: string;
  method: string;
  target: Target;
  route: Route;
  headers: RequestHeaders;
  rawHeaders: RawHeaders;
  /** In milliseconds of the process's monotonic clock. */
  startedAt: number;
}

/** What becomes known of a request on its way, each once; for the journal and the log. */
export interface RequestFacts {
  sandbox?: Sandbox | undefined;
  body?: RequestBody | undefined;
  resources?: Record<string, unknown> | undefined;
  violations?: readonly Violation[] | undefined;
  responseViolations?: readonly Violation[] | undefined;
  fault?: string | undefined;
}
