import type { Contract, ContractOperation, ContractResponse } from '../contract.js';
import type { Violation } from '../domain/errors.js';
import { escapePointer } from '../json-pointer.js';
import type { AnswerToSend } from './exchange.js';

/** Holds an answer against the contract: nothing when it may be sent. */
export function checkAnswer(
  contract: Contract,
  operation: ContractOperation | undefined,
  answer: AnswerToSend,
): Violation[] {
  if (!operation) return checkBeyondOperations(contract, answer);
  const response = operation.responses.get(answer.status);
  if (!response) {
    return [
      {
        message: `The status ${answer.status} is not declared for ${operation.operationId}.`,
        pointer: '/status',
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
  { status, headers = {}, body }: AnswerToSend,
): Violation[] {
  const violations: Violation[] = [];
  for (const name of ['x-request-id', ...(status === 405 ? ['Allow'] : [])]) {
    if (headers[name] === undefined) violations.push(missingHeader(name));
  }
  if (body === undefined && status === 204) return violations;
  const { error_code: code, status: told } = (body ?? {}) as { error_code?: string; status?: number };
  const own = code === undefined ? told : Number(code.slice(0, 3));
  if (own !== status) {
    violations.push({ message: 'The body tells another status.', pointer: '/status', sent: status });
  }
  const schema = contract.schema(code === undefined ? 'ServiceError' : 'GatewayError');
  return [...violations, ...schema(body, '/body', 'first')];
}

function missingHeader(name: string): Violation {
  return {
    message: `The header '${name}' is missing.`,
    pointer: `/headers/${name}`,
    allowed: 'it is required',
  };
}

function checkHeaders(response: ContractResponse, { headers = {} }: AnswerToSend): Violation[] {
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const violations: Violation[] = [];
  for (const { name, required, check } of response.headers) {
    const value = sent.get(name.toLowerCase());
    const pointer = `/headers/${name}`;
    if (value !== undefined) violations.push(...check(value, pointer));
    else if (required) violations.push(missingHeader(name));
    sent.delete(name.toLowerCase());
  }
  for (const [name, value] of sent) {
    const pointer = `/headers/${escapePointer(name)}`;
    violations.push({ message: `The header '${name}' is not declared.`, pointer, sent: value });
  }
  return violations;
}

function checkBody(response: ContractResponse, { body }: AnswerToSend): Violation[] {
  if (response.body) return response.body(body, '/body', 'first');
  return body === undefined
    ? []
    : [{ message: `A ${response.status} has no body.`, pointer: '/body', allowed: 'nothing' }];
}
