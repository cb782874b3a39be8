import type { ServerResponse } from 'node:http';
import type { Response } from 'express';
import type { ContractOperation } from '../../contract/contract-operations.js';
import type { ApiError, Violation } from '../platform/errors.js';
import type { Journals } from '../journal/journals.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { SentHeaders } from '../journal/sent-headers.js';
import type { Preferences } from './preferences.js';
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
  rawHeaders: SentHeaders;
  /** In milliseconds of the process's monotonic clock. */
  startedAt: number;
  /** Absent while it is not known, and when the path or method is of none. */
  operation?: ContractOperation;
  /** Gives an error the form that the operation's API has for it, where that is one of its own. */
  inOwnForm?: ((error: ApiError) => ApiError) | undefined;
  /** Absent until the gateway has let the call through. */
  sandbox?: Sandbox | undefined;
  preferences: Preferences;
  /** What is wrong with the preferences that are not heeded. Absent until they are read. */
  preferenceViolations?: Violation[];
  /** Where the call is recorded. Absent when it is not. */
  journals?: Journals | undefined;
  /** How long the body was. Absent until it was read. */
  bodyInBytes?: number;
  /** The body as it was sent. Absent when it is not to be recorded. */
  bodyText?: string;
  /** Absent until the call is held against the contract. */
  sent?: SentParameters;
  /** Absent where the request itself was given them. */
  typed?: TypedParameters;
  /** What the call broke of the contract. Absent unless it is refused for that. */
  violations?: readonly Violation[];
  /** What an answer to it would have broken that was not sent. */
  answerViolations?: readonly Violation[];
  /** The name of the fault that was applied to it. */
  fault?: string;
  /** Whether the mock has broken it off as it stopped: it is recorded nowhere then. */
  isBrokenOff?: boolean;
}

/** An answer as an operation or an error gives it, before it is checked and sent. */
export interface AnswerToSend {
  status: number;
  headers?: Record<string, string> | undefined;
  body?: unknown;
}

export function beginExchange(
  res: Response,
  {
    requestId,
    method,
    url,
    address,
    rawHeaders,
  }: Pick<Exchange, 'requestId' | 'method' | 'url' | 'address' | 'rawHeaders'>,
): void {
  const startedAt = performance.now();
  const exchange: Exchange = { requestId, method, url, address, rawHeaders, startedAt, preferences: {} };
  res.locals = Object.assign({}, res.locals, { exchange });
}

export function exchangeOf(res: Response): Exchange {
  return res.locals['exchange'] as Exchange;
}

/** Has a call recorded nowhere. */
export function breakOff(res: ServerResponse): void {
  const { exchange } = (res as Partial<Response>).locals ?? {};
  if (exchange) (exchange as Exchange).isBrokenOff = true;
}
