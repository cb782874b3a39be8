/** What is measured, and in what unit. */
export const UNITS = {
  retrieve: 'requests/s',
  list: 'requests/s',
  create: 'creates/s',
  healthy: 'ms',
  firstList: 'ms',
  inCode: 'ms',
  idleMemory: 'bytes',
  loadedMemory: 'bytes',
  memoryPerJob: 'bytes/job',
} as const;

export type Measurement = keyof typeof UNITS;

/** What a figure belongs to. Only ours has a number of jobs: the others keep none. */
export interface Subject {
  contender: 'ours' | 'express' | 'node-http' | 'prism';
  jobs?: number;
  /** How ours is otherwise than by default: it records no call, or has a thousand sandboxes besides. */
  setting?: 'unrecorded' | 'crowded';
}

/** One value of one round. */
export interface Sample extends Subject {
  measurement: Measurement;
  value: number;
}

/** Whether something was measured so, of that. */
export function isOf(
  found: Subject & { measurement: Measurement },
  measurement: Measurement,
  { contender, jobs, setting }: Subject,
): boolean {
  return (
    found.measurement === measurement &&
    found.contender === contender &&
    found.jobs === jobs &&
    found.setting === setting
  );
}
