import type { operations } from '../../generated/openapi.js';
import {
  type ApiError,
  bodyTooLarge,
  contractViolated,
  exportJobNotFound,
  internalError,
  mediaTypeNotSupported,
  oauthTokenMissing,
  oauthTokenNotValid,
  serviceUnavailable,
  tooManyRequests,
} from '../platform/errors.js';

type Statuses<Id extends keyof operations> = Id extends unknown ? keyof operations[Id]['responses'] : never;
type Failure<Status> = Status extends number ? (`${Status}` extends `2${string}` ? never : Status) : never;
type ErrorStatus = Failure<Statuses<keyof operations>>;

/** One error for each status that the contract declares. A status that is declared and not here does not compile. */
const PREFERRED: Record<ErrorStatus, (id: string | number) => ApiError> = {
  400: () => contractViolated([{ message: 'The call asked for this answer.', pointer: '/headers/prefer' }]),
  401: oauthTokenNotValid,
  403: oauthTokenMissing,
  404: exportJobNotFound,
  413: () => bodyTooLarge(),
  415: () => mediaTypeNotSupported('content-type', undefined, 'utf-8'),
  429: tooManyRequests,
  500: () => internalError('The call asked for this answer.'),
  503: serviceUnavailable,
};

/** The error that stands for a status. `id` names the job, where the call is for one. */
export function preferredError(status: number, id: string | number = ''): ApiError {
  return PREFERRED[status as ErrorStatus](id);
}
