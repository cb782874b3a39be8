/** What the contract says of requests and responses, by the checks of `verify`. Prism judges it independently. */
import { isDeepStrictEqual } from 'node:util';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { ownContract } from '../../contract/contract-document.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import { checkAnswer } from '../../verify/answer-check.js';
import { loadPair, type ContractPair } from '../../verify/open-contract.js';
import type { Expected, Response } from './messages.js';

/** A schema as the contract writes it, its references followed. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: string[];
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
}

export interface Operation extends ContractOperation {
  contracts: ContractPair;
  /** The path's template, with the base path. */
  url: string;
  /** Absent when the operation takes no body. */
  bodySchema: Schema | undefined;
  parameterSchemas: Record<string, Schema>;
}

interface Item {
  parameters?: { name: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** The operations of the API, and health: the rest of the control plane would turn the clocks that the judge relies on. */
export async function loadOperations(): Promise<Operation[]> {
  const load = async (name: 'openapi' | 'control') => {
    const contracts = await loadPair(ownContract(name));
    const { document, operations, basePath } = contracts.closed;
    const { paths } = (await $RefParser.dereference(structuredClone(document) as object)) as unknown as {
      paths: Record<string, Item & Record<string, Item>>;
    };
    return operations.map((operation): Operation => {
      const { [operation.method]: item = {}, parameters = [] } = paths[operation.path] ?? {};
      const schemas = [...parameters, ...(item.parameters ?? [])].map(({ name, schema }) => [name, schema]);
      return {
        ...operation,
        contracts,
        url: basePath + operation.path,
        bodySchema: item.requestBody?.content['application/json']?.schema,
        parameterSchemas: Object.fromEntries(schemas) as Record<string, Schema>,
      };
    });
  };
  const health = (await load('control')).filter(({ operationId }) => operationId === 'getHealth');
  return [...(await load('openapi')), ...health];
}

/** What HTTP and CORS add to any response. */
const HTTP_HEADERS = /^(access-control-[a-z-]+|connection|content-length|content-type|date|keep-alive|vary)$/;
/** The statuses of what belongs to no operation: malformed requests, other paths, other methods, OPTIONS. */
const STATUSES_WITHOUT_OPERATION = [204, 400, 401, 403, 404, 405, 408, 417, 431];

/** What is wrong with a response: nothing when the contract allows it and it was to be expected. */
export function findProblems(operations: Operation[], response: Response, expected: Expected): string[] {
  const { status, headers, body: text } = response;
  const { statuses, requestId, asked, isHead = false } = expected;
  const problems: string[] = [];
  const names = headers.map(([name]) => name);
  const ids = headers.flatMap(([name, value]) => (name === 'x-request-id' ? [value] : []));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (!statuses.includes(status))
    problems.push(`the status is ${status}, and not one of ${statuses.join(', ')}`);
  if (ids.length !== 1) problems.push(`there are ${ids.length} x-request-id`);
  if (requestId !== undefined && ids[0] !== requestId) problems.push('x-request-id is not the one sent');
  if (repeated !== undefined) problems.push(`the header ${repeated} is repeated`);
  if (/node_modules|\bat .*\.[jt]s:\d+/.test(text)) problems.push('the body shows where the code is');

  const hasBody = status !== 204 && !isHead;
  const body = parseJson(text);
  if (hasBody && Object.fromEntries(headers)['content-type'] !== 'application/json')
    problems.push('the Content-Type is not application/json');
  if (hasBody && body === undefined) problems.push('the body is not JSON');
  const { requestId: idInBody, status: statusInBody, errors } = (body ?? {}) as Record<string, unknown>;
  if (status >= 400 && idInBody !== undefined) {
    if (idInBody !== ids[0]) problems.push('the body has another request id than the header');
    else if (statusInBody !== status || Object.keys(errors ?? {}).join() !== String(status))
      problems.push('the body says another status');
  }
  if (status === 200 && asked && !holds(body, asked)) problems.push('the job is not what was asked for');

  const verdicts = operations
    .filter(({ operationId }) => expected.operation === undefined || operationId === expected.operation)
    .map((operation) => findBreaches(operation, response, body, isHead));
  if (expected.operation === undefined)
    verdicts.push(findBreachesOfNoOperation(operations, response, body, isHead));
  const [best = []] = verdicts.sort((a, b) => a.length - b.length);
  return [...problems, ...best];
}

function parseJson(bytes: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes, 'latin1').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Whether a value has everything that another has, and possibly more members. */
function holds(value: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    if (!Array.isArray(value) || value.length !== part.length) return false;
    return part.every((item, index) => holds(value[index], item));
  }
  if (typeof part !== 'object' || part === null) return isDeepStrictEqual(value, part) || value === part;
  const members = (value ?? {}) as Record<string, unknown>;
  return Object.entries(part).every(([name, member]) => holds(members[name], member));
}

function findBreaches(operation: Operation, response: Response, body: unknown, isHead: boolean): string[] {
  const { status, headers, body: text } = response;
  const declared = operation.responses.get(status)?.headers.map(({ name }) => name.toLowerCase()) ?? [];
  const answer = {
    status,
    headers: Object.fromEntries(headers),
    text: isHead ? '' : text,
    strayBytes: 0,
    body,
  };
  const { breaches } = checkAnswer(operation.contracts, operation.operationId, answer);
  const problems = breaches
    .map(({ pointer = '', message }) => ({ isOfBody: pointer.startsWith('/body'), message }))
    .filter(({ isOfBody }) => !(isHead && isOfBody))
    .map(({ isOfBody, message }) => (isOfBody ? `the body breaks its schema: ${message}` : message));
  return [...problems, ...findUndeclaredHeaders(response, declared)];
}

function findBreachesOfNoOperation(
  operations: Operation[],
  response: Response,
  body: unknown,
  isHead: boolean,
): string[] {
  const { status, headers } = response;
  if (!STATUSES_WITHOUT_OPERATION.includes(status)) return [`the status ${status} belongs to no operation`];
  const problems = findUndeclaredHeaders(response, ['x-request-id', 'allow', 'www-authenticate']);
  const hasAllow = headers.some(([name]) => name === 'allow');
  if (status === 405 && !hasAllow) problems.push('the header allow is missing');
  const schema = operations[0]?.contracts.closed.schema;
  const isError = ['ServiceError', 'GatewayError'].some((name) => schema?.(name)(body).length === 0);
  if (status !== 204 && !isHead && !isError) problems.push('the body is no error');
  return problems;
}

function findUndeclaredHeaders({ headers }: Response, declared: string[]): string[] {
  const undeclared = headers.filter(([name]) => !HTTP_HEADERS.test(name) && !declared.includes(name));
  return undeclared.map(([name]) => `the header ${name} is not declared`);
}
