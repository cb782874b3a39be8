import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import request from 'supertest';
import type { App } from '../../server/http/app.js';
import { BASE, credentials, SMALLEST_REQUEST, startMock } from '../support/mock.js';

test('Express finds a message as it would make it, and changes no prototype', async () => {
  const { mock } = await startMock();
  const app = mock.app as App;
  const changed: boolean[] = [];
  let isOfApp = false;
  const server = createServer(app.messageClasses, (req, res) => {
    const before = [req, res].map((message: object) => Object.getPrototypeOf(message) as object);
    app(req, res);
    changed.push(...[req, res].map((message, index) => Object.getPrototypeOf(message) !== before[index]));
    const { app: express } = req as unknown as { app: { request: object; response: object } };
    isOfApp = express.request === before[0] && express.response === before[1];
  });
  const response = await request(server).get(`${BASE}/export/jobs?limit=1`).set(credentials());
  expect(response.body).toMatchObject({ records: [{ id: 11037 }], page: { pageSize: 1 } });
  expect(isOfApp).toBe(true);
  expect(changed).toEqual([false, false]);
});

test('the validator sees one content type, whatever was sent, as it keeps what it compiles for each', async () => {
  const seen: unknown[] = [];
  const { post, get } = await startMock({
    operations: {
      createExportJob:
        () =>
        ({ headers }) => {
          seen.push((headers as Record<string, unknown>)['content-type']);
          throw new Error('seen');
        },
      listExportJobs:
        () =>
        ({ headers }) => {
          seen.push((headers as Record<string, unknown>)['content-type']);
          throw new Error('seen');
        },
    },
  });
  await post(SMALLEST_REQUEST, { 'Content-Type': 'application/json; a=1' });
  await get('/export/jobs', { 'Content-Type': 'text/x-2' });
  expect(seen).toEqual(['application/json', undefined]);
});

test('no response names what the server is made of', async () => {
  const { get } = await startMock();
  expect((await get('/export/jobs')).headers).not.toHaveProperty('x-powered-by');
});

test('a base path in other letters is none', async () => {
  const { mock } = await startMock();
  expect((await request(mock.app).get(`${BASE.toUpperCase()}/export/jobs`).set(credentials())).status).toBe(
    404,
  );
});
