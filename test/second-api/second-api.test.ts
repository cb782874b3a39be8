import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { packageRoot } from '../../contract/package-root.js';
import { APIS, composeMockServer, type MockServer } from '../../server/mock-server.js';
import { resolveOptions } from '../../server/options.js';
import type { ApiDefinition } from '../../server/pipeline/api.js';
import { serviceError } from '../../server/platform/errors.js';

const CONTRACT = join(packageRoot, 'test/second-api/widgets.yaml');
const PATH = '/data/core/widgets/widgets';
const ORG = '1BD6382559DF0C130A49422D@AdobeOrg';
const HEADERS = {
  authorization: 'Bearer t',
  'x-api-key': 'k',
  'x-gw-ims-org-id': ORG,
  'x-sandbox-name': 'prod',
};

interface Widget {
  id: number;
  colour: string;
}

/** All that an api costs beside its contract, and one line where the mock is composed. */
const widgets: ApiDefinition = {
  getContractFile: () => CONTRACT,
  createCollections: () => [
    { name: 'widgets', getSortKey: ({ id }) => Number(id), findProblem: () => undefined },
  ],
  create: (contract) => ({
    contract,
    operations: {
      createWidget: (sandbox) => async (given) => {
        const body = given.body as Omit<Widget, 'id'>;
        return {
          status: 201,
          body: await sandbox.getCollection<Widget>('widgets').add((id) => ({ id, ...body })),
        };
      },
      getWidget: (sandbox) => (given) => {
        const { widgetId } = given.path as { widgetId: number };
        const widget = sandbox.getCollection<Widget>('widgets').get(widgetId);
        if (!widget) throw serviceError(404, 'widget-not-found', 'Widget not found', []);
        return { status: 200, body: widget };
      },
    },
  }),
};

let mock: MockServer;
let db: string;
const compose = () => composeMockServer(resolveOptions({ db }, []), [...APIS, widgets]);
const post = (body: object, headers: object = {}) =>
  request(mock.app)
    .post(PATH)
    .set({ ...HEADERS, ...headers })
    .send(body);
const get = (id: number | string) => request(mock.app).get(`${PATH}/${id}`).set(HEADERS);

beforeAll(async () => {
  db = await mkdtemp(join(tmpdir(), 'second-api-'));
  mock = await compose();
});

afterAll(async () => {
  await mock.close();
  await rm(db, { recursive: true });
});

describe('an api beside the export jobs', () => {
  test('has a gateway', async () => {
    const { status, body } = await request(mock.app).get(`${PATH}/1`);
    expect([status, body]).toEqual([403, { error_code: '403010', message: 'Oauth token is missing.' }]);
  });

  test('runs its operations on records of its own', async () => {
    const { status, body, headers } = await post({ colour: 'red' });
    expect([status, body]).toEqual([201, { id: 1, colour: 'red' }]);
    expect(headers['x-request-id']).toBeDefined();
    expect((await get(1)).body).toEqual({ id: 1, colour: 'red' });
    expect((await get(2)).status).toBe(404);
    expect((await request(mock.app).put(`${PATH}/1`).set(HEADERS)).status).toBe(405);
  });

  test('rejects requests that its contract does not allow', async () => {
    const { status, body } = await post({ colour: 'green', size: 1 });
    expect(status).toBe(400);
    const { errors } = body as { errors: Record<string, { pointer: string }[]> };
    expect(errors['400']?.map(({ pointer }) => pointer).sort()).toEqual(['/body/colour', '/body/size']);
    expect((await get('x')).status).toBe(404);
  });

  test('sends no response that its contract does not allow', async () => {
    const broken = {
      ...widgets,
      create: (...args: Parameters<typeof widgets.create>) => {
        const api = widgets.create(...args) as Awaited<ReturnType<typeof widgets.create>>;
        return {
          ...api,
          operations: { ...api.operations, getWidget: () => () => ({ status: 200, body: { id: 'one' } }) },
        };
      },
    };
    const other = await composeMockServer(resolveOptions({}, []), [...APIS, broken]);
    const { status, body } = await request(other.app).get(`${PATH}/1`).set(HEADERS);
    expect([status, (body as { type: string }).type]).toEqual([
      500,
      'urn:aep-export-jobs-mock:error:response-violates-contract',
    ]);
    await other.close();
  });

  test('meets faults, by rules and by Prefer', async () => {
    const rule = mock.sandbox().fault('unavailable', { operation: 'createWidget', times: 1 });
    expect((await post({ colour: 'red' })).status).toBe(503);
    expect((await post({ colour: 'red' })).status).toBe(201);
    expect((await post({ colour: 'red' }, { prefer: 'fault=unavailable' })).status).toBe(503);
    mock.sandbox().rules.remove(rule.id);
  });

  test('is in journal and coverage', async () => {
    mock.sandbox().clearJournal();
    await post({ colour: 'blue' });
    await post({ colour: 'green' });
    const { body } = await request(mock.app).get('/__admin/journal?operation=createWidget');
    const { entries } = body as { entries: { operation: string; violations: { pointer: string }[] }[] };
    expect(entries.map(({ operation, violations }) => [operation, violations.length])).toEqual([
      ['createWidget', 0],
      ['createWidget', 1],
    ]);
    const coverage = await request(mock.app).get('/__admin/coverage');
    const { operations } = coverage.body as { operations: { operationId: string }[] };
    expect(coverage.status).toBe(200);
    expect(operations.map(({ operationId }) => operationId)).toEqual([
      'listExportJobs',
      'createExportJob',
      'retrieveExportJob',
      'cancelExportJob',
      'createWidget',
      'getWidget',
    ]);
  });

  test('is in snapshots, exports and resets', async () => {
    const sandbox = mock.sandbox();
    const before = (await post({ colour: 'red' })).body as Widget;
    const { records } = sandbox.snapshot('before');
    expect(records['widgets']).toBe(before.id);
    await post({ colour: 'blue' });
    await sandbox.restore('before');
    expect((await get(before.id)).body).toEqual(before);
    expect((await get(before.id + 1)).status).toBe(404);

    const exported = await request(mock.app).get('/__admin/state');
    expect(exported.status).toBe(200);
    const reset = await request(mock.app)
      .post('/__admin/reset')
      .send({ only: ['widgets'] });
    expect(reset.status).toBe(204);
    expect((await get(before.id)).status).toBe(404);
    const imported = await request(mock.app)
      .put('/__admin/state')
      .send(exported.body as object);
    expect(imported.status).toBe(204);
    expect((await get(before.id)).body).toEqual(before);
    expect(sandbox.jobs.list().length).toBeGreaterThan(0);
  });

  test('is in what the control plane counts, and kept on disk', async () => {
    const { body } = await request(mock.app).get('/__admin/sandboxes');
    const [sandbox] = (body as { sandboxes: { records: Record<string, number> }[] }).sandboxes;
    expect(Object.keys(sandbox?.records ?? {})).toEqual(['jobs', 'widgets']);
    const created = (await post({ colour: 'blue' })).body as Widget;
    await mock.close();
    mock = await compose();
    expect((await get(created.id)).body).toEqual(created);
  });
});
