import type { operations } from '../../generated/openapi.js';

type OperationId = keyof operations;

/** What a call of an operation is made of. */
interface Call<Id extends OperationId> {
  path: operations[Id]['parameters']['path'];
  query: operations[Id]['parameters']['query'];
  headers: operations[Id]['parameters']['header'];
  body: operations[Id] extends { requestBody: { content: { 'application/json': infer Body } } }
    ? Body
    : operations[Id]['requestBody'];
}

/**
 * The type of a place in the call of an operation, by its JSON pointer, such as `/query/limit`; an array's items are
 * all named by `0`. No value is of the type of a place that the operation does not have.
 */
export type At<Id extends OperationId, Pointer extends string> = Within<Call<Id>, Pointer>;

type Within<Whole, Pointer extends string> = Pointer extends `/${infer Name}/${infer Rest}`
  ? Within<Part<Whole, Name>, `/${Rest}`>
  : Pointer extends `/${infer Name}`
    ? Part<Whole, Name>
    : never;

type Part<Whole, Name extends string> =
  NonNullable<Whole> extends readonly (infer Item)[]
    ? Name extends '0'
      ? Item
      : never
    : Name extends keyof NonNullable<Whole>
      ? Exclude<NonNullable<Whole>[Name], undefined>
      : never;
