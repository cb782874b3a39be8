import type { CreateExportJobRequest } from '../../generated/openapi.js';

/** A request like no other of the run. It says all that has a default, so that a job can be compared with it. */
export function jobRequest(datasetId: string, segments: number): CreateExportJobRequest {
  return {
    fields: `identities.id,${datasetId}`,
    mergePolicy: { id: `policy-of-${datasetId}`, version: 1 },
    filter: {
      segments: Array.from({ length: segments }, (_, index) => ({
        segmentId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
        segmentNs: 'ups',
        status: ['realized'],
      })),
    },
    destination: { datasetId, segmentPerBatch: false },
    schema: { name: '_xdm.context.profile' },
  };
}
