import type { ContractOperation, ContractResponse } from '../contract/contract-operations.js';
import type { Violation } from '../contract/violation.js';
import { unescapePointer } from '../contract/json-pointer.js';
import type { HttpAnswer } from './http-call.js';
import type { ContractPair } from './open-contract.js';

/** An answer with what its body says, if that is JSON. */
export interface Answer extends HttpAnswer {
  body: unknown;
}

/** One thing in which an answer is not as the contract says; `rule` is where that says so. */
export type Breach = Violation & { rule: string; kind: 'contradiction' | 'news' };

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i;
const UNKNOWN_PROPERTY = '/additionalProperties';

export interface Checked {
  breaches: Breach[];
  /** The body without the properties that the contract does not know. */
  known: unknown;
}

/** Holds an answer to the contract. Headers that it does not declare are none of its business. */
export function checkAnswer(pair: ContractPair, operationId: string, answer: Answer): Checked {
  const [closed, open] = [pair.closed, pair.open].map(({ operations }) =>
    operations.find((operation) => operation.operationId === operationId),
  );
  const response = open?.responses.get(answer.status);
  if (!open || !response) {
    return { breaches: open ? [undeclaredStatus(open, answer.status)] : [], known: answer.body };
  }
  const { breaches, known } = checkBody(response, closed?.responses.get(answer.status)?.body, answer);
  return { breaches: [...checkHeaders(response, answer), ...breaches], known };
}

function contradiction({ rule = '#', ...violation }: Violation): Breach {
  return { ...violation, rule, kind: 'contradiction' };
}

function undeclaredStatus({ operationId, places, responses }: ContractOperation, status: number): Breach {
  return contradiction({
    message: `The status ${status} is not declared for ${operationId}.`,
    pointer: '/status',
    rule: places.responses,
    sent: status,
    allowed: `one of ${[...responses.keys()].join(', ')}`,
  });
}

function checkHeaders(response: ContractResponse, { headers }: Answer): Breach[] {
  return response.headers.flatMap(({ place, name, required, check }) => {
    const value = headers[name.toLowerCase()];
    const pointer = `/headers/${name}`;
    if (value !== undefined) return check(value, pointer).map(contradiction);
    if (!required) return [];
    const message = `The header '${name}' is missing.`;
    return [contradiction({ message, pointer, rule: `${place}/required`, allowed: 'it is required' })];
  });
}

function checkBody(response: ContractResponse, closed: ContractResponse['body'], answer: Answer): Checked {
  const known = answer.body;
  if (!response.body || !closed) return { breaches: checkNoBody(response, answer), known };
  const noJson = checkForm(response, answer);
  if (noJson) return { breaches: [contradiction(noJson)], known };
  const contradictions = response.body(known, '/body');
  const news = newsIn(known, closed, response.body, contradictions.length);
  return {
    breaches: [...contradictions.map(contradiction), ...news.breaches],
    known: without(known, news.pointers),
  };
}

/** Why an answer is no JSON, if it is none. */
function checkForm(response: ContractResponse, { headers, body, text }: Answer): Violation | undefined {
  const at = { rule: `${response.place}/content` };
  const { 'content-type': type } = headers;
  if (!JSON_TYPE.test(type ?? '')) {
    const message = 'The answer is not said to be JSON.';
    const breach = { ...at, message, pointer: '/headers/content-type', allowed: 'application/json' };
    return type === undefined ? breach : { ...breach, sent: type };
  }
  if (body !== undefined) return undefined;
  const sent = text === '' ? 'nothing' : `${Buffer.byteLength(text)} bytes that are no JSON`;
  return { ...at, message: 'The body is no JSON.', pointer: '/body', sent, allowed: 'JSON' };
}

function checkNoBody({ status, place }: ContractResponse, { strayBytes, headers, text }: Answer): Breach[] {
  const announced = Number(headers['content-length'] ?? 0);
  const bytes = Math.max(strayBytes, announced, Buffer.byteLength(text));
  if (bytes === 0) return [];
  const message = `A ${status} has no body.`;
  return [
    contradiction({ message, pointer: '/body', rule: place, sent: `${bytes} bytes`, allowed: 'nothing' }),
  ];
}

type BodyCheck = NonNullable<ContractResponse['body']>;

interface News {
  breaches: Breach[];
  pointers: string[];
}

/**
 * The properties that the contract does not know, alike ones told of once. Where a value may be of several kinds, each
 * kind finds those of the others unknown: what can be left out without breaking anything else is what none of them knows.
 */
function newsIn(body: unknown, closed: BodyCheck, open: BodyCheck, contradictions: number): News {
  const unknown = closed(body, '/body').filter(({ rule = '' }) => rule.endsWith(UNKNOWN_PROPERTY));
  const alike = new Map<string, Violation[]>();
  for (const violation of unknown) {
    const key = `${violation.rule} ${violation.message}`;
    alike.set(key, [...(alike.get(key) ?? []), violation]);
  }
  const news = [...alike.values()]
    .map((violations) => ({ ...violations[0], pointers: violations.map(({ pointer = '' }) => pointer) }))
    .filter(({ pointers }) => open(without(body, pointers), '/body').length <= contradictions);
  return {
    breaches: news.map(({ rule = '#', message = '', pointer = '', allowed }) => {
      const sent = valueAt(body, namesOf(pointer));
      return { kind: 'news', rule, message, pointer, sent, ...(allowed !== undefined && { allowed }) };
    }),
    pointers: news.flatMap(({ pointers }) => pointers),
  };
}

/** The names that a pointer into an answer leads through within its body. */
function namesOf(pointer: string): string[] {
  return pointer.split('/').slice(2).map(unescapePointer);
}

function valueAt(body: unknown, names: string[]): unknown {
  return names.reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], body);
}

/** A copy of a body that lacks what the pointers lead to. */
function without(body: unknown, pointers: string[]): unknown {
  const copy = structuredClone(body);
  for (const names of pointers.map(namesOf)) {
    // Only objects have properties that are not known.
    Reflect.deleteProperty(valueAt(copy, names.slice(0, -1)) as object, names.at(-1) ?? '');
  }
  return copy;
}
