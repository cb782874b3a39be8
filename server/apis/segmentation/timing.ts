import type { components } from '../../../generated/openapi.js';

/** A span of time that is over, from its ends in Unix milliseconds. */
export function timing(start: number, end: number): components['schemas']['Timing'] {
  return { startTimeInMs: start, endTimeInMs: end, totalTimeInMs: end - start };
}
