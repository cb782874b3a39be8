import type { At } from './request-place.js';

/**
 * What the type of each place of a call takes, and each kind of value that it refuses as the contract does. That none is
 * missing, and that each is refused for what is wrong with it, is held by typing.test.ts.
 */
export const REQUESTS: unknown[] = [
  // listExportJobs

  // @ts-expect-error there is none
  { unknown: 1 } satisfies At<'listExportJobs', '/path'>,

  {} satisfies At<'listExportJobs', '/query'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'listExportJobs', '/query'>,

  1 satisfies At<'listExportJobs', '/query/limit'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'listExportJobs', '/query/limit'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'listExportJobs', '/query/limit'>,
  // @ts-expect-error it is null
  null satisfies At<'listExportJobs', '/query/limit'>,
  // @ts-expect-error it is an array
  [] satisfies At<'listExportJobs', '/query/limit'>,
  // @ts-expect-error it is an object
  {} satisfies At<'listExportJobs', '/query/limit'>,

  '1541787507943_100' satisfies At<'listExportJobs', '/query/offset'>,
  // @ts-expect-error it is a number
  5 satisfies At<'listExportJobs', '/query/offset'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'listExportJobs', '/query/offset'>,
  // @ts-expect-error it is null
  null satisfies At<'listExportJobs', '/query/offset'>,
  // @ts-expect-error it is an array
  [] satisfies At<'listExportJobs', '/query/offset'>,
  // @ts-expect-error it is an object
  {} satisfies At<'listExportJobs', '/query/offset'>,

  'NEW' satisfies At<'listExportJobs', '/query/status'>,
  'SUCCEEDED' satisfies At<'listExportJobs', '/query/status'>,
  'FAILED' satisfies At<'listExportJobs', '/query/status'>,
  // @ts-expect-error it is a number
  5 satisfies At<'listExportJobs', '/query/status'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'listExportJobs', '/query/status'>,
  // @ts-expect-error it is null
  null satisfies At<'listExportJobs', '/query/status'>,
  // @ts-expect-error it is an array
  [] satisfies At<'listExportJobs', '/query/status'>,
  // @ts-expect-error it is an object
  {} satisfies At<'listExportJobs', '/query/status'>,
  // @ts-expect-error none of its values
  'PROCESSING' satisfies At<'listExportJobs', '/query/status'>,

  {} satisfies At<'listExportJobs', '/headers'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'listExportJobs', '/headers'>,

  'x-request-id' satisfies At<'listExportJobs', '/headers/x-request-id'>,
  // @ts-expect-error it is a number
  5 satisfies At<'listExportJobs', '/headers/x-request-id'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'listExportJobs', '/headers/x-request-id'>,
  // @ts-expect-error it is null
  null satisfies At<'listExportJobs', '/headers/x-request-id'>,
  // @ts-expect-error it is an array
  [] satisfies At<'listExportJobs', '/headers/x-request-id'>,
  // @ts-expect-error it is an object
  {} satisfies At<'listExportJobs', '/headers/x-request-id'>,

  'Prefer' satisfies At<'listExportJobs', '/headers/Prefer'>,
  // @ts-expect-error it is a number
  5 satisfies At<'listExportJobs', '/headers/Prefer'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'listExportJobs', '/headers/Prefer'>,
  // @ts-expect-error it is null
  null satisfies At<'listExportJobs', '/headers/Prefer'>,
  // @ts-expect-error it is an array
  [] satisfies At<'listExportJobs', '/headers/Prefer'>,
  // @ts-expect-error it is an object
  {} satisfies At<'listExportJobs', '/headers/Prefer'>,

  // @ts-expect-error there is none
  {} satisfies At<'listExportJobs', '/body'>,

  // createExportJob

  // @ts-expect-error there is none
  { unknown: 1 } satisfies At<'createExportJob', '/path'>,

  // @ts-expect-error there is none
  { unknown: 1 } satisfies At<'createExportJob', '/query'>,

  {} satisfies At<'createExportJob', '/headers'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/headers'>,

  'x-profile-instance-id' satisfies At<'createExportJob', '/headers/x-profile-instance-id'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/headers/x-profile-instance-id'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/headers/x-profile-instance-id'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/headers/x-profile-instance-id'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/headers/x-profile-instance-id'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/headers/x-profile-instance-id'>,

  'x-request-id' satisfies At<'createExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/headers/x-request-id'>,

  'Prefer' satisfies At<'createExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/headers/Prefer'>,

  { destination: { datasetId: 'datasetId' }, schema: { name: 'name' } } satisfies At<
    'createExportJob',
    '/body'
  >,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body'>,
  // @ts-expect-error 'unknown' is not known
  { destination: { datasetId: 'datasetId' }, schema: { name: 'name' }, unknown: 1 } satisfies At<
    'createExportJob',
    '/body'
  >,
  // @ts-expect-error 'destination' is missing
  { schema: { name: 'name' } } satisfies At<'createExportJob', '/body'>,
  // @ts-expect-error 'schema' is missing
  { destination: { datasetId: 'datasetId' } } satisfies At<'createExportJob', '/body'>,

  'fields' satisfies At<'createExportJob', '/body/fields'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/fields'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/fields'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/fields'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/fields'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/fields'>,

  {} satisfies At<'createExportJob', '/body/mergePolicy'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/mergePolicy'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/mergePolicy'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/mergePolicy'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/mergePolicy'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/mergePolicy'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/mergePolicy'>,

  'id' satisfies At<'createExportJob', '/body/mergePolicy/id'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/mergePolicy/id'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/mergePolicy/id'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/mergePolicy/id'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/mergePolicy/id'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/mergePolicy/id'>,

  1 satisfies At<'createExportJob', '/body/mergePolicy/version'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/mergePolicy/version'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/mergePolicy/version'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/mergePolicy/version'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/mergePolicy/version'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/mergePolicy/version'>,

  {} satisfies At<'createExportJob', '/body/filter'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/filter'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/filter'>,

  [{ segmentId: 'segmentId' }] satisfies At<'createExportJob', '/body/filter/segments'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segments'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/filter/segments'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segments'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segments'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segments'>,

  { segmentId: 'segmentId' } satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error 'unknown' is not known
  { segmentId: 'segmentId', unknown: 1 } satisfies At<'createExportJob', '/body/filter/segments/0'>,
  // @ts-expect-error 'segmentId' is missing
  {} satisfies At<'createExportJob', '/body/filter/segments/0'>,

  'segmentId' satisfies At<'createExportJob', '/body/filter/segments/0/segmentId'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segments/0/segmentId'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segments/0/segmentId'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segments/0/segmentId'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segments/0/segmentId'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segments/0/segmentId'>,

  'segmentNs' satisfies At<'createExportJob', '/body/filter/segments/0/segmentNs'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segments/0/segmentNs'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segments/0/segmentNs'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segments/0/segmentNs'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segments/0/segmentNs'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segments/0/segmentNs'>,

  ['realized'] satisfies At<'createExportJob', '/body/filter/segments/0/status'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segments/0/status'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/filter/segments/0/status'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segments/0/status'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segments/0/status'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segments/0/status'>,

  'realized' satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  'existing' satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  'exited' satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,
  // @ts-expect-error none of its values
  'exiting' satisfies At<'createExportJob', '/body/filter/segments/0/status/0'>,

  {} satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/filter/segmentQualificationTime'>,

  '2018-01-01T00:00:00Z' satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/startTime'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/startTime'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/startTime'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/startTime'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/startTime'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/startTime'>,

  '2018-01-01T00:00:00Z' satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/endTime'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/endTime'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/endTime'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/endTime'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/endTime'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/segmentQualificationTime/endTime'>,

  '2018-01-01T00:00:00Z' satisfies At<'createExportJob', '/body/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/fromIngestTimestamp'>,

  true satisfies At<'createExportJob', '/body/filter/emptyProfiles'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/filter/emptyProfiles'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/filter/emptyProfiles'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/filter/emptyProfiles'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/filter/emptyProfiles'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/filter/emptyProfiles'>,

  {} satisfies At<'createExportJob', '/body/additionalFields'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/additionalFields'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/additionalFields'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/additionalFields'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/additionalFields'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/additionalFields'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/additionalFields'>,

  {} satisfies At<'createExportJob', '/body/additionalFields/eventList'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/additionalFields/eventList'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/additionalFields/eventList'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/additionalFields/eventList'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/additionalFields/eventList'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/additionalFields/eventList'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/additionalFields/eventList'>,

  'fields' satisfies At<'createExportJob', '/body/additionalFields/eventList/fields'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/additionalFields/eventList/fields'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/additionalFields/eventList/fields'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/additionalFields/eventList/fields'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/additionalFields/eventList/fields'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/additionalFields/eventList/fields'>,

  {} satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/additionalFields/eventList/filter'>,

  '2018-01-01T00:00:00Z' satisfies At<
    'createExportJob',
    '/body/additionalFields/eventList/filter/fromIngestTimestamp'
  >,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/fromIngestTimestamp'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/fromIngestTimestamp'>,

  '2018-01-01T00:00:00Z' satisfies At<
    'createExportJob',
    '/body/additionalFields/eventList/filter/toIngestTimestamp'
  >,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/toIngestTimestamp'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/toIngestTimestamp'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/toIngestTimestamp'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/toIngestTimestamp'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/additionalFields/eventList/filter/toIngestTimestamp'>,

  { datasetId: 'datasetId' } satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error 'unknown' is not known
  { datasetId: 'datasetId', unknown: 1 } satisfies At<'createExportJob', '/body/destination'>,
  // @ts-expect-error 'datasetId' is missing
  {} satisfies At<'createExportJob', '/body/destination'>,

  'datasetId' satisfies At<'createExportJob', '/body/destination/datasetId'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/destination/datasetId'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/destination/datasetId'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/destination/datasetId'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/destination/datasetId'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/destination/datasetId'>,

  true satisfies At<'createExportJob', '/body/destination/segmentPerBatch'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/destination/segmentPerBatch'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/destination/segmentPerBatch'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/destination/segmentPerBatch'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/destination/segmentPerBatch'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/destination/segmentPerBatch'>,

  { name: 'name' } satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error 'unknown' is not known
  { name: 'name', unknown: 1 } satisfies At<'createExportJob', '/body/schema'>,
  // @ts-expect-error 'name' is missing
  {} satisfies At<'createExportJob', '/body/schema'>,

  'name' satisfies At<'createExportJob', '/body/schema/name'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/schema/name'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/schema/name'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/schema/name'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/schema/name'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/schema/name'>,

  {} satisfies At<'createExportJob', '/body/evaluationInfo'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/evaluationInfo'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/evaluationInfo'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'createExportJob', '/body/evaluationInfo'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/evaluationInfo'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/evaluationInfo'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'createExportJob', '/body/evaluationInfo'>,

  true satisfies At<'createExportJob', '/body/evaluationInfo/segmentation'>,
  // @ts-expect-error it is a number
  5 satisfies At<'createExportJob', '/body/evaluationInfo/segmentation'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'createExportJob', '/body/evaluationInfo/segmentation'>,
  // @ts-expect-error it is null
  null satisfies At<'createExportJob', '/body/evaluationInfo/segmentation'>,
  // @ts-expect-error it is an array
  [] satisfies At<'createExportJob', '/body/evaluationInfo/segmentation'>,
  // @ts-expect-error it is an object
  {} satisfies At<'createExportJob', '/body/evaluationInfo/segmentation'>,

  // retrieveExportJob

  { exportJobId: 1 } satisfies At<'retrieveExportJob', '/path'>,
  // @ts-expect-error 'unknown' is not known
  { exportJobId: 1, unknown: 1 } satisfies At<'retrieveExportJob', '/path'>,
  // @ts-expect-error 'exportJobId' is missing
  {} satisfies At<'retrieveExportJob', '/path'>,

  1 satisfies At<'retrieveExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'retrieveExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'retrieveExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is null
  null satisfies At<'retrieveExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is an array
  [] satisfies At<'retrieveExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is an object
  {} satisfies At<'retrieveExportJob', '/path/exportJobId'>,

  // @ts-expect-error there is none
  { unknown: 1 } satisfies At<'retrieveExportJob', '/query'>,

  {} satisfies At<'retrieveExportJob', '/headers'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'retrieveExportJob', '/headers'>,

  'x-request-id' satisfies At<'retrieveExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is a number
  5 satisfies At<'retrieveExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'retrieveExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is null
  null satisfies At<'retrieveExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is an array
  [] satisfies At<'retrieveExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is an object
  {} satisfies At<'retrieveExportJob', '/headers/x-request-id'>,

  'Prefer' satisfies At<'retrieveExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is a number
  5 satisfies At<'retrieveExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'retrieveExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is null
  null satisfies At<'retrieveExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is an array
  [] satisfies At<'retrieveExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is an object
  {} satisfies At<'retrieveExportJob', '/headers/Prefer'>,

  // @ts-expect-error there is none
  {} satisfies At<'retrieveExportJob', '/body'>,

  // cancelExportJob

  { exportJobId: 1 } satisfies At<'cancelExportJob', '/path'>,
  // @ts-expect-error 'unknown' is not known
  { exportJobId: 1, unknown: 1 } satisfies At<'cancelExportJob', '/path'>,
  // @ts-expect-error 'exportJobId' is missing
  {} satisfies At<'cancelExportJob', '/path'>,

  1 satisfies At<'cancelExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is a text
  'text' satisfies At<'cancelExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'cancelExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is null
  null satisfies At<'cancelExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is an array
  [] satisfies At<'cancelExportJob', '/path/exportJobId'>,
  // @ts-expect-error it is an object
  {} satisfies At<'cancelExportJob', '/path/exportJobId'>,

  // @ts-expect-error there is none
  { unknown: 1 } satisfies At<'cancelExportJob', '/query'>,

  {} satisfies At<'cancelExportJob', '/headers'>,
  // @ts-expect-error 'unknown' is not known
  { unknown: 1 } satisfies At<'cancelExportJob', '/headers'>,

  'x-request-id' satisfies At<'cancelExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is a number
  5 satisfies At<'cancelExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'cancelExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is null
  null satisfies At<'cancelExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is an array
  [] satisfies At<'cancelExportJob', '/headers/x-request-id'>,
  // @ts-expect-error it is an object
  {} satisfies At<'cancelExportJob', '/headers/x-request-id'>,

  'Prefer' satisfies At<'cancelExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is a number
  5 satisfies At<'cancelExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is a boolean
  true satisfies At<'cancelExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is null
  null satisfies At<'cancelExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is an array
  [] satisfies At<'cancelExportJob', '/headers/Prefer'>,
  // @ts-expect-error it is an object
  {} satisfies At<'cancelExportJob', '/headers/Prefer'>,

  // @ts-expect-error there is none
  {} satisfies At<'cancelExportJob', '/body'>,
];
