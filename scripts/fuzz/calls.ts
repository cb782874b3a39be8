import fc from 'fast-check';
import { bodyOf } from './bodies.js';
import type { Contract, Operation } from './contract.js';
import { gateway } from './credentials.js';
import type { Expected, Message } from './exchange.js';
import { anyId, profileInstanceId, queryOf, requestId } from './parameters.js';
import { right, type Headers } from './part.js';
import { preferenceOf } from './preferences.js';

/** A message that is HTTP, and what the contract makes of it. */
export interface Call {
  message: Message;
  expected: Expected;
}

/** Calls of an operation: each part of each is mostly right. */
function callOf(operation: Operation, isHead = false): fc.Arbitrary<Call> {
  const has = (name: string) => operation.parameters.some((parameter) => parameter.name === name);
  const isOpen = operation.id === 'getHealth';
  return fc
    .record({
      gateway: isOpen ? fc.constant(right<Headers>([])) : gateway,
      id: operation.path.includes('{') ? anyId : fc.constant(right('')),
      query: queryOf(operation),
      requestId,
      profile: has('x-profile-instance-id') ? profileInstanceId : fc.constant(right<Headers>([])),
      prefer: has('Prefer')
        ? fc.option(preferenceOf(operation), { freq: 3, nil: undefined })
        : fc.constant(undefined),
      body: operation.request ? bodyOf(operation) : fc.constant(undefined),
      slash: fc.constantFrom('', '', '/'),
    })
    .map((parts) => {
      const { gateway: four, id: named, query, requestId: sentId, profile, prefer, body, slash } = parts;
      const path = operation.path.replace(/\{\w+\}/, () => named.value) + slash;
      const headers: Headers = [['Host', 'localhost'], ...four.value, ...profile.value];
      if (sentId.value !== undefined) headers.push(['x-request-id', sentId.value]);
      if (prefer) headers.push(['Prefer', prefer.text]);
      if (body)
        headers.push(['Content-Type', 'application/json'], ['Content-Length', String(body.text.length)]);
      const refusals = [four, named, query, sentId, profile, prefer, body].flatMap(
        (part) => part?.refusals ?? [],
      );
      const statuses = refusals.length > 0 ? refusals : statusesOf(operation, prefer?.statuses);
      const expected: Expected = { operation: operation.id, statuses, isHead };
      if (sentId.value !== undefined && sentId.refusals.length === 0) expected.requestId = sentId.value;
      if (body?.asked && !prefer?.text.toLowerCase().includes('example')) expected.asked = body.asked;
      const target = path + (query.value === '' ? '' : `?${query.value}`);
      const method = isHead ? 'HEAD' : operation.method;
      return { message: { method, target, headers, ...(body && { body: body.text }) }, expected };
    });
}

/** The statuses of a call that is right: that of success, or the one preferred; for one job also 404. */
function statusesOf({ responses, path }: Operation, preferred: number[] | undefined): number[] {
  const success = responses.has(204) ? 204 : 200;
  const statuses = preferred ?? [success];
  return path.includes('{') && statuses.some((status) => status < 300) ? [...statuses, 404] : statuses;
}

export function anyCall({ operations }: Contract): fc.Arbitrary<Call> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: operation.request ? 4 : 2,
      arbitrary: callOf(operation),
    })),
    ...operations
      .filter(({ method }) => method === 'GET')
      .map((operation) => ({ weight: 1, arbitrary: callOf(operation, true) })),
  );
}
