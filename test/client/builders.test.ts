import { expect, test } from '@jest/globals';
import fc from '../support/property.js';
import { aCreateExportJobRequest, anExportJob } from '../../client/testing.js';
import type { ExportJob, ExportJobStatus } from '../../generated/openapi.js';
import { loadContract } from '../../contract/contract.js';
import { CONTRACT_FILE } from '../support/contracts.js';

const contract = await loadContract(CONTRACT_FILE);
const wrongWith = (schema: string, value: unknown) => contract.schema(schema)(value);

const text = fc.string({ minLength: 1 });
const segments = fc.array(fc.record({ segmentId: text, segmentNs: text, status: fc.constant(['realized']) }));
const errors = fc.array(fc.record({ code: text, msg: fc.string(), callStack: fc.string() }), {
  minLength: 1,
});
const partly = (parts: Record<string, fc.Arbitrary<unknown>>) => fc.record(parts, { requiredKeys: [] });

const OVERRIDES = partly({
  id: fc.integer({ min: 1 }),
  jobType: fc.constantFrom('BATCH', 'STREAMING'),
  schema: fc.record({ name: text }),
  fields: text,
  filter: partly({ segments, emptyProfiles: fc.boolean() }),
  mergePolicy: fc.record({ id: text, version: fc.nat() }),
  creationTime: fc.nat(),
  updateTime: fc.nat(),
});
const STATUSES: Record<ExportJobStatus, fc.Arbitrary<object>> = {
  NEW: OVERRIDES,
  PROCESSING: OVERRIDES,
  SUCCEEDED: fc.tuple(OVERRIDES, partly({ errors })).map(([all, own]) => ({ ...all, ...own })),
  FAILED: fc.tuple(OVERRIDES, partly({ errors })).map(([all, own]) => ({ ...all, ...own })),
};

test.each(Object.entries(STATUSES))(
  'a job that is %s is valid, with whatever valid overrides',
  (status, parts) => {
    fc.assert(
      fc.property(parts, (overrides) => {
        const job = anExportJob({ ...overrides, status: status as ExportJobStatus });
        expect(wrongWith('ExportJob', job)).toEqual([]);
        expect(job).toMatchObject({ ...overrides, status });
      }),
    );
  },
);

test('a request is valid, with whatever valid overrides', () => {
  const requests = partly({
    fields: text,
    schema: fc.record({ name: text }),
    destination: fc.record({ datasetId: text, segmentPerBatch: fc.boolean() }),
    filter: partly({ segments, emptyProfiles: fc.boolean() }),
    evaluationInfo: partly({ segmentation: fc.boolean() }),
  });
  fc.assert(
    fc.property(requests, (overrides) => {
      const request = aCreateExportJobRequest(overrides);
      expect(wrongWith('CreateExportJobRequest', request)).toEqual([]);
      expect(request).toMatchObject(overrides);
    }),
  );
});

test('a job has SUCCEEDED unless told otherwise, is an object of its own, and goes by its status in its type', () => {
  const [job, other] = [anExportJob(), anExportJob()];
  job.metrics.totalTime.totalTimeInMs = 1;
  expect(other).toMatchObject({ status: 'SUCCEEDED', metrics: { totalTime: { totalTimeInMs: 7000 } } });

  const [error] = anExportJob({ status: 'FAILED' }).errors;
  expect(error).toEqual({ code: '0090000009', msg: expect.any(String), callStack: '' });
  // @ts-expect-error a job that is NEW has no errors
  expect(anExportJob({ status: 'NEW' }).errors).toBeUndefined();
  const any: ExportJob = anExportJob({ status: 'PROCESSING', id: 7 });
  expect(any.id).toBe(7);
});

test('what is optional can be left out', () => {
  const { fields, filter, ...rest } = aCreateExportJobRequest();
  expect([fields, filter]).not.toContain(undefined);
  expect(aCreateExportJobRequest({ fields: undefined, filter: undefined })).toEqual(rest);
});

test.each<[schema: string, build: (overrides: object) => object]>([
  ['CreateExportJobRequest', aCreateExportJobRequest],
  ['NewExportJob', (overrides) => anExportJob({ ...overrides, status: 'NEW' })],
  ['ProcessingExportJob', (overrides) => anExportJob({ ...overrides, status: 'PROCESSING' })],
  ['SucceededExportJob', (overrides) => anExportJob(overrides)],
  ['FailedExportJob', (overrides) => anExportJob({ ...overrides, status: 'FAILED' })],
])('%s: what there is can be given, what there is not is refused', (schema, build) => {
  const schemas = contract.document.components.schemas as Record<
    string,
    { properties: object; required: string[] }
  >;
  const { properties = {}, required = [] } = schemas[schema] ?? {};
  for (const name of Object.keys(properties).filter((property) => property !== 'status')) {
    expect(build({ [name]: 'given' })).toHaveProperty(name, 'given');
    if (!required.includes(name)) expect(build({ [name]: undefined })).not.toHaveProperty(name);
    else expect(() => build({ [name]: undefined })).toThrow(`${name} can not be left out`);
  }
  expect(() => build({ stauts: 'NEW' })).toThrow(/^There is no stauts; allowed are \w/);
});

test.each([null, [], 'FAILED', 7])('%j overrides nothing', (overrides) => {
  expect(() => anExportJob(overrides as object)).toThrow('allowed is an object with properties');
  expect(() => aCreateExportJobRequest(overrides as object)).toThrow('allowed is an object with properties');
});

test('a status that there is not is refused', () => {
  expect(() => anExportJob({ status: 'CANCELLED' as 'NEW' })).toThrow(
    'The status is CANCELLED; allowed is one of NEW, PROCESSING, SUCCEEDED, FAILED',
  );
});
