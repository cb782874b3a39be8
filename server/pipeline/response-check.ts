import type { Contract } from '../../contract/contract.js';
import type { ContractOperation, ContractResponse } from '../../contract/contract-operations.js';
import type { Violation } from '../../contract/violation.js';
import { escapePointer, fragmentOf } from '../../contract/json-pointer.js';
import type { OperationResponse } from './api.js';

/** Where a contract says which paths there are, for what is answered beyond them. */
const PATHS = fragmentOf(['paths']);

/** Holds an answer against the contract: nothing when it may be sent. */
export function checkResponse(
  contract: Contract,
  operation: ContractOperation | undefined,
  answer: OperationResponse,
): Violation[] {
  if (!operation) return checkBeyondOperations(contract, answer);
  const response = operation.responses.get(answer.status);
  if (!response) {
    return [
      {
        message: `The status ${answer.status} is not declared for ${operation.operationId}.`,
        pointer: '/status',
        rule: operation.places.responses,
        sent: answer.status,
        allowed: `one of ${[...operation.responses.keys()].join(', ')}`,
      },
    ];
  }
  return [...checkHeaders(response, answer), ...checkBody(response, answer)];
}

/** Another path, a method that is not allowed, OPTIONS: an error of the gateway or the service, or no body at all. */
function checkBeyondOperations(
  contract: Contract,
  { status, headers: given = {}, body }: OperationResponse,
): Violation[] {
  const headers = given as Record<string, unknown>;
  const violations: Violation[] = [];
  for (const name of ['x-request-id', ...(status === 405 ? ['Allow'] : [])]) {
    if (headers[name] === undefined) violations.push(missingHeader(name, PATHS));
  }
  if (body === undefined && status === 204) return violations;
  const { error_code: code, status: told } = (body ?? {}) as { error_code?: string; status?: number };
  const own = code === undefined ? told : Number(code.slice(0, 3));
  if (own !== status) {
    const message = 'The body tells another status.';
    violations.push({ message, pointer: '/status', rule: PATHS, sent: status });
  }
  const schema = contract.schema(code === undefined ? 'ServiceError' : 'GatewayError');
  return [...violations, ...schema(body, '/body', 'first')];
}

function missingHeader(name: string, rule: string): Violation {
  return {
    message: `The header '${name}' is missing.`,
    pointer: `/headers/${name}`,
    rule,
    allowed: 'it is required',
  };
}

function checkHeaders(response: ContractResponse, { headers = {} }: OperationResponse): Violation[] {
  const sent = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value as unknown]),
  );
  const violations: Violation[] = [];
  for (const { place, name, required, check } of response.headers) {
    const value = sent.get(name.toLowerCase());
    const pointer = `/headers/${name}`;
    if (value !== undefined) violations.push(...check(value, pointer));
    else if (required) violations.push(missingHeader(name, `${place}/required`));
    sent.delete(name.toLowerCase());
  }
  for (const [name, value] of sent) {
    const pointer = `/headers/${escapePointer(name)}`;
    const message = `The header '${name}' is not declared.`;
    violations.push({ message, pointer, rule: response.headersPlace, sent: value });
  }
  return violations;
}

function checkBody(response: ContractResponse, { body }: OperationResponse): Violation[] {
  if (response.body) return response.body(body, '/body', 'first');
  if (body === undefined) return [];
  const message = `A ${response.status} has no body.`;
  return [{ message, pointer: '/body', rule: response.place, allowed: 'nothing' }];
}
