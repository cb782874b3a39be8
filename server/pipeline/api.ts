import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import type { Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import type { ApiError } from '../platform/errors.js';
import type { Journals } from '../journal/journals.js';
import type { Fault } from '../sandbox/fault.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Sandbox } from '../sandbox/sandbox.js';
import type { AnswerToSend, Exchange } from './exchange.js';
import type { NamedPreferences } from './preferences.js';

/** What is served under a contract's base path. */
export interface Api {
  contract: Contract;
  /** What reads the body of a call that may have one. */
  readBody: RequestHandler[];
  /** Holds a call against its operation, beyond names and spelling, and fills in the contract's defaults. */
  hold: (operation: ContractOperation) => RequestHandler;
  /** What calls may name in their `Prefer`. */
  namedPreferences?: NamedPreferences;
  /** The faults that calls may name there. */
  faults?: ReadonlyMap<string, Fault>;
  /** Refuses a call, or says which sandbox it is for, if any. Absent when none is refused, and none is for a sandbox. */
  admit?: (headers: IncomingHttpHeaders, exchange: Exchange) => SandboxName | undefined;
  /** Finds the sandbox of a call that is for one of the operations. */
  open?: (name: SandboxName) => Sandbox;
  /** Answers a call that the contract has let through. */
  perform: (
    operationId: string,
    call: PerformedCall,
    exchange: Exchange,
  ) => AnswerToSend | Promise<AnswerToSend>;
  /** Gives an error the form that the API has for it, where that is one of its own. */
  inOwnForm?: (error: ApiError) => ApiError;
  /** Whether it can be reached by the address of a sandbox, too. */
  addressable: boolean;
  /** Where calls are recorded. Absent when they are not. */
  journals?: Journals | undefined;
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
  preferredScenario?: string;
}
