/** The types of an operation's requests and responses, as openapi-typescript gives them for a contract. */

/** A request of an operation, which its contract allows, with the contract's defaults filled in. */
export interface TypedRequest<Operation> {
  path: Parameters<Operation, 'path'>;
  query: Parameters<Operation, 'query'>;
  headers: Parameters<Operation, 'header'>;
  body: RequestBodyOf<Operation>;
  /** The path that the operations' own paths are below, in this request: another where the address names a sandbox. */
  basePath: string;
  /** The request's `x-request-id`, or the one that was made for it. */
  requestId: string;
  /** The status that the request prefers (`Prefer: code=`), if it is one of success. */
  preferredStatus?: number;
  /** What it prefers of what the api lets it name, by the names of the preferences. */
  preferred: Readonly<Record<string, string>>;
}

type Parameters<Operation, Place extends string> = Operation extends {
  parameters: Partial<Record<Place, infer Values>>;
}
  ? [NonNullable<Values>] extends [never]
    ? Record<never, never>
    : NonNullable<Values>
  : Record<never, never>;

type RequestBodyOf<Operation> = Operation extends {
  requestBody: { content: { 'application/json': infer Body } };
}
  ? Body
  : Operation extends { requestBody?: { content: { 'application/json': infer Body } } }
    ? Body | undefined
    : undefined;

/** The responses of success that the contract declares for an operation. Errors are thrown. */
export type TypedResponse<Operation> = Operation extends { responses: infer Responses }
  ? {
      [Status in keyof Responses & Success<keyof Responses>]: { status: Status } & HeadersOf<
        Responses[Status]
      > &
        BodyOf<Responses[Status]>;
    }[keyof Responses & Success<keyof Responses>]
  : never;

type Success<Status> = Status extends number ? (`${Status}` extends `2${string}` ? Status : never) : never;

/** Headers that every response may have are not an operation's to give. */
type CommonHeaders = 'x-request-id' | 'Preference-Applied';
type OwnHeaders<Headers> = {
  [Name in keyof Headers as string extends Name ? never : Exclude<Name, CommonHeaders>]: Headers[Name];
};
type HeadersOf<Response> = Response extends { headers: infer Headers }
  ? keyof OwnHeaders<Headers> extends never
    ? { headers?: undefined }
    : { headers: OwnHeaders<Headers> }
  : never;
type BodyOf<Response> = Response extends { content: { 'application/json': infer Body } }
  ? { body: Body }
  : { body?: undefined };
