import type { Measurement, Subject } from './measurements.js';
import type { Plan } from './plan.js';

/** A bound that a figure is held to, in its unit, or the ratio of two figures of one measurement. */
export interface Target {
  measurement: Measurement;
  of: Subject;
  to?: Subject;
  atLeast?: number;
  atMost?: number;
}

const READ_AND_CREATE: Measurement[] = ['retrieve', 'list', 'create'];

/** What is aimed at. */
export function targetsFor({ fewest, few, many, most }: Plan['jobs']): Target[] {
  const ours = (jobs: number): Subject => ({ contender: 'ours', jobs });
  const express: Subject = { contender: 'express' };
  const prism: Subject = { contender: 'prism' };
  return [
    { measurement: 'retrieve', of: ours(few), to: express, atLeast: 0.75 },
    { measurement: 'list', of: ours(few), to: express, atLeast: 0.75 },
    { measurement: 'retrieve', of: ours(few), to: prism, atLeast: 1.25 },
    { measurement: 'list', of: ours(few), to: prism, atLeast: 1 },
    { measurement: 'create', of: ours(many), to: ours(few), atLeast: 0.8 },
    { measurement: 'retrieve', of: ours(most), to: ours(few), atLeast: 0.9 },
    { measurement: 'list', of: ours(most), to: ours(few), atLeast: 0.9 },
    ...READ_AND_CREATE.map((measurement): Target => {
      // At most 1.2 times what a call costs alone.
      return { measurement, of: { ...ours(fewest), setting: 'crowded' }, to: ours(fewest), atLeast: 0.833 };
    }),
    ...READ_AND_CREATE.map((measurement): Target => {
      return { measurement, of: ours(few), to: { ...ours(few), setting: 'unrecorded' }, atLeast: 0.9 };
    }),
    { measurement: 'healthy', of: ours(0), to: prism, atMost: 0.6 },
    { measurement: 'healthy', of: ours(many), to: prism, atMost: 0.6 },
    { measurement: 'idleMemory', of: ours(0), to: prism, atMost: 0.6 },
    { measurement: 'inCode', of: ours(0), atMost: 50 },
  ];
}
