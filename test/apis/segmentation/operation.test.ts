/** Held by the compiler (`npm run typecheck`): an operation that does not follow the contract does not compile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { components } from '../../../generated/openapi.js';
import type { CompleteRequest } from '../../../server/apis/segmentation/stored-job.js';
import { operations } from '../../../server/apis/segmentation/api.js';
import type {
  OperationRequest,
  OperationResponse,
  Operations,
} from '../../../server/apis/segmentation/operation.js';
import { packageRoot } from '../../../contract/package-root.js';
import { example } from '../../support/examples.js';
import { startMock } from '../../support/mock.js';

type Schemas = components['schemas'];

declare const job: Schemas['NewExportJob'];

export const validResponses = (): [
  OperationResponse<'createExportJob'>,
  OperationResponse<'cancelExportJob'>,
  OperationResponse<'cancelExportJob'>,
] => [
  { status: 200, headers: { 'X-Location': '/data/core/ups/export/jobs/1' }, body: job },
  { status: 204 },
  { status: 200, body: { status: true, message: '' } },
];

export const invalidResponses = (): unknown[] => [
  // @ts-expect-error a required header is missing
  { status: 200, body: job } satisfies OperationResponse<'createExportJob'>,
  // @ts-expect-error the status is not declared
  { status: 201, headers: { 'X-Location': '' }, body: job } satisfies OperationResponse<'createExportJob'>,
  // @ts-expect-error a 204 has no body
  { status: 204, body: {} } satisfies OperationResponse<'cancelExportJob'>,
  // @ts-expect-error the body lacks what is required
  { status: 200, body: { id: 1, status: 'NEW' } } satisfies OperationResponse<'retrieveExportJob'>,
  // @ts-expect-error a table that lacks an operation
  { listExportJobs: operations.listExportJobs } satisfies Operations,
];

export const invalidAccesses = (
  list: OperationRequest<'listExportJobs'>,
  retrieve: OperationRequest<'retrieveExportJob'>,
): unknown[] => [
  // @ts-expect-error the parameter is not declared
  list.query.page,
  // @ts-expect-error it is a number
  retrieve.path.exportJobId satisfies string,
  // @ts-expect-error the operation takes no body
  retrieve.body satisfies object,
];

/** As a client writes it: what has a default is left out wherever it can be. */
const SHORT = {
  destination: { datasetId: 'dataset' },
  schema: { name: 'schema' },
  filter: { segments: [{ segmentId: 'segment' }] },
  evaluationInfo: {},
} satisfies Schemas['CreateExportJobRequest'];

/** The same as an operation receives it. */
const COMPLETE = {
  destination: { datasetId: 'dataset', segmentPerBatch: false },
  schema: { name: 'schema' },
  filter: { segments: [{ segmentId: 'segment', segmentNs: 'ups', status: ['realized'] }] },
  evaluationInfo: { segmentation: false },
} satisfies CompleteRequest;

const OF_THE_README = {
  destination: { datasetId: '5b7c86968f7b6501e21ba9df' },
  schema: { name: '_xdm.context.profile' },
  filter: { segments: [{ segmentId: '52c26d0d-45f2-47a2-ab30-ed06abc981ff' }] },
} satisfies Schemas['CreateExportJobRequest'];

const DOCUMENTED = {
  fields: 'identities.id,personalEmail.address',
  mergePolicy: { id: 'timestampOrdered-none-mp', version: 1 },
  filter: {
    segments: [{ segmentId: '52c26d0d-45f2-47a2-ab30-ed06abc981ff', segmentNs: 'ups', status: ['realized'] }],
    segmentQualificationTime: { startTime: '2018-01-01T00:00:00Z', endTime: '2018-02-01T00:00:00Z' },
    fromIngestTimestamp: '2018-01-01T00:00:00Z',
    emptyProfiles: true,
  },
  additionalFields: {
    eventList: {
      fields: 'string',
      filter: { fromIngestTimestamp: '2018-01-01T00:00:00Z', toIngestTimestamp: '2020-01-01T00:00:00Z' },
    },
  },
  destination: { datasetId: '5b7c86968f7b6501e21ba9df', segmentPerBatch: false },
  schema: { name: '_xdm.context.profile' },
  evaluationInfo: { segmentation: true },
} satisfies Schemas['CreateExportJobRequest'];

export const rightBody = (
  body: OperationRequest<'createExportJob'>['body'],
): [CompleteRequest, Schemas['CreateExportJobRequest']] => [body, body];

export const wrongRequests = (): unknown[] => [
  // @ts-expect-error the schema is missing
  { destination: { datasetId: '' } } satisfies Schemas['CreateExportJobRequest'],
  // @ts-expect-error the property is not known
  { ...SHORT, filters: {} } satisfies Schemas['CreateExportJobRequest'],
  // @ts-expect-error an operation receives a request with its defaults
  SHORT satisfies OperationRequest<'createExportJob'>['body'],
  // @ts-expect-error a response has every default
  SHORT.filter satisfies Schemas['NewExportJob']['filter'],
];

describe('the type of a request takes', () => {
  test('the one of the README', () => {
    const [, body = ''] =
      /^aep -X POST .* -d '([^']*)'$/m.exec(readFileSync(join(packageRoot, 'README.md'), 'utf8')) ?? [];
    expect(JSON.parse(body)).toEqual(OF_THE_README);
  });

  test('the documented one', () => {
    expect(example('create-request')).toEqual(DOCUMENTED);
  });
});

test('an operation receives every default that its type promises', async () => {
  let received: unknown;
  const { post } = await startMock({
    operations: {
      createExportJob: (services) => (request) => {
        received = request.body;
        return operations.createExportJob(services)(request);
      },
    },
  });
  expect((await post(SHORT)).status).toBe(200);
  expect(received).toEqual(COMPLETE);
});

test('the table has the four operations of the contract', () => {
  expect(Object.keys(operations)).toEqual([
    'listExportJobs',
    'createExportJob',
    'retrieveExportJob',
    'cancelExportJob',
  ]);
});
