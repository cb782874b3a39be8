import type { components } from '../../generated/control.js';
import {
  internalError,
  oauthTokenNotValid,
  profileNotValid,
  serviceUnavailable,
  tooManyRequests,
  type ApiError,
} from '../platform/errors.js';

type Schemas = components['schemas'];

/** What goes wrong with calls, as data. Times are real ones, in milliseconds. */
export type Fault = Schemas['Fault'];

/** What a fault does to a call; `kind` tells which. */
export type Effect = Schemas['Effect'];

export type Refusal = Schemas['RefuseEffect'];

const REFUSALS: Record<Refusal['status'], () => ApiError> = {
  401: oauthTokenNotValid,
  403: profileNotValid,
  429: tooManyRequests,
  500: () => internalError('The mock was asked to fail.'),
  503: serviceUnavailable,
};

/** The error that a fault refuses a call with. */
export function refusalOf({ status }: Refusal): ApiError {
  return REFUSALS[status]();
}
