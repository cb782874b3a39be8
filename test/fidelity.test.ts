import { describe, expect, test } from '@jest/globals';
import { at, placesWhere, readYaml, type Json } from '../scripts/contracts.js';
import { ContractPlaces, fidelityReport } from '../scripts/fidelity.js';

const contract = await readYaml('spec/openapi.yaml');
const places = new ContractPlaces(contract);

/** A contract of one schema, `Job`, with one property, `state`. */
function contractWith(state: Json): Json {
  return { components: { schemas: { Job: { properties: { state } } } } };
}

describe('the fidelity report', () => {
  test('lists by source, what is assumed first', () => {
    const report = fidelityReport({
      components: {
        schemas: {
          A: { description: 'The first. It is long.', 'x-source': 'guide' },
          B: { description: 'The\nsecond:\n\n- more', minLength: 1, 'x-source': { minLength: 'assumed' } },
          C: { enum: ['NEW', 'OLD'], 'x-source': { OLD: 'client' } },
        },
      },
    });
    expect(report.split('\n').filter((line) => /^(##|-) /.test(line))).toEqual([
      '## Assumed: no source says it, and we had to choose',
      '- **schema B: minLength**: The second',
      '## From Adobe’s getting-started and troubleshooting guides',
      '- **schema A**: The first.',
      '## From the Python client aepp',
      '- **schema C: OLD**',
    ]);
  });

  test.each([
    ['a word', 'adobe', "schema Job, property state: 'adobe' is not one of assumed, openapi,"],
    ['a word of a part', { enum: 'toString' }, "schema Job, property state: enum: 'toString' is not one of"],
    ['no word at all', null, "schema Job, property state: 'null' is not one of"],
    ['a keyword', { minLenght: 'assumed' }, 'schema Job, property state: minLenght: neither a keyword nor'],
    ['an enum value', { PAUSED: 'assumed' }, 'schema Job, property state: PAUSED: neither a keyword nor'],
  ])('refuses %s that it does not know, and says where', (_what, source, message) => {
    expect(() => fidelityReport(contractWith({ enum: ['NEW'], 'x-source': source }))).toThrow(message);
  });

  test.each([
    ['paths /export/jobs post responses 415', 'operation createExportJob, response 415'],
    ['paths /export/jobs get parameters 0 schema', 'operation listExportJobs, query parameter limit'],
    [
      'paths /export/jobs/{exportJobId} parameters 0',
      'path /export/jobs/{exportJobId}, path parameter exportJobId',
    ],
    ['servers 1', 'server 2'],
    ['components responses UnsupportedMediaType', 'operation createExportJob, response 415'],
    ['components responses NotFound', 'operations retrieveExportJob, cancelExportJob, response 404'],
    ['components responses TooManyRequests', 'every operation, response 429'],
    ['components headers RetryAfter schema', 'response header Retry-After'],
    ['components parameters RequestId', 'request header x-request-id'],
    ['components schemas MergePolicy properties id', 'schema MergePolicy, property id'],
  ])('calls %s by the name %s', (path, name) => {
    expect(places.name(path.split(' '))).toBe(name);
  });
});

/** What an export job has on the page, which shows one as NEW, as SUCCEEDED and as FAILED. */
const PAGE_JOB = `id jobType destination fields schema imsOrgId status filter additionalFields mergePolicy
  profileInstanceId metrics computeGatewayJobId creationTime updateTime requestId`;
const PAGE_FILTER = 'segments segmentQualificationTime fromIngestTimestamp emptyProfiles';
const PAGE_TIMING = 'startTimeInMs endTimeInMs totalTimeInMs';

/** The properties that the page itself shows or describes, by the contract's schema for them. */
const PAGE_PROPERTIES: Record<string, string> = {
  MergePolicy: 'id version',
  SchemaReference: 'name',
  SegmentQualificationTime: 'startTime endTime',
  EventListFilter: 'fromIngestTimestamp toIngestTimestamp',
  EventList: 'fields filter',
  AdditionalFields: 'eventList',
  CreateExportJobRequest: 'fields mergePolicy filter additionalFields destination schema evaluationInfo',
  RequestedFilter: PAGE_FILTER,
  RequestedSegment: 'segmentId segmentNs status',
  RequestedDestination: 'datasetId segmentPerBatch',
  EvaluationInfo: 'segmentation',
  ExportFilter: PAGE_FILTER,
  Segment: 'segmentId segmentNs status',
  OneBatchDestination: 'datasetId segmentPerBatch batchId',
  BatchPerSegmentDestination: 'datasetId segmentPerBatch batches',
  SegmentBatch: 'segmentId segmentNs status batchId',
  StartedTiming: 'startTimeInMs',
  Timing: PAGE_TIMING,
  StartedMetrics: 'totalTime',
  FailedMetrics: 'totalTime profileExportTime',
  SucceededMetrics:
    'totalTime profileExportTime totalExportedProfileCounter exportedProfileByNamespaceCounter',
  UnassignedComputeJob: 'exportJob',
  ComputeJob: 'exportJob',
  JobError: 'code msg callStack',
  NewExportJob: PAGE_JOB,
  SucceededExportJob: `${PAGE_JOB} errors`,
  FailedExportJob: `${PAGE_JOB} errors`,
  ExportJobList: 'records page link',
  Page: 'sortField sort pageOffset pageSize',
  PageLink: 'next',
  Cancellation: 'status message',
};

/** What else the page itself has. */
const PAGE = [
  'operation listExportJobs',
  'operation listExportJobs, query parameter limit',
  'operation listExportJobs, query parameter offset',
  'operation listExportJobs, query parameter status',
  'operation listExportJobs, response 200',
  'operation createExportJob',
  'operation createExportJob, response 200',
  'path /export/jobs/{exportJobId}, path parameter exportJobId',
  'operation retrieveExportJob',
  'operation retrieveExportJob, response 200',
  'operation cancelExportJob',
  'operation cancelExportJob, response 204',
  'securityScheme accessToken',
  'securityScheme apiKey',
  'securityScheme organisation',
  'securityScheme sandbox',
  'schema SegmentStatus: realized',
  'schema SegmentStatus: exited',
  'schema ExportJobStatus: NEW',
  'schema ExportJobStatus: SUCCEEDED',
  'schema ExportJobStatus: FAILED',
  'schema ListedStatus: NEW',
  'schema ListedStatus: SUCCEEDED',
  'schema ListedStatus: FAILED',
  'schema JobType: BATCH',
  'schema NewExportJob, property status: NEW',
  'schema SucceededExportJob, property status: SUCCEEDED',
  'schema FailedExportJob, property status: FAILED',
  'schema OneBatchDestination, property segmentPerBatch: false',
  'schema BatchPerSegmentDestination, property segmentPerBatch: true',
  'schema UnassignedComputeJob, property exportJob: ',
  'schema Page, property sortField: createdTime',
  'schema Page, property sort: desc',
  'schema RequestedSegment, property status: default',
  'schema RequestedDestination, property segmentPerBatch: default',
  'schema EvaluationInfo, property segmentation: default',
  // The page: "a start and/or an end", "one or more of the following settings", and of their filter "a minimum".
  'schema SegmentQualificationTime: minProperties',
  'schema EventList: minProperties',
  'schema EventListFilter: minProperties',
];

const BOUNDS = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties', 'pattern'],
];

/** What holds elements of the contract, each with an `x-source` of its own where it needs one. */
const HOLDERS = ['properties', 'parameters', 'headers', 'responses', 'securitySchemes'];

describe('the contract', () => {
  const properties = Object.entries(PAGE_PROPERTIES).flatMap(([schema, names]) =>
    names.split(/\s+/).map((name) => `schema ${schema}, property ${name}`),
  );

  test('says of all that is not the page’s where it comes from, and of nothing else', () => {
    expect(withoutSource(contract).sort()).toEqual([...properties, ...PAGE].sort());
  });

  test.each([
    ['a property', 'schemas ComputeJob properties pushJob', 'schema ComputeJob, property pushJob'],
    ['an enum value', 'schemas JobType', 'schema JobType: STREAMING'],
    ['a default', 'schemas RequestedSegment properties segmentNs', 'segmentNs: default'],
    [
      'a bound',
      'schemas ServiceError properties errors',
      'schema ServiceError, property errors: maxProperties',
    ],
    ['a schema', 'schemas ErrorEntry', 'schema ErrorEntry, property code'],
    ['a header', 'headers RetryAfter', 'response header Retry-After'],
    ['a parameter', 'parameters Prefer', 'request header Prefer'],
    ['a status', 'responses ContentTooLarge', 'operation createExportJob, response 413'],
  ])('would be caught if it did not say it of %s', (_what, path, name) => {
    const silent = structuredClone(contract);
    const element = at(silent, ['components', ...path.split(' ')]);
    expect(element).toHaveProperty('x-source');
    delete element['x-source'];
    expect(withoutSource(silent)).toContainEqual(expect.stringContaining(name));
  });
});

/** The names of all that needs an `x-source` unless it is the page's, and has none. */
function withoutSource(document: Json): string[] {
  const places = new ContractPlaces(document);
  const paths = placesWhere(document, () => true).filter((path) => !path.includes('x-source'));
  return paths.flatMap((path) => {
    const isWhole = isElement(document, path) && !hasSource(document, path);
    const parts = partsWithoutSource(document, path).map((part) => `: ${part}`);
    return [...(isWhole ? [''] : []), ...parts].map((part) => places.name(path) + part);
  });
}

/** Whether something at the path is a thing of its own to those who make the calls. */
function isElement(document: Json, path: string[]): boolean {
  const [holder = '', name = ''] = path.slice(-2);
  const element = at(document, path);
  if (name === '' || !HOLDERS.includes(holder)) return 'operationId' in element;
  // What is shared among operations is judged where it stands, not where it is used.
  return holder === 'properties' || !('$ref' in element);
}

/** An element has a source if it, what it refers to, or what it stands in has one as a whole. */
function hasSource(document: Json, path: string[]): boolean {
  const { $ref } = at(document, path);
  const target =
    typeof $ref === 'string' && $ref.startsWith('#/') ? at(document, $ref.split('/').slice(1)) : {};
  return (
    typeof target['x-source'] === 'string' ||
    around(document, path).some((source) => typeof source === 'string')
  );
}

/** The bounds and the default that have no source of their own, and the values that inherit none either. */
function partsWithoutSource(document: Json, path: string[]): string[] {
  if (HOLDERS.includes(path.at(-1) ?? '')) return [];
  const element = at(document, path);
  const source = element['x-source'] ?? {};
  const sources = around(document, path);
  const limits = sources.includes('assumed') ? [] : [...BOUNDS, 'default'].filter((part) => part in element);
  const values = Array.isArray(element['enum'])
    ? element['enum']
    : 'const' in element
      ? [element['const']]
      : [];
  const unsourced = hasSource(document, path) ? [] : values.map(String);
  return [...limits, ...unsourced].filter(
    (part) => typeof source !== 'string' && !(part in (source as Json)),
  );
}

/** The sources of an element and of all that it stands in. */
function around(document: Json, path: string[]): unknown[] {
  return [document, ...path.map((_key, index) => at(document, path.slice(0, index + 1)))].map(
    (node) => node['x-source'],
  );
}
