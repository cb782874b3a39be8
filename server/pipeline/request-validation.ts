import type { ContractOperation, ContractParameter } from '../../contract/contract-operations.js';
import { sentValue, unknownName } from '../../contract/contract-violations.js';
import type { Violation } from '../../contract/violation.js';
import type { RequestHeaders } from '../platform/headers.js';

/** A request's parameters as they were sent. */
export interface RawParameters {
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: RequestHeaders;
}

/** A request's parameters as the contract types them. */
export type TypedParameters = Record<'path' | 'query', Record<string, unknown>>;

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

/** To report everything that is wrong takes time that grows with its square: of larger bodies, the first is reported. */
const MAX_FULLY_REPORTED_BYTES = 16 * 1024;

/** What is wrong with names and spelling: an unknown or repeated parameter, a number that is not in decimal digits. */
export function findSpellingViolations(sent: RawParameters, operation: ContractOperation): Violation[] {
  return [
    ...(sent.query.size > 0 ? findQueryViolations(sent.query, operation) : []),
    ...operation.parameters.flatMap((parameter) => {
      const text = parameter.isInteger ? getText(sent, parameter) : undefined;
      if (text === undefined || parseInteger(text) !== undefined) return [];
      const message = `'${parameter.name}' must be an integer.`;
      const max = Number.MAX_SAFE_INTEGER;
      const range =
        typeof parameter.minimum === 'number' ? `from ${parameter.minimum} to ${max}` : `at most ${max}`;
      const allowed = `an integer in decimal digits, ${range}`;
      const rule = parameter.schemaPlace;
      return [{ message, pointer: getPointer(parameter), rule, sent: sentValue(text), allowed }];
    }),
  ];
}

/** Everything in a request that breaks the contract, preferences aside. */
export function findViolations(
  sent: RawParameters,
  body: { value: unknown; byteLength: number } | undefined,
  operation: ContractOperation,
): Violation[] {
  const violations = [
    ...findSpellingViolations(sent, operation),
    ...operation.parameters.flatMap((parameter) => findMissing(sent, parameter)),
    ...operation.parameters.flatMap((parameter) => findInvalidValue(sent, parameter)),
  ];
  if (body?.value === undefined && !operation.bodyRequired) return violations;
  const mode = (body?.byteLength ?? 0) > MAX_FULLY_REPORTED_BYTES ? 'first' : 'all';
  return [...violations, ...(operation.requestBody?.(body?.value, '/body', mode) ?? [])];
}

/** The parameters by name with the contract's defaults, integers as numbers. They must have been found valid. */
export function toTypedParameters(sent: RawParameters, { parameters }: ContractOperation): TypedParameters {
  const typed: TypedParameters = { path: {}, query: {} };
  for (const parameter of parameters) {
    if (parameter.in === 'header') continue;
    const text = getText(sent, parameter);
    const value = text === undefined ? parameter.default : parameter.isInteger ? parseInteger(text) : text;
    if (value !== undefined) typed[parameter.in][parameter.name] = value;
  }
  return typed;
}

/** The exact number that decimal digits stand for; `undefined` for other text. */
export function parseInteger(text: string): number | undefined {
  const value = INTEGER.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(value) ? value : undefined;
}

function findQueryViolations(query: URLSearchParams, { parameters, places }: ContractOperation): Violation[] {
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
    const sent = sentValue(values);
    return [
      { message, pointer: getPointer(parameter), rule: parameter.schemaPlace, sent, allowed: 'one value' },
    ];
  });
}

function findMissing(sent: RawParameters, parameter: ContractParameter): Violation[] {
  const { name, in: place, required } = parameter;
  if (!required || getText(sent, parameter) !== undefined) return [];
  const message = `The ${place === 'query' ? 'query parameter' : place} '${name}' is missing.`;
  const rule = `${parameter.place}/required`;
  return [{ message, pointer: getPointer(parameter), rule, allowed: 'it is required' }];
}

function findInvalidValue(sent: RawParameters, parameter: ContractParameter): Violation[] {
  const text = getText(sent, parameter);
  const value = text !== undefined && parameter.isInteger ? parseInteger(text) : text;
  if (value === undefined) return [];
  const violations = parameter.check(value, getPointer(parameter));
  return violations.map((violation) => ({ ...violation, sent: sentValue(text) }));
}

function getText({ path, query, headers }: RawParameters, { in: place, name }: ContractParameter) {
  switch (place) {
    case 'path':
      return path[name];
    case 'query':
      return query.get(name) ?? undefined;
    case 'header':
      return headers[name.toLowerCase()]?.toString();
  }
}

function getPointer({ in: place, name }: ContractParameter): string {
  return place === 'header' ? `/headers/${name.toLowerCase()}` : `/${place}/${name}`;
}
