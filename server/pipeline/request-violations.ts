import type { IncomingHttpHeaders } from 'node:http';
import type { ContractOperation, ContractParameter } from '../../contract/contract-operations.js';
import { sentValue, unknownName } from '../../contract/contract-violations.js';
import type { Violation } from '../platform/errors.js';

/** A request's parameters as they were sent, before anything is made of them. */
export interface SentParameters {
  path: Readonly<Record<string, string | string[]>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

/** A request's parameters as the contract types them. */
export type TypedParameters = Record<'path' | 'query', Record<string, unknown>>;

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The number that a text is, in decimal digits. `undefined` when it is none, or none that is exact. */
function integerOf(text: string): number | undefined {
  const value = INTEGER.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** What is wrong with the names and the spelling: an unknown or repeated parameter, a number not in decimal digits. */
export function textViolations(sent: SentParameters, operation: ContractOperation): Violation[] {
  return [
    ...queryViolations(sent.query, operation),
    ...operation.parameters.flatMap((parameter) => {
      const text = parameter.isInteger ? textOf(sent, parameter) : undefined;
      if (text === undefined || integerOf(text) !== undefined) return [];
      const message = `'${parameter.name}' must be an integer.`;
      const range =
        typeof parameter.minimum === 'number'
          ? `from ${parameter.minimum} to ${LARGEST}`
          : `at most ${LARGEST}`;
      const allowed = `an integer in decimal digits, ${range}`;
      const rule = parameter.schemaPlace;
      return [{ message, pointer: pointerTo(parameter), rule, sent: sentValue(text), allowed }];
    }),
  ];
}

function queryViolations(query: URLSearchParams, { parameters, places }: ContractOperation): Violation[] {
  if (query.size === 0) return [];
  const declared = new Map(
    parameters
      .filter((parameter) => parameter.in === 'query')
      .map((parameter) => [parameter.name, parameter]),
  );
  return [...new Set(query.keys())].flatMap((name) => {
    const parameter = declared.get(name);
    if (!parameter) {
      const unknown = unknownName('query parameter', name, [...declared.keys()], '/query');
      return [{ ...unknown, rule: places.parameters }];
    }
    const values = query.getAll(name);
    if (values.length === 1) return [];
    const message = `The query parameter '${name}' is repeated.`;
    const rule = parameter.schemaPlace;
    return [{ message, pointer: pointerTo(parameter), rule, sent: sentValue(values), allowed: 'one value' }];
  });
}

/** The parameters that are required and missing. */
export function missingViolations(sent: SentParameters, { parameters }: ContractOperation): Violation[] {
  return parameters.flatMap((parameter) => {
    const { name, in: place, required } = parameter;
    if (!required || textOf(sent, parameter) !== undefined) return [];
    const kind = place === 'query' ? 'query parameter' : place;
    return [
      {
        message: `The ${kind} '${name}' is missing.`,
        pointer: pointerTo(parameter),
        rule: `${parameter.place}/required`,
        allowed: 'it is required',
      },
    ];
  });
}

/** The parameters by name with the contract's defaults, integers as numbers. They must have been found right. */
export function typedParameters(sent: SentParameters, { parameters }: ContractOperation): TypedParameters {
  const typed: TypedParameters = { path: {}, query: {} };
  for (const parameter of parameters) {
    if (parameter.in === 'header') continue;
    const text = textOf(sent, parameter);
    const value = text === undefined ? parameter.default : parameter.isInteger ? integerOf(text) : text;
    if (value !== undefined) typed[parameter.in][parameter.name] = value;
  }
  return typed;
}

/** What is wrong with the parameters' values, by the contract's schemas. */
export function valueViolations(sent: SentParameters, { parameters }: ContractOperation): Violation[] {
  return parameters.flatMap((parameter) => {
    const text = textOf(sent, parameter);
    const value = text !== undefined && parameter.isInteger ? integerOf(text) : text;
    if (value === undefined) return [];
    const violations = parameter.check(value, pointerTo(parameter));
    return violations.map((violation) => ({ ...violation, sent: sentValue(text) }));
  });
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
