import type { ContractOperation } from '../../contract/contract-operations.js';
import { ContractError } from '../../contract/contract-checks.js';
import { fragmentOf } from '../../contract/json-pointer.js';
import type { SandboxName } from '../platform/sandbox-name.js';
import type { Api } from './api.js';

/** A sandbox by its address: in it, the headers need not name one. */
export interface SandboxAddress extends SandboxName {
  /** What stands before the api's own path, as sent. */
  path: string;
}

/** The target of a request. */
export interface Target {
  /** Path and query as sent, for logs and the journal, without the secrets that the query may hold. */
  sent: string;
  /** The path as the contracts know it. */
  path: string;
  /** With its question mark; empty when there is none. */
  query: string;
  address: SandboxAddress | undefined;
}

interface KnownPath {
  api: Api;
  parameters: Record<string, string>;
  /** The resource whose id a parameter holds, if one does. */
  resource: { name: string; parameter: string } | undefined;
}

export interface OperationRoute extends KnownPath {
  kind: 'operation';
  operation: ContractOperation;
}

/** A path of an api with a method that it does not have. */
export interface OtherMethodRoute extends KnownPath {
  kind: 'other-method';
  allow: string;
  /** Where the contract lists the methods of the path. */
  rule: string;
}

/** What a request is for. */
export type Route =
  | OperationRoute
  | OtherMethodRoute
  /** A path below the base path of an api, or of none. */
  | { kind: 'unknown-path'; api: Api | undefined };

const ADDRESS_TEMPLATE = '/as/{org}/{sandbox}';
const ADDRESS = /^\/as\/([^/?]+)\/([^/?]+)(?=\/)/;
const SECRETS_IN_QUERY = /([?&](?:client_secret|access_token)=)[^&]+/gi;

interface PathRoute {
  api: Api;
  template: string;
  /** Segments of the path; a parameter stands as `{name}`. */
  segments: string[];
  operations: ContractOperation[];
  resource: KnownPath['resource'];
}

/** Finds what requests are for. */
export class Routes {
  readonly #paths: PathRoute[];
  readonly #sandboxBasePaths: string[];

  constructor(readonly apis: readonly Api[]) {
    this.#paths = apis.flatMap(listPaths);
    this.#sandboxBasePaths = apis.filter((api) => api.inSandbox).map(({ contract }) => contract.basePath);
  }

  /** Reads a request target in any form of RFC 9112 (section 3.2). */
  readTarget(text: string): Target {
    const sent = text.startsWith('/') && !text.includes('#') ? text : toOriginForm(text);
    const address = sent.startsWith('/as/') ? this.#readAddress(sent) : undefined;
    const known = address ? sent.slice(address.path.length) : sent;
    const start = known.indexOf('?');
    const path = start < 0 ? known : known.slice(0, start);
    return {
      sent: sent.includes('?') ? sent.replace(SECRETS_IN_QUERY, '$1…') : sent,
      path: path.includes('%') ? toDecodable(path) : path,
      query: start < 0 ? '' : known.slice(start),
      address,
    };
  }

  find(method: string, { path }: Target): Route {
    const segments = path.split('/');
    // A slash at the end makes no other path.
    if (segments.length > 2 && segments.at(-1) === '') segments.pop();
    for (const { api, template, segments: expected, operations, resource } of this.#paths) {
      const parameters = matchSegments(segments, expected);
      if (!parameters) continue;
      const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
      const operation = operations.find((each) => each.method === wanted);
      if (operation) return { kind: 'operation', api, operation, parameters, resource };
      const allow = listMethods(operations).join(', ');
      const rule = fragmentOf(['paths', template]);
      return { kind: 'other-method', api, parameters, resource, allow, rule };
    }
    return { kind: 'unknown-path', api: this.findApi(path) };
  }

  /** The api whose base path a path is below. */
  findApi(path: string): Api | undefined {
    return this.apis.find(
      ({ contract: { basePath } }) => path === basePath || path.startsWith(`${basePath}/`),
    );
  }

  /** All paths that there are, in words. */
  describe(): string {
    const paths = this.#paths.map(
      ({ api, template }) =>
        (api.inSandbox ? `[${ADDRESS_TEMPLATE}]` : '') + api.contract.basePath + template,
    );
    return `one of ${paths.join(', ')}`;
  }

  #readAddress(target: string): SandboxAddress | undefined {
    const [path, org = '', name = ''] = ADDRESS.exec(target) ?? [];
    if (path === undefined) return undefined;
    const [below = ''] = target.slice(path.length).split('?', 1);
    if (!this.#sandboxBasePaths.some((base) => below === base || below.startsWith(`${base}/`)))
      return undefined;
    try {
      return { path, org: decodeURIComponent(org), name: decodeURIComponent(name) };
    } catch {
      // Without a sandbox, the path names nothing.
      return undefined;
    }
  }
}

function listPaths(api: Api): PathRoute[] {
  const resources = Object.entries(api.inSandbox?.resources ?? {});
  const byPath = new Map<string, ContractOperation[]>();
  for (const operation of api.contract.operations) {
    if (!api.operations[operation.operationId]) {
      throw new ContractError(api.contract.file, `nothing handles the operation ${operation.operationId}`);
    }
    byPath.set(operation.path, [...(byPath.get(operation.path) ?? []), operation]);
  }
  return [...byPath].map(([template, operations]) => ({
    api,
    template,
    segments: (api.contract.basePath + template).split('/'),
    operations,
    resource: resources
      .map(([name, parameter]) => ({ name, parameter }))
      .find(({ parameter }) => template.includes(`{${parameter}}`)),
  }));
}

/** The methods that a client may use: those of the operations, and those that HTTP has besides. */
export function listMethods(operations: readonly ContractOperation[]): string[] {
  const own = operations.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  return [...new Set([...own, 'OPTIONS'])];
}

/** The decoded parameters when the segments match; `undefined` when they do not. */
function matchSegments(segments: string[], expected: string[]): Record<string, string> | undefined {
  if (segments.length !== expected.length) return undefined;
  const parameters: Record<string, string> = {};
  for (let index = 0; index < segments.length; index++) {
    const [segment = '', wanted = ''] = [segments[index], expected[index]];
    if (wanted.startsWith('{')) {
      if (segment === '') return undefined;
      parameters[wanted.slice(1, -1)] = decodeURIComponent(segment);
    } else if (segment !== wanted) return undefined;
  }
  return parameters;
}

function toOriginForm(target: string): string {
  return (
    target
      .replace(/^https?:\/\/[^/?]*/i, '')
      // What is no path then (the asterisk, another scheme's) names nothing.
      .replace(/^(?!\/)/, '/')
      // No fragment is ever sent: what looks like one belongs to what stands before it.
      .replaceAll('#', '%23')
  );
}

/** A path that can be decoded: one that cannot is taken as it is written, and so names nothing. */
function toDecodable(path: string): string {
  try {
    decodeURIComponent(path);
    return path;
  } catch {
    return path.replaceAll('%', '%25');
  }
}
