import { readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExportJob } from '../../../server/apis/segmentation/stored-job.js';
import { createMockServer, type MockServer, type MockServerOptions } from '../../../server/mock-server.js';
import { packageRoot } from '../../../contract/package-root.js';
import { example } from '../../support/examples.js';
import { BASE, credentials, NOW, SMALLEST_REQUEST, startMock, type Caller } from '../../support/mock.js';

const [WITH_ERRORS, FAILED] = example<{ records: { errors?: unknown }[] }>('export-jobs').records;
const MINUTE = 60_000;

let mock: MockServer;
let url: string;
beforeAll(async () => {
  mock = await createMockServer({ clock: NOW, randomSeed: 1, seed: 'empty' });
  url = await mock.listen();
});
afterAll(() => mock.close());

/** A job of a scenario, in a sandbox of its own, over a real connection. */
class Story {
  readonly #name: string;
  readonly #headers: Record<string, string>;
  #id = 0;

  constructor(
    private readonly scenario: string,
    what: string,
  ) {
    this.#name = `${scenario}-${what}`;
    this.#headers = { ...credentials({ name: this.#name }), 'Content-Type': 'application/json' };
  }

  async create(): Promise<this> {
    const answer = await fetch(`${url}${BASE}/export/jobs`, {
      method: 'POST',
      headers: { ...this.#headers, Prefer: `scenario=${this.scenario}` },
      body: JSON.stringify(SMALLEST_REQUEST),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBe(`scenario=${this.scenario}`);
    const job = (await answer.json()) as ExportJob;
    expect(job.status).toBe('NEW');
    this.#id = job.id;
    return this;
  }

  /** The job that long after its creation; undefined when it is gone. */
  async at(milliseconds: number): Promise<ExportJob | undefined> {
    mock.sandbox({ name: this.#name }).clock.set(Date.parse(NOW) + milliseconds);
    const answer = await fetch(`${url}${BASE}/export/jobs/${this.#id}`, { headers: this.#headers });
    expect([200, 404]).toContain(answer.status);
    return answer.status === 404 ? undefined : ((await answer.json()) as ExportJob);
  }

  async statuses(...moments: number[]): Promise<string[]> {
    const statuses: string[] = [];
    for (const moment of moments) statuses.push((await this.at(moment))?.status ?? 'gone');
    return statuses;
  }

  async cancel(milliseconds: number): Promise<void> {
    await this.at(milliseconds);
    const init = { method: 'DELETE', headers: this.#headers };
    expect((await fetch(`${url}${BASE}/export/jobs/${this.#id}`, init)).status).toBe(204);
  }
}

const LIVES: [scenario: string, newMs: number, processingMs: number | null, end: string, shown: object][] = [
  ['succeeds', 2000, 5000, 'SUCCEEDED', { metrics: { totalExportedProfileCounter: 20 } }],
  ['fails', 2000, 5000, 'FAILED', { errors: FAILED?.errors }],
  ['slow', 30_000, 2 * MINUTE, 'SUCCEEDED', {}],
  ['realistic', MINUTE, 446_000, 'SUCCEEDED', { metrics: { totalTime: { totalTimeInMs: 506_000 } } }],
  ['stuck', 2000, null, 'PROCESSING', {}],
  [
    'succeeds-with-errors',
    2000,
    5000,
    'SUCCEEDED',
    {
      errors: WITH_ERRORS?.errors,
      metrics: { exportedProfileByNamespaceCounter: { namespace1: 10, namespace2: 5 } },
    },
  ],
  ['cancel-fails', 2000, MINUTE, 'SUCCEEDED', {}],
  ['cancel-too-late', 2000, 5000, 'SUCCEEDED', {}],
];

test('each scenario of the package is told of here', () => {
  const files = readdirSync(join(packageRoot, 'fixtures/scenarios')).map((file) => parse(file).name);
  expect(LIVES.map(([name]) => name).sort()).toEqual(files.sort());
});

describe('a job whose creation prefers a scenario', () => {
  test.each(LIVES)('lives by it: %s', async (scenario, newMs, processingMs, end, shown) => {
    const story = await new Story(scenario, 'lives').create();
    const endsAt = newMs + (processingMs ?? 1e10);
    expect(await story.statuses(0, newMs - 1, newMs, endsAt - 1, endsAt, 1e10)).toEqual([
      ...['NEW', 'NEW', 'PROCESSING', 'PROCESSING', end, end],
    ]);
    const last = await story.at(endsAt);
    expect(last).toMatchObject(shown);
    if (!('errors' in shown)) expect(last).not.toHaveProperty('errors');
  });

  test.each([
    ['succeeds', ['NEW', 'gone', 'gone']],
    ['fails', ['NEW', 'gone', 'gone']],
    ['slow', ['NEW', 'gone', 'gone']],
    ['realistic', ['NEW', 'gone', 'gone']],
    ['stuck', ['NEW', 'gone', 'gone']],
    ['succeeds-with-errors', ['NEW', 'gone', 'gone']],
    ['cancel-fails', ['NEW', 'FAILED', 'FAILED']],
    ['cancel-too-late', ['NEW', 'NEW', 'SUCCEEDED']],
  ])('and is cancelled when it is NEW, does as it says: %s', async (scenario, expected) => {
    const story = await new Story(scenario, 'new').create();
    await story.cancel(100);
    expect(await story.statuses(1099, 1100, 1e10)).toEqual(expected);
  });

  test.each([
    ['stuck', ['PROCESSING', 'gone', 'gone']],
    ['cancel-fails', ['PROCESSING', 'FAILED', 'FAILED']],
    ['cancel-too-late', ['PROCESSING', 'PROCESSING', 'SUCCEEDED']],
  ])('and is cancelled when it is PROCESSING, too: %s', async (scenario, expected) => {
    const story = await new Story(scenario, 'processing').create();
    await story.cancel(2500);
    await story.cancel(2600);
    expect(await story.statuses(3499, 3500, 1e10)).toEqual(expected);
  });

  test('and failed by being cancelled, says so, and can then be deleted', async () => {
    const story = await new Story('cancel-fails', 'said').create();
    await story.cancel(0);
    expect(await story.at(1000)).toMatchObject({ status: 'FAILED', errors: [{ code: 'cancelled' }] });
    await story.cancel(2000);
    expect(await story.statuses(2000)).toEqual(['gone']);
  });
});

describe('the scenario of a created job', () => {
  const DATASET = '00000000000000000000fa11';
  const SEGMENT = '00000000-0000-4000-8000-0000057a11ed';
  const request = (datasetId: string, ...segmentIds: string[]) => ({
    ...SMALLEST_REQUEST,
    destination: { datasetId },
    filter: { segments: segmentIds.map((segmentId) => ({ segmentId })) },
  });

  async function endOf({ mock, post, get }: Caller, body: object, headers = {}): Promise<string> {
    const { id } = (await post(body, headers)).body as { id: number };
    mock.sandbox().clock.advance(MINUTE);
    return (await get(`/export/jobs/${id}`)).body.status as string;
  }

  test.each<[what: string, options: MockServerOptions, body: object, headers: object, end: string]>([
    ['the default', {}, request('d', 's'), {}, 'SUCCEEDED'],
    ['the default that is named', { scenario: 'fails' }, request('d', 's'), {}, 'FAILED'],
    ['the dataset’s', {}, request(DATASET), {}, 'FAILED'],
    ['the segment’s', {}, request('d', 's', SEGMENT), {}, 'PROCESSING'],
    ['the dataset’s before the segment’s', {}, request(DATASET, SEGMENT), {}, 'FAILED'],
    ['the dataset’s before the default', { scenario: 'stuck' }, request(DATASET), {}, 'FAILED'],
    [
      'the preferred one before all',
      { scenario: 'stuck' },
      request(DATASET, SEGMENT),
      { Prefer: 'scenario=succeeds' },
      'SUCCEEDED',
    ],
  ])('is %s', async (_what, options, body, headers, end) => {
    expect(await endOf(await startMock(options), body, headers)).toBe(end);
  });

  test('is a rule’s before the default, and after what the call itself says', async () => {
    const caller = await startMock();
    const rule = caller.mock.sandbox().use('cancel-fails', { times: 1 });
    const applied = () =>
      caller.mock
        .sandbox()
        .rules.list()
        .find(({ id }) => id === rule.id)?.applied;
    expect(await endOf(caller, request(DATASET))).toBe('FAILED');
    expect(await endOf(caller, SMALLEST_REQUEST, { Prefer: 'scenario=stuck' })).toBe('PROCESSING');
    expect(applied()).toBe(0);
    expect(await endOf(caller, SMALLEST_REQUEST)).toBe('PROCESSING');
    expect(applied()).toBe(1);
    expect(await endOf(caller, SMALLEST_REQUEST)).toBe('SUCCEEDED');
  });

  test('can be a user’s own', async () => {
    const scenarios = join(packageRoot, 'test/support/scenarios');
    const caller = await startMock({ scenarios });
    expect(await endOf(caller, SMALLEST_REQUEST, { Prefer: 'scenario=of-a-user' })).toBe('FAILED');
    expect(await endOf(caller, request('dataset-of-a-user'))).toBe('FAILED');
  });
});

describe('Prefer: scenario=', () => {
  const known =
    /^one of cancel-fails, cancel-too-late, fails, realistic, slow, stuck, succeeds, succeeds-with-errors$/;

  test.each(['scenario=none', 'scenario', 'scenario=', 'scenario=__proto__', 'scenario=Fails'])(
    'with a name that there is not is refused with those that there are: %s',
    async (prefer) => {
      const { post, get } = await startMock({ seed: 'empty' });
      const answer = await post(SMALLEST_REQUEST, { Prefer: prefer });
      expect(answer.status).toBe(400);
      expect(answer.body.errors['400']).toEqual([
        expect.objectContaining({ pointer: '/headers/prefer', allowed: expect.stringMatching(known) }),
      ]);
      expect((await get('/export/jobs')).body.records).toEqual([]);
    },
  );

  test.each(['get', 'delete'] as const)('is refused with what creates nothing: %s', async (method) => {
    const caller = await startMock();
    const answer = await caller[method]('/export/jobs/100', { Prefer: 'scenario=fails' });
    expect(answer.status).toBe(400);
    expect(answer.body.errors['400']).toEqual([
      expect.objectContaining({
        pointer: '/headers/prefer',
        sent: 'scenario=fails',
        allowed: 'only with createExportJob',
      }),
    ]);
    expect((await caller.get('/export/jobs/100')).status).toBe(200);
  });

  test.each([
    ['scenario=fails', 200, 'scenario=fails'],
    ['SCENARIO="fails", wait=5', 200, 'scenario=fails'],
    ['scenario=fails, code=200, delay=0', 200, 'code=200, delay=0, scenario=fails'],
    ['scenario=fails, code=503', 503, 'code=503'],
    ['scenario=fails, example=export-job-created', 200, 'example=export-job-created'],
  ])('is said to be applied when it was: %s', async (prefer, status, applied) => {
    const { post } = await startMock();
    const answer = await post(SMALLEST_REQUEST, { Prefer: prefer });
    expect(answer.status).toBe(status);
    expect(answer.headers['preference-applied']).toBe(applied);
  });

  test('does not hide what else is wrong with the call', async () => {
    const { post } = await startMock();
    const answer = await post({ schema: { name: 's' } }, { Prefer: 'scenario=none' });
    const pointers = answer.body.errors['400'].map(({ pointer }: { pointer: string }) => pointer) as string[];
    expect(pointers).toEqual(['/body/destination', '/headers/prefer']);
  });
});
