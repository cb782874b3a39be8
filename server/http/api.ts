import type { Request } from 'express';
import type { Contract } from '../contract.js';
import type { Sandbox } from '../sandboxes.js';
import type { AnswerToSend, Exchange } from './exchange.js';

/** What is served under a contract's base path. */
export interface Api {
  contract: Contract;
  /** Refuses a call, or finds its sandbox. Absent when calls are for no sandbox. */
  admit?: (req: Request) => Sandbox;
  /** Answers a call that the contract has let through. */
  perform: (
    operationId: string,
    call: PerformedCall,
    exchange: Exchange,
  ) => AnswerToSend | Promise<AnswerToSend>;
  /** Whether browsers may call from any origin (CORS). */
  crossOrigin: boolean;
}

/** A call with its parameters and body, as the contract types them. */
export interface PerformedCall {
  path: object;
  query: object;
  headers: object;
  body: unknown;
  requestId: string;
  preferredStatus?: number;
}
