import type { IncomingHttpHeaders } from 'node:http';
import type { ContractOperation, ContractParameter } from '../contract.js';
import { escapePointer, sentValue, unknownName } from '../contract-violations.js';
import type { Violation } from '../domain/errors.js';

/** A request's parameters as they were sent, before anything is made of them. */
export interface SentParameters {
  path: Readonly<Record<string, string | string[]>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

/** What is wrong with the names and the spelling: an unknown or repeated parameter, a number not in decimal digits. */
export function textViolations(sent: SentParameters, { parameters }: ContractOperation): Violation[] {
  return [
    ...queryViolations(sent.query, parameters),
    ...parameters.flatMap((parameter) => {
      const text = parameter.isInteger ? textOf(sent, parameter) : undefined;
      if (text === undefined || INTEGER.test(text)) return [];
      const message = `'${parameter.name}' must be an integer.`;
      const allowed = 'an integer in decimal digits';
      return [{ message, pointer: pointerTo(parameter), sent: sentValue(text), allowed }];
    }),
  ];
}

function queryViolations(query: URLSearchParams, parameters: ContractParameter[]): Violation[] {
  if (query.size === 0) return [];
  const known = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  return [...new Set(query.keys())].flatMap((name) => {
    if (!known.includes(name)) return [unknownName('query parameter', name, known, '/query')];
    const values = query.getAll(name);
    if (values.length === 1) return [];
    const message = `The query parameter '${name}' is repeated.`;
    return [
      { message, pointer: `/query/${escapePointer(name)}`, sent: sentValue(values), allowed: 'one value' },
    ];
  });
}

/** What is wrong with the values, by the contract's schemas. */
export function valueViolations(
  sent: SentParameters,
  body: unknown,
  { parameters, requestBody }: ContractOperation,
): Violation[] {
  const ofParameters = parameters.flatMap((parameter) => {
    const text = textOf(sent, parameter);
    if (text === undefined || (parameter.isInteger && !INTEGER.test(text))) return [];
    const violations = parameter.check(parameter.isInteger ? Number(text) : text, pointerTo(parameter));
    return violations.map((violation) => ({ ...violation, sent: sentValue(text) }));
  });
  return [...ofParameters, ...(requestBody?.(body, '/body') ?? [])];
}

function textOf({ path, query, headers }: SentParameters, { in: place, name }: ContractParameter) {
  switch (place) {
    case 'path':
      return String(path[name]);
    case 'query':
      return query.get(name) ?? undefined;
    case 'header':
      return headers[name.toLowerCase()]?.toString();
  }
}

function pointerTo({ in: place, name }: ContractParameter): string {
  return place === 'header' ? `/headers/${name.toLowerCase()}` : `/${place}/${name}`;
}
