import type { operations as contractOperations } from '../../../generated/openapi.js';
import type { TypedRequest, TypedResponse } from '../../pipeline/typed-operation.js';
import type { Clock } from '../../sandbox/clock.js';
import type { SeededRandom } from '../../sandbox/random.js';
import type { SelectScenario } from './scenarios.js';
import type { CompleteRequest, CreateExportJobRequest, Jobs } from './stored-job.js';

export type OperationId = keyof contractOperations;

/** What an operation works with: all of it belongs to one sandbox. */
export interface Services {
  /** The organisation of the sandbox. */
  org: string;
  clock: Clock;
  jobs: Jobs;
  random: SeededRandom;
  /** Chooses what a new job lives by. */
  selectScenario: SelectScenario;
}

/** A request of an operation, which the contract allows, with the contract's defaults filled in. */
export type OperationRequest<Id extends OperationId> = Omit<TypedRequest<contractOperations[Id]>, 'body'> & {
  body: Complete<TypedRequest<contractOperations[Id]>['body']>;
};

/** The one place that claims what the validator does: when an operation runs, defaults are filled in. */
type Complete<Body> = Body extends CreateExportJobRequest ? CompleteRequest : Body;

/** A response of success that the contract declares for an operation. Errors are thrown. */
export type OperationResponse<Id extends OperationId> = TypedResponse<contractOperations[Id]>;

/** An operation: a plain function, which throws errors of the catalogue. */
export type Operation<Id extends OperationId> = (
  services: Services,
) => (request: OperationRequest<Id>) => OperationResponse<Id> | Promise<OperationResponse<Id>>;

/** One operation for each operationId of the contract. */
export type Operations = { [Id in OperationId]: Operation<Id> };
