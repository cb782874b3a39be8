import { isDeepStrictEqual } from 'node:util';
import type { components, CreateExportJobRequest } from '../../generated/openapi.js';

type ExportJob = components['schemas']['ExportJob'];

/** What a job's end changes. */
const CHANGED_BY_THE_END = ['status', 'metrics', 'computeGatewayJobId', 'updateTime'];

/** How a job differs from what it was at an earlier start, whose clock stood an hour before. */
export function differences(earlier: ExportJob, job: ExportJob): string[] {
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(job)])] as (keyof ExportJob)[];
  const toBeSame = earlier.status === 'NEW' ? names.filter((name) => !isChangedByTheEnd(name)) : names;
  const problems = toBeSame
    .filter((name) => !isDeepStrictEqual(earlier[name], job[name]))
    .map((name) => `${name} was ${JSON.stringify(earlier[name])}, and is ${JSON.stringify(job[name])}`);
  return job.status === 'SUCCEEDED' ? problems : [...problems, `its status is ${job.status}`];
}

/** How a job differs from what was asked for, and lacks what it was to be given. */
export function differencesFromRequest(request: CreateExportJobRequest, job: ExportJob): string[] {
  const { destination, ...asked } = request;
  const { batchId, ...given } = job.destination as Record<string, unknown>;
  const problems = isDeepStrictEqual(given, destination)
    ? []
    : [`its destination is ${JSON.stringify(job.destination)}`];
  if (!/^[0-9a-f]{32}$/.test(String(batchId))) problems.push(`its batchId is ${String(batchId)}`);
  for (const [name, value] of Object.entries(asked)) {
    const is = job[name as keyof ExportJob];
    if (!isDeepStrictEqual(is, value)) problems.push(`its ${name} is ${JSON.stringify(is)}`);
  }
  return problems;
}

function isChangedByTheEnd(name: string): boolean {
  return CHANGED_BY_THE_END.includes(name);
}
