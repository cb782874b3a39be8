import type { operations } from '../../../generated/openapi.js';
import type { Clock } from '../../sandbox/clock.js';
import type { CompleteRequest, CreateExportJobRequest } from './stored-job.js';
import type { JobStore } from './job-store.js';
import type { SeededRandom } from '../../sandbox/random.js';
import type { StoryChoice } from './story-choice.js';

export type OperationId = keyof operations;

/** What an operation works with: all of it belongs to one sandbox. */
export interface Services {
  /** The organisation of the sandbox. */
  org: string;
  clock: Clock;
  jobs: JobStore;
  random: SeededRandom;
  /** Chooses the story that a new job is given. */
  story: StoryChoice;
}

/** A call that the contract has let through, defaults filled in. */
export interface Call<Id extends OperationId> {
  path: Part<operations[Id], 'path'>;
  query: Part<operations[Id], 'query'>;
  headers: Part<operations[Id], 'header'>;
  body: operations[Id] extends { requestBody: { content: { 'application/json': infer Body } } }
    ? Complete<Body>
    : undefined;
  /** The path that the operations' own paths are below, in this call: another where the address names the sandbox. */
  basePath: string;
  /** The call's `x-request-id`, or the one that was made for it. */
  requestId: string;
  /** The status that the call prefers (`Prefer: code=`), if it is one of success. */
  preferredStatus?: number;
  /** The scenario that the call prefers (`Prefer: scenario=`), one that there is. */
  preferredScenario?: string;
}

/** The one place that claims what the validator does: by the time an operation is called, defaults are filled in. */
type Complete<Body> = Body extends CreateExportJobRequest ? CompleteRequest : Body;

type Part<Operation extends { parameters: object }, In extends string> =
  Operation['parameters'] extends Partial<Record<In, infer Values>>
    ? [NonNullable<Values>] extends [never]
      ? Record<never, never>
      : NonNullable<Values>
    : Record<never, never>;

type Success<Status> = Status extends number ? (`${Status}` extends `2${string}` ? Status : never) : never;

/** The answers of success that the contract declares for an operation. Errors are thrown. */
export type Answer<Id extends OperationId> = AnswerOf<operations[Id]['responses']>;
type AnswerOf<Responses> = {
  [Status in keyof Responses & Success<keyof Responses>]: { status: Status } & HeadersOf<Responses[Status]> &
    BodyOf<Responses[Status]>;
}[keyof Responses & Success<keyof Responses>];

/** Headers that every answer may have are not an operation's to give. */
type GivenForAll = 'x-request-id' | 'Preference-Applied';
type Declared<Headers> = {
  [Name in keyof Headers as string extends Name ? never : Exclude<Name, GivenForAll>]: Headers[Name];
};
type HeadersOf<Response> = Response extends { headers: infer Headers }
  ? keyof Declared<Headers> extends never
    ? { headers?: undefined }
    : { headers: Declared<Headers> }
  : never;
type BodyOf<Response> = Response extends { content: { 'application/json': infer Body } }
  ? { body: Body }
  : { body?: undefined };

/** An operation: a plain function, which throws errors of the catalogue. */
export type Operation<Id extends OperationId> = (
  services: Services,
) => (call: Call<Id>) => Answer<Id> | Promise<Answer<Id>>;

/** One operation for each operationId of the contract. */
export type Operations = { [Id in OperationId]: Operation<Id> };
