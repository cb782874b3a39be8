import { isDeepStrictEqual } from 'node:util';
import type { Answer } from './answers.js';
import type { Contract, DeclaredResponse } from './contract.js';
import type { Expected } from './exchange.js';

/** What HTTP and CORS add to any answer. */
const HEADERS_OF_HTTP = [
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'vary',
];

/** The statuses of what belongs to no operation: what is no call, another path, another method, OPTIONS. */
const BEYOND_OPERATIONS = [204, 400, 401, 403, 404, 405, 408, 417, 431];

/** What is wrong with an answer: nothing when it is one that the contract allows, and that was to be expected. */
export function problemsOf(contract: Contract, answer: Answer, expected: Expected): string[] {
  const { status, headers } = answer;
  const problems = expected.statuses.includes(status)
    ? []
    : [`the status is ${status}, and not one of ${expected.statuses.join(', ')}`];
  const ids = headers.flatMap(([name, value]) => (name === 'x-request-id' ? [value] : []));
  if (ids.length !== 1) problems.push(`there are ${ids.length} x-request-id`);
  if (expected.requestId !== undefined && ids[0] !== expected.requestId)
    problems.push('x-request-id is not the one sent');
  const names = headers.map(([name]) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) problems.push(`the header ${repeated} is repeated`);
  if (/node_modules|\bat .*\.[jt]s:\d+/.test(answer.body)) problems.push('the body shows where the code is');
  const body = status === 204 || expected.isHead ? undefined : jsonOf(answer, problems);
  return [
    ...problems,
    ...disagreements(answer, body, ids[0], expected),
    ...undeclared(contract, answer, body, expected),
  ];
}

function jsonOf({ headers, body }: Answer, problems: string[]): unknown {
  if (!headers.some(([name, value]) => name === 'content-type' && value === 'application/json'))
    problems.push('the Content-Type is not application/json');
  try {
    return JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
  } catch {
    problems.push('the body is not JSON');
    return undefined;
  }
}

/** Where the parts of an answer contradict each other or the call. */
function disagreements(
  { status }: Answer,
  body: unknown,
  id: string | undefined,
  { asked }: Expected,
): string[] {
  const {
    requestId,
    status: told,
    errors,
  } = (body ?? {}) as { requestId?: string; status?: unknown; errors?: object };
  if (status >= 400 && requestId !== undefined) {
    if (requestId !== id) return ['the body has another request id than the header'];
    if (told !== status || Object.keys(errors ?? {}).join() !== String(status))
      return ['the body tells another status'];
  }
  if (status === 200 && asked && !holds(body, asked)) return ['the job is not what was asked for'];
  return [];
}

/** Whether a value has all that another has, and possibly more members. */
function holds(value: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return (
      Array.isArray(value) &&
      value.length === part.length &&
      part.every((item, index) => holds(value[index], item))
    );
  }
  if (typeof part !== 'object' || part === null) return isDeepStrictEqual(value, part) || value === part;
  return Object.entries(part).every(([name, member]) =>
    holds((value as Record<string, unknown> | undefined)?.[name], member),
  );
}

/** What of an answer no operation declares that it may be of. */
function undeclared(
  contract: Contract,
  answer: Answer,
  body: unknown,
  { operation, isHead = false }: Expected,
): string[] {
  const operations = contract.operations.filter(({ id }) => operation === undefined || id === operation);
  const verdicts = operations.map(({ responses }) =>
    breaches(responses.get(answer.status), answer, body, isHead),
  );
  if (operation === undefined) verdicts.push(breachesBeyond(contract, answer, body, isHead));
  const best = verdicts.sort((a, b) => a.length - b.length)[0];
  return best ?? [`there is no operation ${operation}`];
}

function breaches(
  response: DeclaredResponse | undefined,
  answer: Answer,
  body: unknown,
  isHead: boolean,
): string[] {
  if (!response) return [`the status ${answer.status} is not declared`];
  const problems: string[] = [];
  for (const { name, required, keeps } of response.headers) {
    const value = answer.headers.find(([sent]) => sent === name)?.[1];
    if (value === undefined ? required : !keeps(value))
      problems.push(`the header ${name} is ${value ?? 'missing'}`);
  }
  const known = [...HEADERS_OF_HTTP, ...response.headers.map(({ name }) => name)];
  problems.push(...unknownHeaders(answer, known));
  if (response.body && !isHead && !response.body(body)) problems.push('the body breaks its schema');
  return problems;
}

function breachesBeyond({ isError }: Contract, answer: Answer, body: unknown, isHead: boolean): string[] {
  if (!BEYOND_OPERATIONS.includes(answer.status))
    return [`the status ${answer.status} belongs to no operation`];
  const problems = unknownHeaders(answer, [...HEADERS_OF_HTTP, 'x-request-id', 'allow', 'www-authenticate']);
  const hasAllow = answer.headers.some(([name]) => name === 'allow');
  if (answer.status === 405 && !hasAllow) problems.push('the header allow is missing');
  if (answer.status !== 204 && !isHead && !isError(body)) problems.push('the body is no error');
  return problems;
}

function unknownHeaders({ headers }: Answer, known: string[]): string[] {
  return headers.flatMap(([name]) => (known.includes(name) ? [] : [`the header ${name} is not declared`]));
}
