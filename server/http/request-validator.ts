import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import * as openApiValidator from 'express-openapi-validator';
import { ContractError, type OpenApiDocument } from '../../contract/contract-checks.js';
import { METHODS, type ContractOperation } from '../../contract/contract-operations.js';
import { FORMATS } from '../../contract/contract-schemas.js';
import type { Contract } from '../../contract/contract.js';
import type { TypedParameters } from '../pipeline/request-validation.js';

const { BadRequest } = openApiValidator.error;

/** How express-openapi-validator validates the requests of an operation. */
interface Prepared {
  middleware: RequestHandler;
  /** What the validator leaves in `req.openapi` for such a request. */
  route: object;
}

const prepared = new WeakMap<ContractOperation, Prepared>();

/**
 * Validates a request of an operation with express-openapi-validator, which fills in the contract's defaults. The validator
 * would look for the operation again and compile every path anew at each request: it is given what it found when it was
 * warmed up.
 */
export async function validateRequest(
  contract: Contract,
  operation: ContractOperation,
  path: Record<string, string>,
  req: Request,
  res: Response,
): Promise<(TypedParameters & { body: unknown }) | { problem: string }> {
  if (!prepared.has(operation)) await warmUp([contract]);
  const { middleware, route } = prepared.get(operation) as Prepared;
  req.params = { ...path };
  // The validator knows no HEAD.
  if (req.method === 'HEAD') req.method = 'GET';
  if (!operation.requestBody) delete req.headers['content-type'];
  Object.assign(req, { openapi: Object.assign({}, route, { pathParams: { ...path } }) });
  const error = await run(middleware, req, res);
  if (error instanceof BadRequest) return { problem: error.message };
  if (error !== undefined) throw error as Error;
  return { path: req.params, query: req.query, body: req.body as unknown };
}

const warming = new WeakMap<Contract, Promise<void>>();

/**
 * Makes the validator compile contracts now, so that a broken one stops the start, and not the first request. Each is
 * compiled once in a process, and several together as one, since each time takes a tenth of a second.
 */
export async function warmUp(contracts: Contract[], create = createMiddleware): Promise<void> {
  const cold = contracts.filter((contract) => !warming.has(contract));
  if (cold.length > 0) {
    const warm = warmUpAll(cold, create);
    for (const contract of cold) warming.set(contract, warm);
    // One of them was broken, and the others may be asked for again without it.
    warm.catch(() => cold.forEach((contract) => warming.delete(contract)));
  }
  for (const contract of contracts) await warming.get(contract);
}

async function warmUpAll(contracts: Contract[], create: typeof createMiddleware): Promise<void> {
  const handlers = create(await createRequestsDocument(contracts));
  const middleware = handlers.find(({ name }) => name === 'requestMiddleware');
  for (const contract of contracts) {
    for (const operation of contract.operations) {
      const route = await findRoute(contract, operation, handlers);
      const wrong = createRequest(contract, operation, { unknown: '1' });
      Object.assign(wrong, { openapi: { ...route, pathParams: {} } });
      const rejection = middleware && (await run(middleware, wrong));
      if (!middleware || !route || !(rejection instanceof BadRequest)) {
        throw new ContractError(
          contract.file,
          `the validator does not check requests of ${operation.operationId}`,
        );
      }
      prepared.set(operation, { middleware, route });
    }
  }
}

/** What the validator leaves in a made-up request. */
async function findRoute(contract: Contract, operation: ContractOperation, handlers: RequestHandler[]) {
  const request: Request & { openapi?: object } = createRequest(contract, operation);
  for (const handler of handlers) {
    const error = await run(handler, request);
    // A rejection of this made-up request is as good as an acceptance: the validator works.
    if (error instanceof BadRequest) break;
    if (error) throw new ContractError(contract.file, (error as Error).message, error);
  }
  return request.openapi;
}

export function createMiddleware(document: object): RequestHandler[] {
  return openApiValidator.middleware({
    apiSpec: document as never,
    // The contract was checked when it was loaded.
    validateApiSpec: false,
    // Our own check reports what is wrong.
    validateRequests: { allErrors: false },
    validateResponses: false,
    validateSecurity: false,
    fileUploader: false,
    formats: FORMATS,
  }) as RequestHandler[];
}

/** Runs a handler of Express. Resolves to what it passes on. */
function run(handler: RequestHandler, request: Request, response = {} as Response): Promise<unknown> {
  return new Promise((resolve) => void handler(request, response, resolve as NextFunction));
}

function createRequest(
  { basePath }: Contract,
  { method, path, requestBody }: ContractOperation,
  query: Record<string, string> = {},
): Request {
  const url = basePath + path.replace(/\{\w+\}/g, '1');
  const request = {
    method: method.toUpperCase(),
    originalUrl: url,
    url,
    path: url,
    baseUrl: '',
    headers: requestBody ? { 'content-type': 'application/json' } : {},
    query,
    params: {},
    body: {},
    app: { enabled: () => false, param: () => undefined },
  };
  return request as unknown as Request;
}

interface PathItem extends Partial<Record<(typeof METHODS)[number], RequestPart>> {
  parameters?: object[];
}

interface RequestPart {
  operationId: string;
  parameters?: object[];
  requestBody?: object;
}

/**
 * What contracts say of requests, as one OpenAPI document without references: a fourth of the work for a validator, as
 * responses and examples are the greater part of a contract.
 */
async function createRequestsDocument(contracts: readonly Contract[]): Promise<object> {
  const [first] = contracts;
  const paths = await Promise.all(contracts.map(createPaths));
  return {
    openapi: first?.document.openapi,
    info: first?.document.info,
    servers: [{ url: '/' }],
    paths: Object.assign({}, ...paths) as object,
  };
}

async function createPaths({ file, basePath, document }: Contract): Promise<object> {
  const paths = await dereference(file, pickRequests(document));
  const parts = Object.entries(paths).map(([path, item]) => [basePath + path, item]);
  // The validator writes into what it is given: no part may stand in two places.
  return JSON.parse(JSON.stringify(Object.fromEntries(parts))) as object;
}

/** Of a document, what its requests say and may refer to. */
function pickRequests({ paths, components }: OpenApiDocument): { paths: object; components: object } {
  const items = Object.entries(paths as Record<string, PathItem>);
  return {
    paths: Object.fromEntries(items.map(([path, item]) => [path, pickOperations(item)])),
    components: { ...components, responses: {} },
  };
}

function pickOperations(item: PathItem): object {
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const { operationId, parameters = [], requestBody } = operation;
    return [[method, { operationId, parameters, ...(requestBody && { requestBody }), responses: {} }]];
  });
  return { parameters: item.parameters ?? [], ...(Object.fromEntries(operations) as object) };
}

async function dereference(
  file: string,
  part: { paths: object; components: object },
): Promise<Record<string, PathItem>> {
  try {
    const options = { dereference: { circular: false } };
    const { paths } = await $RefParser.dereference<typeof part>(structuredClone(part), options);
    return paths as Record<string, PathItem>;
  } catch (error) {
    throw new ContractError(file, (error as Error).message, error);
  }
}
