import { expect, test } from '@playwright/test';

const ADMIN = 'http://127.0.0.1:4010/__admin';

test.beforeEach(async ({ page, request }) => {
  await request.post(`${ADMIN}/reset`);
  await page.goto('/client.html');
  await page.waitForFunction(() => window.client !== undefined);
});

test('the client creates a job, lists it, waits for its end, and cancels it', async ({ page, request }) => {
  await request.post(`${ADMIN}/clock/freeze`);
  const id = await page.evaluate(async () => {
    const created = await window.client.createExportJob({
      destination: { datasetId: 'dataset' },
      schema: { name: '_xdm.context.profile' },
    });
    return created.id;
  });
  await request.post(`${ADMIN}/clock/advance`, { data: { by: 'PT1M' } });
  const seen = await page.evaluate(async (job) => {
    const ids = [];
    for await (const { id: listed } of window.client.listAll()) ids.push(listed);
    const { outcome } = await window.client.waitForJob(job);
    await window.client.cancelExportJob(job);
    return { ids, outcome };
  }, id);
  expect(seen).toEqual({ ids: [id], outcome: 'succeeded' });
  const left = await page.evaluate(() => window.client.listExportJobs());
  expect(left.records).toEqual([]);
});

test('the client tells what the service refused, and repeats what is passing', async ({ page, request }) => {
  const missing = await page.evaluate(() =>
    window.client.retrieveExportJob(1).catch((error) => ({
      isOurs: error instanceof window.ExportJobsError,
      kind: error.kind,
      status: error.status,
    })),
  );
  expect(missing).toEqual({ isOurs: true, kind: 'service', status: 404 });

  await request.post(`${ADMIN}/rules`, { data: { fault: 'unavailable', times: 1 } });
  const list = await page.evaluate(() => window.client.listExportJobs());
  expect(list.records).toEqual([]);
});
