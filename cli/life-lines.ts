import type { Scenario } from '../server/apis/segmentation/stored-job.js';
import type { MockServerOptions } from '../server/options.js';

type Lifetimes = Pick<Scenario, 'newMs' | 'processingMs'>;

/** Says in a line what becomes of a created job. */
export function lifeLine(
  { newMs, processingMs }: Lifetimes,
  { clock, progress = 'time', polls = 1 }: MockServerOptions,
): string {
  if (progress === 'hand') return 'A job here stays as it is until it is moved by hand.';
  if (newMs === null) return 'A job here stays NEW.';
  if (progress === 'polls') {
    const times = polls === 1 ? 'once' : `${polls} times`;
    return `A job here moves on when it has been answered ${times} in its status, by a retrieve or in a list.`;
  }
  if (clock !== undefined) {
    return `The clocks stand at ${clock}: a created job stays NEW until its sandbox's clock is turned.`;
  }
  const then =
    processingMs === null
      ? 'then stays PROCESSING.'
      : `PROCESSING for ${processingMs / 1000} s; the real ones take minutes.`;
  return `A job here is NEW for ${newMs / 1000} s and ${then}`;
}

/** The ids that give a job another story when its request names one of them, a line for each scenario. */
export function boundLines(scenarios: readonly Scenario[]): string[] {
  return scenarios.flatMap(({ name, boundTo: { datasetIds = [], segmentIds = [] } = {} }) => {
    const ids = [...datasetIds.map((id) => `dataset ${id}`), ...segmentIds.map((id) => `segment ${id}`)];
    return ids.length > 0 ? [`  ${name}: ${ids.join(', ')}`] : [];
  });
}
