import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ExportJobsError, type ExportJobsClient } from '../../client/client.js';
import type { MockServer, SandboxHandle } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';
import { clientOf, TOKEN, type ClientOptions } from '../support/client.js';
import { SMALLEST_REQUEST, startMock } from '../support/mock.js';

/** A job of the seed that has finished: it is gone as soon as it is cancelled. */
const FINISHED = 722;
const CALLS = {
  listExportJobs: (client: ExportJobsClient) => client.listExportJobs(),
  retrieveExportJob: (client: ExportJobsClient) => client.retrieveExportJob(FINISHED),
  cancelExportJob: (client: ExportJobsClient) => client.cancelExportJob(FINISHED),
  createExportJob: (client: ExportJobsClient) => client.createExportJob(SMALLEST_REQUEST),
};
type Operation = keyof typeof CALLS;

let mock: MockServer;
beforeAll(async () => {
  ({ mock } = await startMock());
  await mock.listen();
});
afterAll(() => mock.close());
// The server's ids come from its seed: chance is left to the client's waits alone.
beforeEach(() => {
  jest.spyOn(Math, 'random').mockReturnValue(0.9);
});
afterEach(() => {
  jest.restoreAllMocks();
});

let sandboxes = 0;
const newSandbox = () => mock.sandbox({ name: `sandbox-${++sandboxes}` });
const clientIn = (sandbox: SandboxHandle, options: Partial<ClientOptions> = {}) =>
  clientOf(mock.url, { sandboxName: sandbox.name, ...options });

async function errorOf(call: Promise<unknown>): Promise<ExportJobsError> {
  const error: unknown = await call.then(
    () => 'ok',
    (reason: unknown) => reason,
  );
  if (error instanceof ExportJobsError) return error;
  throw new Error(`It should have been an ExportJobsError: ${String(error)}`);
}

/** Holds the waits of a client to what the answers asked for, as the journal has them. */
function expectKept(sandbox: SandboxHandle, since: number, waits: number[]) {
  const asked = sandbox.journal({ since }).map(({ answer }) => answer?.headers['retry-after']);
  expect(waits).toHaveLength(Math.max(0, asked.length - 1));
  waits.forEach((wait, at) => {
    const seconds = asked[at];
    if (seconds !== undefined) expect(wait).toBe(Number(seconds) * 1000);
    else expect(wait).toBeGreaterThan(0);
  });
}

/** How a call ends that meets a fault: `ok` or what tells of the error, and after how many attempts. */
async function endOf(operation: Operation, fault: string, times: number | undefined): Promise<string> {
  const sandbox = newSandbox();
  const isSlow = fault.startsWith('slow');
  let waited = 0;
  const { client, waits } = clientIn(sandbox, {
    timeoutMs: isSlow ? 60 : 10_000,
    sleep: (ms) => {
      waited += ms;
      // As it would be when this time had passed.
      if (fault.startsWith('rate-limited') && waited >= 10_000) sandbox.rules.clear();
      return Promise.resolve();
    },
  });
  sandbox.fault(fault, { times });
  if (fault.startsWith('rate-limited')) for (let calls = 0; calls < 5; calls++) await client.listExportJobs();
  const since = sandbox.journal().at(-1)?.id ?? 0;
  const end = await CALLS[operation](client).then(
    () => 'ok',
    (error: unknown) => {
      if (!(error instanceof ExportJobsError)) throw error;
      expect(`${error.message} ${JSON.stringify(error)}`).not.toMatch(/the-secret/);
      return [error.kind, error.status, error.outcome].filter(Boolean).join(' ');
    },
  );
  // A call that the client gave up on is recorded when the mock has come to its end.
  if (!isSlow) expectKept(sandbox, since, waits);
  return `${end}, ${waits.length + 1}`;
}

const LOST = ['connection, 5', 'connection, 5', 'connection unknown, 1'] as const;
const ALWAYS: Record<string, readonly [get: string, cancel: string, create: string]> = {
  'answer-lost': LOST,
  'bare-503': ['foreign 503, 5', 'foreign 503, 5', 'foreign 503 unknown, 1'],
  'connection-reset': LOST,
  'empty-answer': ['malformed 200, 1', 'ok, 1', 'malformed 200 unknown, 1'],
  'html-502': ['foreign 502, 5', 'foreign 502, 5', 'foreign 502 unknown, 1'],
  outage: ['service 503, 5', 'service 503, 5', 'service 503 unknown, 1'],
  'rate-limited': ['ok, 2', 'ok, 2', 'ok, 2'],
  'rate-limited-bare': ['ok, 3', 'ok, 3', 'ok, 3'],
  slow: ['timeout, 5', 'timeout, 5', 'timeout unknown, 1'],
  'slow-fixed': ['timeout, 5', 'timeout, 5', 'timeout unknown, 1'],
  'token-expired': ['gateway 401, 1', 'gateway 401, 1', 'gateway 401, 1'],
  'truncated-body': ['connection, 5', 'ok, 1', 'connection unknown, 1'],
  unavailable: ['ok, 4', 'ok, 4', 'service 503 unknown, 1'],
};
const ONCE: typeof ALWAYS = {
  'answer-lost': ['ok, 2', 'ok, 2', 'connection unknown, 1'],
  'bare-503': ['ok, 2', 'ok, 2', 'foreign 503 unknown, 1'],
  'connection-reset': ['ok, 2', 'ok, 2', 'connection unknown, 1'],
  'html-502': ['ok, 2', 'ok, 2', 'foreign 502 unknown, 1'],
  outage: ['ok, 2', 'ok, 2', 'service 503 unknown, 1'],
  'truncated-body': ['ok, 2', 'ok, 1', 'connection unknown, 1'],
};

test('every fault of the mock has a case', () => {
  const files = readdirSync(join(packageRoot, 'fixtures/faults')).map((name) => name.replace(/\.json$/, ''));
  expect(Object.keys(ALWAYS).sort()).toEqual(files.sort());
});

describe.each([
  ['always', undefined, ALWAYS],
  ['once', 1, ONCE],
] as const)('a fault that is met %s ends in success or in the right error', (_often, times, cases) => {
  test.each(Object.entries(cases))('%s', async (fault, [get, cancel, create]) => {
    const operations = Object.keys(CALLS) as Operation[];
    const ends = await Promise.all(operations.map((operation) => endOf(operation, fault, times)));
    expect(ends).toEqual([get, get, cancel, create]);
  });
});

test('a create whose answer is lost has made one job, which its error leads to', async () => {
  const sandbox = newSandbox();
  const { client } = clientIn(sandbox);
  const before = sandbox.jobs.list().length;
  sandbox.fault('answer-lost', { operation: 'createExportJob' });
  const { outcome, requestId } = await errorOf(client.createExportJob(SMALLEST_REQUEST));
  expect(outcome).toBe('unknown');
  expect(sandbox.jobs.list()).toHaveLength(before + 1);
  const { records } = await client.listExportJobs({ status: 'NEW' });
  expect(records.filter((job) => job.requestId === requestId)).toHaveLength(1);
});

test('the journal shows that a wait took its time, and calls that are slow are waited for', async () => {
  const [told, slow] = [newSandbox(), newSandbox()];
  const realTime = { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };
  told.fault('unavailable', { times: 1 });
  slow.fault('slow-fixed');
  await Promise.all([
    clientIn(told, realTime).client.retrieveExportJob(FINISHED),
    clientIn(slow, realTime).client.retrieveExportJob(FINISHED),
  ]);
  const [first = 0, second = 0] = told.journal().map((entry) => Date.parse(entry.realTime));
  expect(second - first).toBeGreaterThanOrEqual(999);
  expect(slow.journal()).toHaveLength(1);
});

describe('waiting for a job', () => {
  test('comes through an outage that is longer than a call would be repeated', async () => {
    const sandbox = newSandbox();
    const polled: number[] = [];
    let waited = 0;
    const { client, waits } = clientIn(sandbox, {
      sleep: (ms) => {
        waited += ms;
        if (waited > 40_000) sandbox.rules.clear();
        sandbox.clock.advance(ms);
        return Promise.resolve();
      },
    });
    const { id } = await client.createExportJob(SMALLEST_REQUEST);
    const onProgress = ({ elapsedMs }: { elapsedMs: number }) => {
      if (polled.push(elapsedMs) === 1) sandbox.fault('outage');
    };
    const end = await client.waitForJob(id, { onProgress });
    expect(end).toMatchObject({ outcome: 'succeeded', job: { id, status: 'SUCCEEDED' } });
    expect(waits.filter((ms) => ms === 5000).length).toBeGreaterThanOrEqual(7);
  });

  test('is not trapped by a clock that stands still', async () => {
    const sandbox = newSandbox();
    const { client, waits } = clientIn(sandbox);
    const { id } = await client.createExportJob(SMALLEST_REQUEST);
    const end = await client.waitForJob(id, { deadline: 60_000 });
    expect(end).toMatchObject({ outcome: 'timeout', job: { id, status: 'NEW' }, error: undefined });
    expect(waits.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(60_000);
    expect(waits.length).toBeGreaterThan(4);
  });

  test('tells a job that failed, one that goes, and one that never was', async () => {
    const sandbox = newSandbox();
    const { client } = clientIn(sandbox, {
      sleep: (ms) => {
        sandbox.clock.advance(ms);
        return Promise.resolve();
      },
    });
    sandbox.use('fails');
    const failing = await client.createExportJob(SMALLEST_REQUEST);
    expect(await client.waitForJob(failing.id)).toMatchObject({
      outcome: 'failed',
      job: { status: 'FAILED' },
    });
    const going = await client.createExportJob(SMALLEST_REQUEST);
    await client.cancelExportJob(going.id);
    expect(await client.waitForJob(going.id)).toMatchObject({ outcome: 'gone', job: { id: going.id } });
    expect(await client.waitForJob(going.id)).toMatchObject({
      outcome: 'gone',
      job: undefined,
      error: { kind: 'service', status: 404 },
    });
  });
});

test('a token that is refused is renewed once', async () => {
  const sandbox = newSandbox();
  sandbox.fault('token-expired', { times: 1 });
  const asked: unknown[] = [];
  const accessToken = ({ refused }: { refused: string | undefined }) => `${TOKEN}-${asked.push(refused)}`;
  const { client } = clientIn(sandbox, { accessToken });
  await client.createExportJob(SMALLEST_REQUEST);
  sandbox.fault('token-expired');
  expect(await errorOf(client.createExportJob(SMALLEST_REQUEST))).toMatchObject({
    kind: 'gateway',
    status: 401,
  });
  expect(asked).toEqual([undefined, `${TOKEN}-1`, undefined, `${TOKEN}-3`]);
  expect(sandbox.journal().map(({ answer }) => answer?.status)).toEqual([401, 200, 401, 401]);
});

test('an answer of 200 to a cancellation is as good as one of 204', async () => {
  const { client } = clientIn(newSandbox());
  const call = client.cancelExportJob(FINISHED, { headers: { Prefer: 'code=200' } });
  await expect(call).resolves.toBeUndefined();
  expect(await errorOf(client.cancelExportJob(FINISHED))).toMatchObject({ kind: 'service', status: 404 });
});

test('a page at a time, all jobs are listed once', async () => {
  const sandbox = newSandbox();
  const { client } = clientIn(sandbox);
  const listed: number[] = [];
  for await (const { id } of client.listAll({ limit: 2 })) listed.push(id);
  expect(listed).toEqual(sandbox.jobs.list().map(({ id }) => id));
  expect(sandbox.journal()).toHaveLength(Math.ceil(listed.length / 2));
  const failed: string[] = [];
  for await (const { status } of client.listAll({ status: 'FAILED', limit: 1 })) failed.push(status);
  expect(new Set(failed)).toEqual(new Set(['FAILED']));
  expect(JSON.stringify(sandbox.journal({ violations: true }))).toBe('[]');
});
