/** One test for each contradiction of the documentation page, in the order of docs/errata.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../contract/package-root.js';
import { example } from './support/examples.js';
import { BASE, ORG, SMALLEST_REQUEST, startMock } from './support/mock.js';

interface Listed {
  records: { id: number; status: string; creationTime: number; errors?: unknown[] }[];
  page: Record<string, unknown>;
  link: { next: string };
}

test('1. the examples are JSON', () => {
  const folder = join(packageRoot, 'fixtures/examples');
  for (const file of readdirSync(folder)) {
    expect(() => JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown).not.toThrow();
  }
});

test('2. a dataset is datasetId everywhere, and the status of a batch is an array', async () => {
  const { post } = await startMock();
  const { destination } = example<{ destination: { batches: { status: unknown }[] } }>(
    'export-job-created-with-batches',
  );
  expect(destination).toHaveProperty('datasetId');
  expect(destination.batches.map(({ status }) => status)).toEqual([['realized'], ['exited']]);
  const answer = await post({ ...SMALLEST_REQUEST, destination: { dataSetId: 'd' } });
  expect(answer.body.errors['400'][1].message).toBe(
    "The property 'dataSetId' is not known. Did you mean 'datasetId'?",
  );
});

test('3. the status of a segment is exited, and exiting is refused', async () => {
  const { post } = await startMock();
  const asking = (status: string) => ({
    ...SMALLEST_REQUEST,
    filter: { segments: [{ segmentId: 's', status: [status] }] },
  });
  expect((await post(asking('exited'))).status).toBe(200);
  const refused = await post(asking('exiting'));
  expect(refused.body.errors['400'][0].allowed).toBe('one of realized, existing, exited');
});

test('4. a 204 has no body, and the message comes with a 200 when it is preferred', async () => {
  const { delete: cancel } = await startMock();
  const plain = await cancel('/export/jobs/100');
  expect([plain.status, plain.text]).toEqual([204, '']);
  const preferred = await cancel('/export/jobs/722', { Prefer: 'code=200' });
  expect([preferred.status, preferred.body]).toEqual([200, example('export-job-cancelled')]);
});

test('5. the list says createdTime, and sorts by creationTime', async () => {
  const { get } = await startMock();
  const { page, records } = (await get('/export/jobs')).body as Listed;
  expect(page).toMatchObject({ sortField: 'createdTime', sort: 'desc' });
  const times = records.map(({ creationTime }) => creationTime);
  expect(times).toEqual([...times].sort((a, b) => b - a));
});

test('6. a list without a status holds every status, and a job that succeeded may show errors', async () => {
  const { get } = await startMock();
  const { records } = (await get('/export/jobs')).body as Listed;
  expect(new Set(records.map(({ status }) => status))).toEqual(
    new Set(['NEW', 'PROCESSING', 'SUCCEEDED', 'FAILED']),
  );
  expect(records.find(({ id }) => id === 100)).toMatchObject({ status: 'SUCCEEDED', errors: [{}] });
});

test('7. pageOffset is the cursor of the page’s last record; the documented one comes with the example alone', async () => {
  const { get } = await startMock();
  const { records, page } = (await get('/export/jobs?limit=2')).body as Listed;
  expect(page['pageOffset']).toBe(`${records[1]?.creationTime}_${records[1]?.id}`);
  const { body } = await get('/export/jobs?limit=2', { Prefer: 'example=export-jobs' });
  expect((body as Listed).page['pageOffset']).toBe('1540974701302_96');
});

test('8. of jobs created at one time, the higher id comes first', async () => {
  const { get } = await startMock();
  const { records } = (await get('/export/jobs?limit=2')).body as Listed;
  expect(records.map(({ id }) => id)).toEqual([11037, 100]);
  expect(records[0]?.creationTime).toBe(records[1]?.creationTime);
});

test('9. a created job shows the eventList that was asked for, and no evaluationInfo', async () => {
  const { post } = await startMock();
  const request = example('create-request');
  const { body } = await post(request);
  expect(body.additionalFields).toEqual(request['additionalFields']);
  expect(body).not.toHaveProperty('evaluationInfo');
});

test('10. link.next works as it stands, its slash included', async () => {
  const { get } = await startMock();
  const { link } = (await get('/export/jobs?limit=2')).body as Listed;
  expect(link.next).toBe('/export/jobs/?limit=2&offset=1538615973895_100');
  const { records } = (await get(link.next)).body as Listed;
  expect(records[0]?.id).toBe(722);
});

test('11. a created job has an id of its own, not the documented 100', async () => {
  const { post, get } = await startMock();
  const { body, headers } = await post(example('create-request'));
  expect(body).toMatchObject({ id: 11038, status: 'NEW' });
  expect(headers['x-location']).toBe(`${BASE}/export/jobs/11038`);
  expect((await get('/export/jobs/100')).body.status).toBe('SUCCEEDED');
});

test('12. placeholders stay in the examples, and are filled in what the mock serves', async () => {
  const { get } = await startMock();
  expect(example('export-job-retrieved')['imsOrgId']).toBe('{ORG_ID}');
  expect((await get('/export/jobs/11037')).body.imsOrgId).toBe(ORG);
});

test('docs/errata.md names each of these tests', () => {
  const tests = [...readFileSync(new URL(import.meta.url), 'utf8').matchAll(/^test\('(\d+)\. /gm)].map(
    ([, number]) => number,
  );
  const page = readFileSync(join(packageRoot, 'docs/errata.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) +\|/gm)].map(([, number]) => number);
  expect(rows).toEqual(tests);
});
