import {
  bodyTooLarge,
  contractViolated,
  internalError,
  mediaTypeNotSupported,
  oauthTokenMissing,
  oauthTokenNotValid,
  serviceError,
  serviceUnavailable,
  tooManyRequests,
  type ApiError,
} from '../platform/errors.js';
import type { Api } from './api.js';

const PREFERRED: Record<number, () => ApiError> = {
  400: () =>
    contractViolated([{ message: 'The request asked for this response.', pointer: '/headers/prefer' }]),
  401: oauthTokenNotValid,
  403: oauthTokenMissing,
  413: () => bodyTooLarge(),
  415: () => mediaTypeNotSupported('content-type', undefined, 'utf-8'),
  429: tooManyRequests,
  500: () => internalError('The request asked for this response.'),
  503: serviceUnavailable,
};

/** The error that `Prefer: code=` gets for a status that the operation declares. */
export function createPreferredError(
  status: number,
  { inSandbox }: Pick<Api, 'inSandbox'>,
  resources: Record<string, unknown> = {},
): ApiError {
  if (status === 404 && inSandbox) {
    const [id = ''] = Object.values(resources) as (string | number)[];
    return inSandbox.createNotFound(id);
  }
  const message = 'The request asked for this response.';
  return PREFERRED[status]?.() ?? serviceError(status, 'requested', 'Requested status', [{ message }]);
}
