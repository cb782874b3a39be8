import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from '../../support/property.js';
import { Clock } from '../../../server/sandbox/clock.js';
import { takePage } from '../../../server/apis/segmentation/paging.js';
import { seededRandom } from '../../../server/sandbox/random.js';
import { operations } from '../../../server/apis/segmentation/api.js';
import type { OperationResponse, Services } from '../../../server/apis/segmentation/operation.js';
import type { ExportJob, StoredJob } from '../../../server/apis/segmentation/stored-job.js';
import { example } from '../../support/examples.js';
import { completeRequest, CREATED_AT, jobScenario, staticJob } from '../../support/job-facts.js';
import { callerOf, SMALLEST_REQUEST, startMock, type Caller } from '../../support/mock.js';
import { createMemoryStore, jobsIn } from '../../support/sandbox-stores.js';

type Page = OperationResponse<'listExportJobs'>['body'];

/** A mock in which jobs are created and cancelled, and time passes, while somebody walks through its pages. */
interface World {
  /** The ids of all jobs that there ever were. */
  ids: number[];
  create: () => Promise<number>;
  /** A job that is gone already is as good as one that is cancelled. */
  cancel: (id: number) => Promise<unknown>;
  turnClock: (milliseconds: number) => void;
  /** The page at a path below the base path. */
  list: (path: string) => Page | Promise<Page>;
}

type Step = 'create' | { cancel: number } | { turnClock: number };

interface Walk {
  before: Step[];
  /** What happens after the first page, after the second, and so on. */
  between: Step[][];
  limit: number;
  status: string | undefined;
}

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant('create' as const) },
  { weight: 2, arbitrary: fc.record({ cancel: fc.nat() }) },
  // Jobs of these worlds are NEW for 2 ms and PROCESSING for 2 ms, and are gone a second after they were cancelled.
  { weight: 3, arbitrary: fc.record({ turnClock: fc.constantFrom(0, 1, 2, 3, -1, -3, 1000) }) },
);

const walks = (most: number): fc.Arbitrary<Walk> =>
  fc.record({
    before: fc.array(steps, { maxLength: most }),
    between: fc.array(fc.array(steps, { maxLength: 3 }), { maxLength: most }),
    limit: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(most)),
    status: fc.constantFrom(undefined, undefined, 'NEW', 'SUCCEEDED', 'FAILED'),
  });

async function take(step: Step, world: World): Promise<void> {
  if (step === 'create') world.ids.push(await world.create());
  else if ('turnClock' in step) world.turnClock(step.turnClock);
  else await world.cancel(world.ids[step.cancel % world.ids.length] ?? 1);
}

/**
 * Walks from the first page to the last by `link.next` as it stands. Whoever had the status throughout (or existed, if
 * none is asked for) must be met once, in the list's order.
 */
async function expectAllToBeMet({ before, between, limit, status }: Walk, world: World): Promise<void> {
  const whole = status === undefined ? '/export/jobs' : `/export/jobs?status=${status}`;
  for (const step of before) await take(step, world);
  let throughout = idsOf(await world.list(whole));

  const met: ExportJob[] = [];
  let next = `${whole}${status === undefined ? '?' : '&'}limit=${limit}`;
  for (let turn = 0; next !== ''; turn++) {
    // A walk that goes in circles would never end.
    expect(turn).toBeLessThanOrEqual(world.ids.length);
    const page = await world.list(next);
    expectPage(page, { limit, status });
    met.push(...page.records);
    next = page.link.next;
    for (const step of next === '' ? [] : (between[turn] ?? [])) {
      await take(step, world);
      const still = new Set(idsOf(await world.list(whole)));
      throughout = throughout.filter((id) => still.has(id));
    }
  }

  expect(met.slice(1).filter((job, index) => !comesAfter(job, met[index]))).toEqual([]);
  const expected = new Set(throughout);
  expect(met.map(({ id }) => id).filter((id) => expected.has(id))).toEqual(throughout);
}

function expectPage({ records, page, link }: Page, { limit, status }: Pick<Walk, 'limit' | 'status'>): void {
  const last = records.at(-1);
  const cursor = last ? `${last.creationTime}_${last.id}` : '';
  expect(page).toEqual({ sortField: 'createdTime', sort: 'desc', pageOffset: cursor, pageSize: limit });
  if (status !== undefined) expect(records.filter((job) => job.status !== status)).toEqual([]);
  if (link.next === '') expect(records.length).toBeLessThanOrEqual(limit);
  else {
    expect(records).toHaveLength(limit);
    const kept = status === undefined ? '' : `&status=${status}`;
    expect(link.next).toBe(`/export/jobs/?limit=${limit}&offset=${cursor}${kept}`);
  }
}

const idsOf = ({ records }: Page) => records.map(({ id }) => id);
const comesAfter = (job: ExportJob, before: ExportJob | undefined) =>
  before !== undefined &&
  (job.creationTime < before.creationTime ||
    (job.creationTime === before.creationTime && job.id < before.id));

const createJobs = (...jobs: StoredJob[]) => jobsIn(createMemoryStore(() => jobs));

/** The operations by themselves, on a store in memory. Every other job fails. */
function worldOfOperations(): World {
  const failing = { status: 'FAILED' as const, errors: [{ code: 'c', msg: 'm', callStack: '' }] };
  const scenarios = [{}, { outcome: failing }].map((parts) =>
    jobScenario({ newMs: 2, processingMs: 2, ...parts }),
  );
  const clock = new Clock(CREATED_AT);
  const jobs = createJobs(staticJob({ id: 5 }), staticJob({ id: 3 }));
  const ids = [5, 3];
  const services = (): Services => ({
    ...{ org: 'organisation', clock, jobs, random: seededRandom('walk') },
    selectScenario: () => ({ scenario: scenarios[ids.length % 2] ?? jobScenario() }),
  });
  const request = {
    path: {},
    query: {},
    headers: {},
    body: undefined,
    basePath: '',
    requestId: 'request',
    preferred: {},
  };
  return {
    ids,
    create: async () => {
      const response = await operations.createExportJob(services())({ ...request, body: completeRequest() });
      return response.body.id;
    },
    cancel: async (exportJobId) => {
      if (!(await isThere(exportJobId))) return;
      await operations.cancelExportJob(services())({ ...request, path: { exportJobId } });
    },
    turnClock: (milliseconds) => clock.advance(milliseconds),
    list,
  };

  async function list(path: string): Promise<Page> {
    const { limit, ...query } = Object.fromEntries(new URL(path, 'http://localhost').searchParams);
    const asked = { ...query, ...(limit !== undefined && { limit: Number(limit) }) };
    return (await operations.listExportJobs(services())({ ...request, query: asked })).body;
  }

  async function isThere(id: number): Promise<boolean> {
    return idsOf(await list('/export/jobs')).includes(id);
  }
}

/** A sandbox of its own in a mock, with the documented seed. */
async function worldOverHttp({ mock }: Caller, name: string): Promise<World> {
  const caller = callerOf(mock, { name });
  const list = async (path: string) => {
    const { status, body } = await caller.get(path);
    expect(status).toBe(200);
    return body as Page;
  };
  return {
    ids: idsOf(await list('/export/jobs')),
    create: async () => (await caller.post(SMALLEST_REQUEST)).body.id as number,
    cancel: async (id) => expect([204, 404]).toContain((await caller.delete(`/export/jobs/${id}`)).status),
    turnClock: (milliseconds) => mock.sandbox({ name }).clock.advance(milliseconds),
    list,
  };
}

describe('whatever happens between two pages, following link.next meets every job that is there all the while, once and in order', () => {
  test('in the operations by themselves', async () => {
    await fc.assert(
      fc.asyncProperty(walks(20), (walk) => expectAllToBeMet(walk, worldOfOperations())),
      { numRuns: 500 },
    );
  });

  test('over HTTP', async () => {
    const caller = await startMock({ newMs: 2, processingMs: 2 });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(walks(10), async (walk) =>
        expectAllToBeMet(walk, await worldOverHttp(caller, `walk-${++runs}`)),
      ),
      { numRuns: 30 },
    );
    expect(caller.mock.health().contractViolations).toBe(0);
  });
});

describe('a page', () => {
  const job = (id: number) => ({ ...example<ExportJob>('export-job-retrieved'), id });

  test('reads one job more than it shows, and none beyond', () => {
    let read = 0;
    function* jobs() {
      for (let id = 10; id > 0; id--) {
        read++;
        yield job(id);
      }
    }
    expect(takePage(jobs(), { limit: 3 }).records).toHaveLength(3);
    expect(read).toBe(4);
  });

  test('orders by creation time, then by id, both descending', () => {
    const at = (creationTime: number, id: number) => staticJob({ creationTime, id });
    const jobs = createJobs(at(1, 5), at(2, 1), at(1, 7), at(10, 2), at(1, 6));
    expect([...jobs.newestFirst()].map(({ id }) => id)).toEqual([2, 1, 7, 6, 5]);
  });
});

describe('the list', () => {
  let caller: Caller;
  /** Ten jobs: the first two SUCCEEDED, the others NEW; the last four were created in the same millisecond. */
  beforeAll(async () => {
    caller = await startMock({ seed: 'empty', newMs: 1000, processingMs: 1000 });
    const { clock } = caller.mock.sandbox();
    for (let id = 1; id <= 10; id++) {
      await caller.post(SMALLEST_REQUEST);
      if (id === 2) clock.advance(60_000);
      else if (id < 7) clock.advance(1);
    }
  });

  const listed = async (path: string, from = caller) => (await from.get(path)).body as Page;

  /** A page and all that follow it; of more than there can be, the first. */
  async function pagesFrom(path: string): Promise<Page[]> {
    const pages: Page[] = [];
    for (let next = path; next && pages.length <= 10; next = pages.at(-1)?.link.next ?? '') {
      pages.push(await listed(next));
    }
    return pages;
  }

  /** A mock with three jobs of one millisecond and a fourth that is newer, for tests that change something. */
  async function withFourJobs() {
    const fresh = await startMock({ seed: 'empty' });
    const { clock } = fresh.mock.sandbox();
    for (let id = 1; id <= 3; id++) await fresh.post(SMALLEST_REQUEST);
    clock.advance(1);
    await fresh.post(SMALLEST_REQUEST);
    return { ...fresh, clock, list: (path: string) => listed(path, fresh) };
  }

  test('without a limit is the whole, in one page', async () => {
    const { records, page, link } = await listed('/export/jobs');
    expect(records.map(({ id }) => id)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(page).toMatchObject({ pageOffset: `${records.at(-1)?.creationTime}_1`, pageSize: 10 });
    expect(link).toEqual({ next: '' });
  });

  test('without a limit is all that comes after an offset', async () => {
    const [{ creationTime } = { creationTime: 0 }] = (await listed('/export/jobs')).records;
    const { records, page, link } = await listed(`/export/jobs?offset=${creationTime}_9`);
    expect(records.map(({ id }) => id)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect([page.pageSize, link.next]).toEqual([8, '']);
  });

  test.each([
    ['as many as there are', 10],
    ['more than there are', 11],
    ['the most that can be asked for', Number.MAX_SAFE_INTEGER],
  ])('with a limit of %s is one page, and the last', async (_what, limit) => {
    const { records, page, link } = await listed(`/export/jobs?limit=${limit}`);
    expect(records).toHaveLength(10);
    expect([page.pageSize, link.next]).toEqual([limit, '']);
  });

  test('with a limit leads on to the rest, and says which page is the last', async () => {
    const pages = await pagesFrom('/export/jobs?limit=4');
    expect(pages.map(({ records }) => records.map(({ id }) => id))).toEqual([
      [10, 9, 8, 7],
      [6, 5, 4, 3],
      [2, 1],
    ]);
    expect(pages.map(({ page }) => page.pageSize)).toEqual([4, 4, 4]);
    expect(pages.at(-1)?.link).toEqual({ next: '' });
  });

  test('says that a full page is the last when nothing follows', async () => {
    const first = await listed('/export/jobs?limit=5');
    const last = await listed(first.link.next);
    expect([first.records.length, last.records.length, last.link.next]).toEqual([5, 5, '']);
  });

  test.each([
    ['/export/jobs', 0],
    ['/export/jobs?limit=5', 5],
    ['/export/jobs?limit=5&status=FAILED', 5],
  ])('of no jobs is an empty page (%s)', async (path, pageSize) => {
    const none = callerOf(caller.mock, { name: 'another sandbox' });
    expect(await listed(path, none)).toEqual({
      records: [],
      page: { sortField: 'createdTime', sort: 'desc', pageOffset: '', pageSize },
      link: { next: '' },
    });
  });

  test('after its end is an empty page', async () => {
    const { page } = await listed('/export/jobs');
    for (const offset of [page.pageOffset, '0_0']) {
      expect(await listed(`/export/jobs?limit=3&offset=${offset}`)).toEqual({
        records: [],
        page: { sortField: 'createdTime', sort: 'desc', pageOffset: '', pageSize: 3 },
        link: { next: '' },
      });
    }
  });

  test.each([
    ['NEW', [10, 9, 8, 7, 6, 5, 4, 3]],
    ['SUCCEEDED', [2, 1]],
    ['FAILED', []],
  ])('by the status %s holds those that have it, whatever the limit', async (status, ids) => {
    for (const limit of [1, 2, 3, 8]) {
      const pages = await pagesFrom(`/export/jobs?limit=${limit}&status=${status}`);
      for (const { link } of pages.slice(0, -1)) expect(link.next).toContain(`&status=${status}`);
      expect(pages.flatMap(idsOf)).toEqual(ids);
    }
  });

  test('is by the status at the moment of the call', async () => {
    const { clock, list } = await withFourJobs();
    expect(idsOf(await list('/export/jobs?status=NEW'))).toEqual([4, 3, 2, 1]);
    clock.advance(1999);
    expect(idsOf(await list('/export/jobs?status=NEW'))).toEqual([4]);
    clock.advance(5001);
    expect(idsOf(await list('/export/jobs?status=NEW'))).toEqual([]);
    expect(idsOf(await list('/export/jobs?status=SUCCEEDED'))).toEqual([4, 3, 2, 1]);
  });

  test('shows PROCESSING jobs where no status is asked for', async () => {
    const { clock, list } = await withFourJobs();
    clock.advance(3000);
    const { records } = await list('/export/jobs?limit=2');
    expect(records.map(({ id, status }) => [id, status])).toEqual([
      [4, 'PROCESSING'],
      [3, 'PROCESSING'],
    ]);
  });

  test('goes on from a cursor whose job is gone', async () => {
    const { clock, list, delete: cancel } = await withFourJobs();
    const { link } = await list('/export/jobs?limit=2');
    clock.advance(60_000);
    await cancel('/export/jobs/3');
    expect(idsOf(await list('/export/jobs'))).toEqual([4, 2, 1]);
    expect(idsOf(await list(link.next))).toEqual([2, 1]);
  });

  test('goes on from a cursor whose job never was', async () => {
    const [{ creationTime } = { creationTime: 0 }] = (await listed('/export/jobs')).records;
    expect(idsOf(await listed(`/export/jobs?limit=2&offset=${creationTime}_77`))).toEqual([10, 9]);
    expect(idsOf(await listed('/export/jobs?limit=2&offset=9999999999999999_9999999999999999'))).toEqual([
      10, 9,
    ]);
  });

  test('does not lead on to jobs that are gone', async () => {
    const { clock, list, delete: cancel } = await withFourJobs();
    for (const id of [2, 1]) await cancel(`/export/jobs/${id}`);
    expect((await list('/export/jobs?limit=2')).link.next).not.toBe('');
    clock.advance(1000);
    expect((await list('/export/jobs?limit=2')).link.next).toBe('');
  });

  test('does not show a job on a later page that was created meanwhile', async () => {
    const { clock, list, post } = await withFourJobs();
    const { link } = await list('/export/jobs?limit=2');
    clock.advance(1);
    await post(SMALLEST_REQUEST);
    expect(idsOf(await list(link.next))).toEqual([2, 1]);
    expect(idsOf(await list('/export/jobs?limit=2'))).toEqual([5, 4]);
  });

  test('is the same with a slash at the end of its path', async () => {
    expect(await listed('/export/jobs/')).toEqual(await listed('/export/jobs'));
    expect(await listed('/export/jobs/?limit=3')).toEqual(await listed('/export/jobs?limit=3'));
  });

  test('of the documented seed begins with the documented jobs', async () => {
    const { link, records } = await listed('/export/jobs?limit=2', await startMock());
    expect(records.map(({ id }) => id)).toEqual([11037, 100]);
    expect(link.next).toBe('/export/jobs/?limit=2&offset=1538615973895_100');
  });

  describe('is rejected with the place', () => {
    // Values stand between bars; one of each is empty.
    const LIMIT =
      '0|-1|-0|0x10|1e1|1.5|1.0|+1|| 1|1 |01|1_000|1,2|[1]|abc|null|NaN|Infinity|１|9007199254740992|9007199254740993|99999999999999999999';
    const OFFSET =
      '|0|20|abc|1_|_1|1_2_3|-1_2|1_-2|01_2|1_02|1.5_2|1e3_2|0x1_2|+1_2| 1_2|1_2 |1_2\n|1-2|１_２|12345678901234567_1|1_2,3_4';
    const STATUS = 'PROCESSING|new|| NEW|NEW,FAILED|CANCELLED|ALL';

    test.each([
      ...LIMIT.split('|').map((value) => ['limit', value] as const),
      ...OFFSET.split('|').map((value) => ['offset', value] as const),
      ...STATUS.split('|').map((value) => ['status', value] as const),
    ])('when %s is %j', async (name, value) => {
      for (const path of ['/export/jobs', '/export/jobs/']) {
        const { status, body } = await caller.get(`${path}?${name}=${encodeURIComponent(value)}`);
        expect(status).toBe(400);
        const entries = body.errors['400'] as { pointer: string; allowed: string; sent: unknown }[];
        expect(entries.length).toBeGreaterThan(0);
        for (const entry of entries) {
          expect(entry.pointer).toBe(`/query/${name}`);
          expect(String(entry.sent)).toBe(value);
          expect(entry.allowed).toMatch(/\w/);
        }
      }
    });

    test.each([
      ['limit=1&limit=2', 'limit', ['1', '2']],
      ['limit=1&limit=1', 'limit', ['1', '1']],
      ['offset=1_1&offset=1_1&limit=1', 'offset', ['1_1', '1_1']],
      ['status=NEW&limit=1&status=FAILED', 'status', ['NEW', 'FAILED']],
      ['limit=1&%6Cimit=2', 'limit', ['1', '2']],
    ])('when a parameter is repeated: %s', async (query, name, sent) => {
      const { status, body } = await caller.get(`/export/jobs?${query}`);
      expect(status).toBe(400);
      expect(body.errors['400']).toEqual([
        {
          code: '400',
          message: `The query parameter '${name}' is repeated.`,
          pointer: `/query/${name}`,
          sent,
          allowed: 'one value',
        },
      ]);
    });

    test.each([
      ['limt=2', 'limt', 'limit'],
      ['Limit=2', 'Limit', 'limit'],
      ['offest=1_1&limit=2', 'offest', 'offset'],
      ['state=NEW', 'state', 'status'],
      ['page=2', 'page', undefined],
      ['sort=updateTime:asc', 'sort', undefined],
      ['limit[]=2', 'limit[]', 'limit'],
      ['properties=x', 'properties', undefined],
    ])('when a parameter is not known: %s', async (query, name, meant) => {
      const { status, body } = await caller.get(`/export/jobs?${query}`);
      expect(status).toBe(400);
      expect(body.errors['400']).toEqual([
        expect.objectContaining({
          message: `The query parameter '${name}' is not known.${meant ? ` Did you mean '${meant}'?` : ''}`,
          pointer: `/query/${name}`,
          allowed: 'one of limit, offset, status',
        }),
      ]);
    });

    test.each(['limit', 'offset', 'status'])('without repeating the whole of a long %s', async (name) => {
      const { body } = await caller.get(`/export/jobs?${name}=${'x'.repeat(5000)}`);
      for (const { sent } of body.errors['400'] as { sent: string }[]) {
        expect(sent).toMatch(/^x{200}…$/);
      }
    });

    test('of everything that is wrong, at once', async () => {
      const { body } = await caller.get('/export/jobs?limit=0&offset=x&status=PROCESSING&start=0');
      const pointers = (body.errors['400'] as { pointer: string }[]).map(({ pointer }) => pointer);
      expect(new Set(pointers)).toEqual(
        new Set(['/query/limit', '/query/offset', '/query/status', '/query/start']),
      );
    });
  });
});
