import autocannon from 'autocannon';
import { HEADERS } from './http-call.js';
import type { Plan } from './plan.js';

const SAMPLE_IN_MS = 100;

/**
 * Gets paths in turn, and resolves to the requests answered per second: all of them by the whole time, so that a pause
 * of the server counts. What disturbs a run from outside is left to the median of the rounds. Rejects unless each
 * request was answered with 200.
 */
export async function requestsPerSecond(api: string, paths: string[], plan: Plan): Promise<number> {
  await load(api, paths, plan.connections, plan.warmUp);
  const { '2xx': answered, duration } = await load(api, paths, plan.connections, plan.load);
  return answered / duration;
}

async function load(api: string, paths: string[], connections: number, seconds: number) {
  const { pathname } = new URL(api);
  const base = pathname === '/' ? '' : pathname;
  const result = await autocannon({
    url: api,
    requests: paths.map((path) => ({ path: base + path })),
    headers: HEADERS,
    connections,
    duration: seconds,
    sampleInt: SAMPLE_IN_MS,
  });
  const { errors, timeouts, statusCodeStats = {}, requests } = result;
  // It says nothing of a connection that a server ends, and makes another. At the end, each waits for one answer.
  const lost = Math.max(0, requests.sent - result['2xx'] - result.non2xx - connections);
  const isOk = Object.keys(statusCodeStats).join() === '200';
  if (errors > 0 || timeouts > 0 || lost > 0 || !isOk) {
    const statuses = JSON.stringify(statusCodeStats);
    throw new Error(
      `${errors} errors, ${timeouts} timeouts, ${lost} calls without an answer, statuses: ${statuses}`,
    );
  }
  return result;
}
