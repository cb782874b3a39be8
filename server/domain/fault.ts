import type { components } from '../../generated/control.js';

/** What goes wrong with calls, as data. Times are real ones, in milliseconds. */
export type Fault = components['schemas']['Fault'];
