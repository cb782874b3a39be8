import { aCreateExportJobRequest, useMockServer } from 'aep-export-jobs-mock/testing';
import { expect, test } from 'vitest';

const mock = useMockServer({ clock: '2026-01-01T00:00:00Z' });

/** Stands for the code that is tested. */
async function exportJobs(path, { body, ...init } = {}) {
  const headers = { ...mock.headers, 'Content-Type': 'application/json' };
  const url = `${mock.baseUrl}/export/jobs${path}`;
  return fetch(url, { ...init, headers, body: body && JSON.stringify(body) });
}

async function create() {
  return (await exportJobs('', { method: 'POST', body: aCreateExportJobRequest() })).json();
}

test('a job succeeds', async () => {
  const { id } = await create();
  await mock.sandbox.clock.advance('1m');
  const job = await (await exportJobs(`/${id}`)).json();
  expect(job.status).toBe('SUCCEEDED');
  await mock.expectCalled('createExportJob', 1);
  await mock.expectNoViolations();
});

test('a job fails, and says why', async () => {
  await mock.sandbox.use('fails');
  const { id } = await create();
  await mock.sandbox.clock.advance('1m');
  const job = await (await exportJobs(`/${id}`)).json();
  expect(job.status).toBe('FAILED');
  expect(job.errors[0].code).toBe('0090000009');
});

test('the service is out of order for one call', async () => {
  await mock.sandbox.fault('unavailable', { operation: 'listExportJobs', times: 1 });
  expect((await exportJobs('')).status).toBe(503);
  expect((await exportJobs('')).status).toBe(200);
});

test('a call that breaks the contract is refused', async () => {
  expect((await exportJobs('?limit=none')).status).toBe(400);
  await mock.expectViolation({ pointer: '/query/limit' });
  await mock.expectNoViolations();
});

test('a job is waited for, at once', async () => {
  const { id } = await mock.client.createExportJob(aCreateExportJobRequest());
  const end = await mock.client.waitForJob(id, { sleep: (ms) => mock.sandbox.clock.advance(ms) });
  expect(end.outcome).toBe('succeeded');
});
