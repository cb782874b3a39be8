import type { PassingOn } from './http/upstream.js';
import type { MockServerOptions } from './options.js';

/**
 * Takes calls that are for none of a mock's paths to the other server of its options, if there is one.
 * @param keptPath the path that is the mock's own, with all that is below it
 */
export async function loadPassingOn(
  { upstream, cors = true }: MockServerOptions,
  keptPath: string,
): Promise<PassingOn | undefined> {
  if (upstream === undefined) return undefined;
  // Few mocks need it, and what it loads takes its time.
  const { passingOn } = await import('./http/upstream.js');
  return passingOn({ upstream, keptPath, crossOrigin: cors });
}
