import type { components } from '../../../generated/openapi.js';
import type { Draw } from './demo-draw.js';
import type { DemoError, DemoMaterial, Weighted } from './demo-material.js';
import { timing } from './timing.js';

type Schemas = components['schemas'];

/** A job without what its ending tells. */
type Finished<T extends { status: string }> = Omit<T, 'status' | 'metrics' | 'errors' | 'updateTime'>;

/** How a demo job ends that succeeds. */
export function succeeded(
  material: DemoMaterial,
  draw: Draw,
  job: Finished<Schemas['SucceededExportJob']>,
): Schemas['SucceededExportJob'] {
  const { totalTime, exportFrom, exportTo } = course(draw, job.creationTime);
  const hasWriteTime = draw.happens('datasetWriteTime');
  const writeFrom = hasWriteTime ? Math.floor(exportFrom + (exportTo - exportFrom) * 0.8) : exportTo;
  const { exportJob } = job.computeGatewayJobId;
  return {
    ...job,
    status: 'SUCCEEDED',
    ...(draw.happens('succeededWithErrors') && { errors: errorsOf(job, draw, material.troubles) }),
    metrics: {
      totalTime,
      profileExportTime: timing(exportFrom, writeFrom),
      ...(hasWriteTime && { aCPDatasetWriteTime: timing(writeFrom, exportTo) }),
      ...(draw.happens('counters') && counters(material, draw)),
    },
    computeGatewayJobId: { exportJob, ...(draw.happens('pushJob') && { pushJob: draw.uuid('pushJob') }) },
    updateTime: totalTime.endTimeInMs,
  };
}

/** How a demo job ends that fails. */
export function failed(
  material: DemoMaterial,
  draw: Draw,
  job: Finished<Schemas['FailedExportJob']>,
): Schemas['FailedExportJob'] {
  const { totalTime, exportFrom, exportTo } = course(draw, job.creationTime);
  const hasExported = !draw.happens('failedBeforeExport');
  const failures = hasExported ? material.failures : material.failuresBeforeExport;
  return {
    ...job,
    status: 'FAILED',
    errors: errorsOf(job, draw, failures),
    metrics: { totalTime, ...(hasExported && { profileExportTime: timing(exportFrom, exportTo) }) },
    updateTime: totalTime.endTimeInMs,
  };
}

function course(draw: Draw, creationTime: number) {
  const totalTime = timing(creationTime, creationTime + draw.milliseconds('run'));
  return {
    totalTime,
    exportFrom: creationTime + draw.milliseconds('waiting'),
    exportTo: totalTime.endTimeInMs - draw.milliseconds('closing'),
  };
}

/** Small exports are as frequent as large ones. */
function counters({ mostProfiles, namespaces }: DemoMaterial, draw: Draw) {
  const total = draw.happens('nothingExported') ? 0 : Math.floor(mostProfiles ** draw.fraction('profiles'));
  const byNamespace = namespaces.map(({ name, share }) => [
    name,
    Math.floor(total * draw.between(`namespace/${name}`, share)),
  ]);
  return {
    totalExportedProfileCounter: total,
    ...(draw.happens('namespaceCounters') && {
      exportedProfileByNamespaceCounter: Object.fromEntries(byNamespace) as Schemas['NamespaceCounters'],
    }),
  };
}

function errorsOf(
  { id, destination, computeGatewayJobId }: Finished<Schemas['FailedExportJob']>,
  draw: Draw,
  groups: Weighted<DemoError[]>,
): Schemas['JobErrors'] {
  const fill = (text: string) =>
    text
      .replaceAll('{jobId}', String(id))
      .replaceAll('{datasetId}', destination.datasetId)
      .replaceAll('{computeJobId}', computeGatewayJobId.exportJob);
  return draw.weighted('errors', groups).map(({ code, msg, callStack }) => ({
    code,
    msg: fill(msg),
    callStack: fill(callStack.join('\n')),
  }));
}
