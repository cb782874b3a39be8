import type { components } from '../../../generated/openapi.js';
import type { Draw } from './demo-draw.js';
import type { DemoMaterial, DemoSegment } from './demo-material.js';

type Schemas = components['schemas'];

const DAY = 86_400_000;

/**
 * What a demo job was asked for, as its view repeats it. Every filter by time looks back from `creationTime`, in Unix
 * milliseconds.
 */
export function demoRequest(material: DemoMaterial, draw: Draw, creationTime: number) {
  const dataset = draw.oneOf('dataset', material.datasets);
  const segments = drawSegments(material, draw);
  const filter = draw.happens('filter') ? drawFilter(material, draw, segments, creationTime) : undefined;
  const filterSegments = filter?.segments ?? [];
  // The page asks for a merge policy where several segments are exported.
  const hasMergePolicy = filterSegments.length > 1 || draw.happens('mergePolicy');
  const mergePolicy = hasMergePolicy && material.mergePolicies[segments[0]?.mergePolicy ?? ''];
  return {
    destination: destination(draw, dataset.id, filterSegments),
    ...(draw.happens('fields') && { fields: draw.oneOf('fields/value', material.fields) }),
    schema: { name: dataset.schema },
    ...(filter && { filter }),
    ...(draw.happens('eventList') && {
      additionalFields: { eventList: drawEventList(material, draw, creationTime) },
    }),
    ...(mergePolicy && { mergePolicy }),
  };
}

function destination(draw: Draw, datasetId: string, segments: Schemas['Segment'][]): Schemas['Destination'] {
  if (segments.length < 2 || !draw.happens('segmentPerBatch')) {
    return { datasetId, segmentPerBatch: false, batchId: draw.hex('batch/0', 32) };
  }
  const batches = segments.map((segment, index) => ({ ...segment, batchId: draw.hex(`batch/${index}`, 32) }));
  return { datasetId, segmentPerBatch: true, batches };
}

function drawFilter(material: DemoMaterial, draw: Draw, segments: DemoSegment[], creationTime: number) {
  const ingestedFrom = draw.oneOf('fromIngestTimestamp/days', material.lookBackDays);
  return {
    ...(draw.happens('segments') && {
      segments: segments.map(({ id, namespace }): Schemas['Segment'] => ({
        segmentId: id,
        segmentNs: namespace,
        status: draw.weighted(`segment/${id}/status`, material.segmentStatuses),
      })),
    }),
    ...(draw.happens('segmentQualificationTime') && {
      segmentQualificationTime: {
        startTime: midnight(creationTime, draw.oneOf('qualification/days', material.lookBackDays)),
        ...(draw.happens('qualificationEnd') && { endTime: midnight(creationTime, 0) }),
      },
    }),
    ...(draw.happens('fromIngestTimestamp') && { fromIngestTimestamp: midnight(creationTime, ingestedFrom) }),
    ...(draw.happens('emptyProfiles') && { emptyProfiles: draw.fraction('emptyProfiles/value') < 0.5 }),
  };
}

/** One to three segments, none of them twice. */
function drawSegments({ segments }: DemoMaterial, draw: Draw): DemoSegment[] {
  const count = draw.happens('severalSegments') ? 2 + Math.floor(draw.fraction('segments/count') * 2) : 1;
  return segments
    .map((segment) => ({ segment, order: draw.fraction(`segment/${segment.id}/order`) }))
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ segment }) => segment);
}

function drawEventList(material: DemoMaterial, draw: Draw, creationTime: number): Schemas['EventList'] {
  const days = draw.oneOf('eventList/days', material.lookBackDays);
  return {
    fields: draw.oneOf('eventList/fields', material.eventFields),
    filter: {
      fromIngestTimestamp: midnight(creationTime, days),
      ...(draw.happens('toIngestTimestamp') && { toIngestTimestamp: midnight(creationTime, 0) }),
    },
  };
}

/** The midnight (UTC) that a day began with, some days before an instant. */
function midnight(instant: number, daysBefore: number): string {
  const day = Math.floor(instant / DAY) - daysBefore;
  return new Date(day * DAY).toISOString().replace('.000Z', 'Z');
}
