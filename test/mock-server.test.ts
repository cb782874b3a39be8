import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createMockServer, type MockServerOptions } from '../server/mock-server.js';
import { OptionError } from '../server/options.js';
import { SMALLEST_REQUEST, startMock } from './support/mock.js';

describe('an option with a value that is not allowed rejects, and says which and what is', () => {
  test.each<[MockServerOptions, string]>([
    [{ port: 65_536 }, 'port is 65536; allowed is an integer from 0 to 65535'],
    [{ port: -1 }, 'port is -1'],
    [{ newMs: -1 }, 'newMs is -1; allowed is an integer from 0 to'],
    [{ processingMs: 1.5 }, 'processingMs is 1.5'],
    [{ randomSeed: NaN }, 'randomSeed is NaN'],
    [
      { clock: '2026-02-30T00:00:00Z' },
      'clock is "2026-02-30T00:00:00Z"; allowed is a timestamp of 1970 or later as RFC 3339 writes it',
    ],
    [{ clock: '1969-12-31T23:59:59Z' }, 'clock is "1969-12-31T23:59:59Z"'],
    [{ clock: 'yesterday' }, 'clock is "yesterday"'],
    [{ logLevel: 'loud' as never }, 'logLevel is "loud"; allowed is one of fatal, error'],
    [{ memory: false }, 'memory is false'],
  ])('%j', async (options, message) => {
    const error = await createMockServer(options).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toContain(message);
  });
});

test('health needs no credentials and says what holds', async () => {
  const { mock } = await startMock();
  const answer = await request(mock.app).get('/__admin/health');
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    contract: {
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      hash: expect.stringMatching(/^[0-9a-f]{12}$/),
    },
    uptimeInSeconds: expect.any(Number),
    timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/),
    contractViolations: 0,
  });
});

test('the control plane is held to its contract too', async () => {
  const { mock } = await startMock();
  const answer = await request(mock.app).get('/__admin/health?verbose=1');
  expect(answer.status).toBe(400);
  expect(answer.body.errors['400'][0]).toMatchObject({
    pointer: '/query/verbose',
    allowed: 'no query parameter at all',
  });
});

test('the control plane heeds no Prefer', async () => {
  const { mock } = await startMock();
  expect((await request(mock.app).get('/__admin/health').set('Prefer', 'code=500')).status).toBe(200);
});

test('the times of a job are as the options say', async () => {
  const { mock, get, post } = await startMock({ newMs: 10, processingMs: 20 });
  const { clock } = mock.sandbox();
  const { id } = (await post(SMALLEST_REQUEST)).body as { id: number };
  const status = async () => (await get(`/export/jobs/${id}`)).body.status as string;
  expect(mock.lifetimes).toMatchObject({ newMs: 10, processingMs: 20 });
  clock.advance(10);
  expect(await status()).toBe('PROCESSING');
  clock.advance(20);
  expect(await status()).toBe('SUCCEEDED');
});

test('a job of no duration is created as NEW, and has succeeded when it is next seen', async () => {
  const { get, post } = await startMock({ newMs: 0, processingMs: 0 });
  const created = await post(SMALLEST_REQUEST);
  expect(created.status).toBe(200);
  expect(created.body.status).toBe('NEW');
  expect((await get(`/export/jobs/${created.body.id}`)).body.status).toBe('SUCCEEDED');
});

test('two mocks in one process share nothing but the contract', async () => {
  const [one, two] = [await startMock({ seed: 'empty' }), await startMock({ seed: 'empty' })];
  await one.post(SMALLEST_REQUEST);
  expect((await two.get('/export/jobs')).body.records).toEqual([]);
});
