import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { Contract, ContractOperation } from '../contract.js';
import type { SandboxName } from '../sandbox-name.js';
import type { Sandbox } from '../sandboxes.js';
import type { AnswerToSend, Exchange } from './exchange.js';

/** What is served under a contract's base path. */
export interface Api {
  contract: Contract;
  /** What reads the body of a call that may have one. */
  readBody: RequestHandler[];
  /** Holds a call against its operation, beyond names and spelling, and fills in the contract's defaults. */
  hold: (operation: ContractOperation) => RequestHandler;
  /** Refuses a call, or says which sandbox it is for. Absent when calls are for no sandbox. */
  admit?: (headers: IncomingHttpHeaders, exchange: Exchange) => SandboxName;
  /** Finds the sandbox of a call that is for one of the operations. */
  open?: (name: SandboxName) => Sandbox;
  /** Answers a call that the contract has let through. */
  perform: (
    operationId: string,
    call: PerformedCall,
    exchange: Exchange,
  ) => AnswerToSend | Promise<AnswerToSend>;
  /** Whether it can be reached by the address of a sandbox, too. */
  addressable: boolean;
  /** Whether browsers may call from any origin (CORS). */
  crossOrigin: boolean;
}

/** A call with its parameters and body, as the contract types them. */
export interface PerformedCall {
  path: object;
  query: object;
  headers: object;
  body: unknown;
  /** The path that the operations' own paths are below, in this call. */
  basePath: string;
  requestId: string;
  preferredStatus?: number;
}
