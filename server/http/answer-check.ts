import type { Contract, ContractResponse } from '../contract.js';
import type { Violation } from '../domain/errors.js';
import type { AnswerToSend, Exchange } from './exchange.js';

/** Holds an answer against the contract: nothing when it may be sent. */
export function checkAnswer(contract: Contract, { operation }: Exchange, answer: AnswerToSend): Violation[] {
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
function checkBeyondOperations(contract: Contract, { status, body }: AnswerToSend): Violation[] {
  if (body === undefined && status === 204) return [];
  const isGateways = typeof body === 'object' && body !== null && 'error_code' in body;
  return contract.schema(isGateways ? 'GatewayError' : 'ServiceError')(body, '/body');
}

function checkHeaders(response: ContractResponse, { headers = {} }: AnswerToSend): Violation[] {
  const sent = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const violations: Violation[] = [];
  for (const { name, required, check } of response.headers) {
    const value = sent.get(name.toLowerCase());
    const pointer = `/headers/${name}`;
    if (value !== undefined) violations.push(...check(value, pointer));
    else if (required) {
      violations.push({ message: `The header '${name}' is missing.`, pointer, allowed: 'it is required' });
    }
    sent.delete(name.toLowerCase());
  }
  for (const [name, value] of sent) {
    const pointer = `/headers/${name}`;
    violations.push({ message: `The header '${name}' is not declared.`, pointer, sent: value });
  }
  return violations;
}

function checkBody(response: ContractResponse, { body }: AnswerToSend): Violation[] {
  if (response.body) return response.body(body, '/body');
  return body === undefined
    ? []
    : [{ message: `A ${response.status} has no body.`, pointer: '/body', allowed: 'nothing' }];
}
