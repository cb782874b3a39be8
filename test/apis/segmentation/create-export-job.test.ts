import { describe, expect, test } from '@jest/globals';
import { example } from '../../support/examples.js';
import { BASE, SMALLEST_REQUEST, startMock } from '../../support/mock.js';

test('what was asked for comes back as asked, and evaluationInfo does not', async () => {
  const { post } = await startMock();
  const { evaluationInfo, destination, ...asked } = example('create-request');
  const { body } = await post({ ...asked, destination, evaluationInfo });
  expect(evaluationInfo).toBeDefined();
  expect(body).toMatchObject(asked);
  expect(body).toMatchObject({ destination });
  expect(body).not.toHaveProperty('evaluationInfo');
});

test('what was not asked for is not there', async () => {
  const { post } = await startMock();
  const { body } = await post(SMALLEST_REQUEST);
  for (const name of ['fields', 'filter', 'additionalFields', 'mergePolicy', 'errors']) {
    expect(body).not.toHaveProperty(name);
  }
});

describe('with segmentPerBatch', () => {
  const destination = { datasetId: 'dataset', segmentPerBatch: true };

  test('each segment has a batch of its own, in place of the one', async () => {
    const { post } = await startMock();
    const segments = [{ segmentId: 'a' }, { segmentId: 'b', segmentNs: 'AAM', status: ['exited'] }];
    const { body } = await post({ ...SMALLEST_REQUEST, destination, filter: { segments } });
    expect(body.destination).toEqual({
      ...destination,
      batches: [
        {
          segmentId: 'a',
          segmentNs: 'ups',
          status: ['realized'],
          batchId: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
        {
          segmentId: 'b',
          segmentNs: 'AAM',
          status: ['exited'],
          batchId: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      ],
    });
    expect(body.destination.batches[0].batchId).not.toBe(body.destination.batches[1].batchId);
  });

  test('and no segments, there are no batches', async () => {
    const { post } = await startMock();
    const { body } = await post({ ...SMALLEST_REQUEST, destination });
    expect(body.destination).toEqual({ ...destination, batches: [] });
  });
});

test('ids count up from the highest of the seed, and X-Location leads to the job', async () => {
  const { get, post } = await startMock();
  const created = await Promise.all([1, 2, 3].map(() => post(SMALLEST_REQUEST)));
  expect(created.map(({ body }) => body.id as number).sort()).toEqual([11038, 11039, 11040]);
  for (const { headers, body } of created) {
    const location = String(headers['x-location']).replace(BASE, '');
    expect((await get(location)).body.id).toBe(body.id);
  }
});

test('no two jobs share a batch or a compute job', async () => {
  const { mock, get, post } = await startMock({ seed: 'empty' });
  for (let count = 0; count < 3; count++) await post(SMALLEST_REQUEST);
  mock.sandbox().clock.advance(3_600_000);
  const { records } = (await get('/export/jobs')).body as {
    records: { destination: { batchId: string }; computeGatewayJobId: { exportJob: string } }[];
  };
  expect(new Set(records.map(({ destination }) => destination.batchId)).size).toBe(3);
  expect(new Set(records.map((job) => job.computeGatewayJobId.exportJob)).size).toBe(3);
});

test('a finished job shows complete and consistent metrics', async () => {
  const { mock, get, post } = await startMock();
  const { id, creationTime } = (await post(SMALLEST_REQUEST)).body as { id: number; creationTime: number };
  mock.sandbox().clock.advance(3_600_000);
  const { body } = await get(`/export/jobs/${id}`);
  expect(body.status).toBe('SUCCEEDED');
  expect(body.updateTime).toBe(creationTime + 7000);
  expect(body.computeGatewayJobId.exportJob).toMatch(/^[0-9a-f-]{36}$/);
  expect(body.metrics).toEqual({
    totalTime: { startTimeInMs: creationTime, endTimeInMs: creationTime + 7000, totalTimeInMs: 7000 },
    profileExportTime: {
      startTimeInMs: creationTime + 2000,
      endTimeInMs: creationTime + 7000,
      totalTimeInMs: 5000,
    },
    totalExportedProfileCounter: 20,
    exportedProfileByNamespaceCounter: { namespace1: 10, namespace2: 5 },
  });
});

test('requestId is the caller’s x-request-id', async () => {
  const { post } = await startMock();
  expect((await post(SMALLEST_REQUEST, { 'x-request-id': 'mine' })).body.requestId).toBe('mine');
});
