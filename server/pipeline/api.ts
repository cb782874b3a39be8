import type { ContractOperation } from '../../contract/contract-operations.js';
import type { Contract } from '../../contract/contract.js';
import type { ApiError } from '../platform/errors.js';
import type { RequestHeaders } from '../platform/headers.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { RuledResource, RuleKind } from '../sandbox/rule-reader.js';
import type { Sandbox, SeedContext } from '../sandbox/sandbox.js';
import type { CollectionDefinition, StoredRecord } from '../storage/records.js';
import type { TypedRequest } from './typed-operation.js';

/** A request of an operation whose types are not known here. */
export interface OperationRequest extends Omit<TypedRequest<unknown>, 'path' | 'query' | 'headers' | 'body'> {
  path: object;
  query: object;
  headers: object;
  body: unknown;
}

/** What an operation responds with, before it is checked against the contract and sent. Errors are thrown. */
export interface OperationResponse {
  status: number;
  headers?: object | undefined;
  body?: unknown;
}

export type Handler = (request: OperationRequest) => OperationResponse | Promise<OperationResponse>;

/** How the body of a request is read: JSON that must be there, JSON that may be left out, or a form. */
export type BodyFormat = 'json' | 'optional-json' | 'form';

/** One of the apis that a mock serves, each below the base path of its contract. */
export interface Api {
  contract: Contract;
  bodyFormat: BodyFormat;
  /** Whether browsers may send requests from any origin (CORS). */
  crossOrigin: boolean;
  /** Rejects a request by throwing an ApiError, or says which sandbox it is for, if any. */
  authorize: (
    headers: RequestHeaders,
    address: SandboxName | undefined,
    operation: ContractOperation | undefined,
  ) => SandboxName | undefined;
  /** What the api has in sandboxes. Absent when it has nothing to do with them: then nothing is recorded either. */
  inSandbox?: ApiInSandbox;
  /** One for each operationId of the contract. The sandbox is there where the api has something in sandboxes. */
  operations: Readonly<Record<string, (sandbox: Sandbox | undefined) => Handler>>;
  /** Gives an error the form that the api has for it. */
  formatError?: (error: ApiError) => ApiError;
}

export interface ApiInSandbox {
  /** The preferences of `Prefer` that name something: what may be named, and with which operation alone. */
  preferences: Readonly<Record<string, NamedPreference>>;
  /** The resources that requests are for: the path parameter that holds the id, by the name of the resource. */
  resources: Readonly<Record<string, string>>;
  /** The error for an id in a path that names nothing. */
  createNotFound: (id: string | number) => ApiError;
}

export interface NamedPreference {
  names: readonly string[];
  operationId?: string;
}

/** An api of the platform, as the composition root takes it to mount it behind the gateway. */
export interface ApiDefinition<Options = unknown> {
  /** The path of its contract. */
  getContractFile: (options: Options) => string;
  /** The records that it keeps in each sandbox. */
  createCollections?: (contract: Contract) => CollectionDefinition[];
  /** @param control the contract of the control plane */
  create: (contract: Contract, control: Contract, options: Options) => SandboxApi | Promise<SandboxApi>;
}

/** What an api of the platform brings to a mock. */
export interface SandboxApi {
  contract: Contract;
  /** One for each operationId of the contract. */
  operations: Readonly<Record<string, (sandbox: Sandbox) => Handler>>;
  /** The records that a sandbox starts with, by the names of their collections. */
  seed?: (context: SeedContext) => Record<string, readonly StoredRecord[]>;
  /** Makes an imported record of one of its collections belong to a sandbox. */
  adopt?: (record: object, sandbox: SandboxName) => object;
  preferences?: ApiInSandbox['preferences'];
  resources?: ApiInSandbox['resources'];
  createNotFound?: ApiInSandbox['createNotFound'];
  /** The kinds of rules that it brings, beside faults. */
  ruleKinds?: readonly RuleKind[];
  /** What it adds to a sandbox in code. */
  createHandle?: (sandbox: Sandbox) => object;
  /** What it adds to the mock in code. */
  mockMembers?: object;
  /** The operations of the control plane that it handles, each a line onto what it adds in code. */
  controlRoutes?: (getSandbox: (request: { headers: object }) => Sandbox) => Record<string, Handler>;
}

/** The operations of a contract whose requests are for a resource, whose id a path parameter holds. */
export function listResources(
  { operations }: Contract,
  resources: ApiInSandbox['resources'] = {},
): RuledResource[] {
  return Object.entries(resources).map(([name, parameter]) => ({
    name,
    operations: operations
      .filter(({ path }) => path.includes(`{${parameter}}`))
      .map(({ operationId }) => operationId),
  }));
}
