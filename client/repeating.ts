import type { ExportJobsError } from './export-jobs-error.js';
import { backoff, type Patience } from './waiting.js';

/** How often and for how long something is tried. Times are in milliseconds, on the clock of `patience`. */
export interface Bounds {
  /** The first one included. */
  attempts: number;
  /** No attempt begins after this. */
  untilMs: number;
  /** Where nobody says how long to wait, the wait ends at the latest so long before that: there is one more attempt then. */
  reserveMs?: number;
  patience: Patience;
}

/** A limit that does not say for how long it holds may well hold for ten seconds and more. */
const BACKOFF = { limited: { firstMs: 4000, mostMs: 30_000 }, otherwise: { firstMs: 500, mostMs: 30_000 } };
const PASSING = [429, 502, 503, 504];

/** Whether an error is one that passes by itself. */
export function isPassing({ status }: ExportJobsError): boolean {
  // Without a status nobody has refused anything.
  return status === undefined || PASSING.includes(status);
}

/**
 * Tries until it succeeds, waiting between as long as the answers ask for, or else longer each time.
 * @throws the last error, when it may not be tried again or when the wait would end too late.
 */
export async function repeated<T extends object>(
  attempt: () => Promise<T | ExportJobsError>,
  mayRepeatAfter: (error: ExportJobsError) => boolean,
  bounds: Bounds,
): Promise<T> {
  const { attempts, untilMs, patience } = bounds;
  for (let times = 1; ; times++) {
    const result = await attempt();
    if (!(result instanceof Error)) return result;
    const asked = result.retryAfterMs ?? 0;
    // One that always asks for no time at all would be asked again and again without any.
    const delay = asked > 0 ? asked : ownDelay(times, result, bounds);
    if (times >= attempts || patience.elapsed + delay > untilMs || !mayRepeatAfter(result)) throw result;
    await patience.wait(delay);
  }
}

function ownDelay(
  times: number,
  { status }: ExportJobsError,
  { untilMs, reserveMs, patience }: Bounds,
): number {
  const delay = backoff(times, status === 429 ? BACKOFF.limited : BACKOFF.otherwise);
  const left = untilMs - patience.elapsed - (reserveMs ?? Infinity);
  return left > 0 ? Math.min(delay, left) : delay;
}
