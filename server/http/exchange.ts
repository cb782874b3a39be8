import type { Response } from 'express';
import type { ContractOperation } from '../contract.js';
import type { Sandbox } from '../sandboxes.js';
import type { Preferences } from './prefer.js';
import type { SandboxAddress } from './request-target.js';
import type { SentParameters, TypedParameters } from './request-violations.js';

/** What is known of one call on its way through the server. */
export interface Exchange {
  /** The caller's `x-request-id`, or one that was made. */
  requestId: string;
  method: string;
  /** Path and query as sent. */
  url: string;
  /** The sandbox that the address names. */
  address: SandboxAddress | undefined;
  /** In milliseconds of the process's monotonic clock. */
  startedAt: number;
  /** Absent while it is not known, and when the path or method is of none. */
  operation?: ContractOperation;
  /** Absent until the gateway has let the call through. */
  sandbox?: Sandbox | undefined;
  preferences: Preferences;
  /** How long the body was. Absent until it was read. */
  bodyInBytes?: number;
  /** Absent until the call is held against the contract. */
  sent?: SentParameters;
  /** Absent where the request itself was given them. */
  typed?: TypedParameters;
}

/** An answer as an operation or an error gives it, before it is checked and sent. */
export interface AnswerToSend {
  status: number;
  headers?: Record<string, string> | undefined;
  body?: unknown;
}

export function beginExchange(
  res: Response,
  { requestId, method, url, address }: Pick<Exchange, 'requestId' | 'method' | 'url' | 'address'>,
): void {
  const startedAt = performance.now();
  const exchange: Exchange = { requestId, method, url, address, startedAt, preferences: {} };
  res.locals = Object.assign({}, res.locals, { exchange });
}

export function exchangeOf(res: Response): Exchange {
  return res.locals['exchange'] as Exchange;
}
