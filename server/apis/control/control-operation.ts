import type { operations } from '../../../generated/control.js';
import type { SandboxHandle } from './sandbox-handle.js';

export type OperationId = keyof operations;

type Given<Operation, Part extends string> = Operation extends {
  parameters: Partial<Record<Part, infer Values>>;
}
  ? NonNullable<Values>
  : never;

interface Headers {
  'x-gw-ims-org-id'?: string | undefined;
  'x-sandbox-name'?: string | undefined;
}

/** A call that the contract has let through, defaults filled in. */
export interface Call<Id extends OperationId> {
  path: Given<operations[Id], 'path'>;
  query: Given<operations[Id], 'query'>;
  headers: Headers;
  body: operations[Id] extends { requestBody: { content: { 'application/json': infer Body } } }
    ? Body
    : operations[Id] extends { requestBody?: { content: { 'application/json': infer Body } } }
      ? Body | undefined
      : undefined;
}

type Success = 200 | 201 | 204;
type Answer<Responses> = {
  [Status in keyof Responses & Success]: Responses[Status] extends {
    content: { 'application/json': infer Body };
  }
    ? { status: Status; body: Body }
    : { status: Status };
}[keyof Responses & Success];

/** An operation of the control plane. Errors are thrown. */
export type Operation<Id extends OperationId> = (
  call: Call<Id>,
) => Answer<operations[Id]['responses']> | Promise<Answer<operations[Id]['responses']>>;

export type Operations = { [Id in OperationId]: Operation<Id> };

/** The sandbox that a call is for. */
export type SandboxOf = (call: { headers: Headers }) => SandboxHandle;

export const ok = <Body>(body: Body) => ({ status: 200 as const, body });
export const done = { status: 204 as const };
