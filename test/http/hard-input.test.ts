import express from 'express';
import { beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { createMockServer } from '../../server/mock-server.js';
import { BASE, credentials, SMALLEST_REQUEST, startMock, type Caller } from '../support/mock.js';

let caller: Caller;

beforeAll(async () => {
  caller = await startMock({ seed: 'empty' });
});

function postText(text: string) {
  return request(caller.mock.app)
    .post(`${BASE}/export/jobs`)
    .set({ ...credentials(), 'Content-Type': 'application/json' })
    .send(text);
}

describe('a value nested ten thousand levels deep is refused where it stands', () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  test.each([
    ['the body', deep, '/body'],
    [
      'a property',
      `{"destination":{"datasetId":${deep}},"schema":{"name":"s"}}`,
      '/body/destination/datasetId',
    ],
    ['an unknown property', `{"destination":{"datasetId":"d"},"schema":{"name":"s"},"x":${deep}}`, '/body/x'],
  ])('%s', async (_case, text, pointer) => {
    const answer = await postText(text);
    expect(answer.status).toBe(400);
    expect(answer.body.errors['400'][0].pointer).toBe(pointer);
  });
});

test.each(['9'.repeat(309), `-${'9'.repeat(309)}`])(
  'a limit too long for a number is refused',
  async (limit) => {
    const answer = await caller.get(`/export/jobs?limit=${limit}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors['400'][0].pointer).toBe('/query/limit');
  },
);

test('an id too long for a number names no job', async () => {
  const answer = await caller.get(`/export/jobs/${'9'.repeat(309)}`);
  expect(answer.status).toBe(404);
  expect(answer.body.errors['404'][0].sent).toMatch(/^9{200}…$/);
});

test('a large body with very much wrong is told the first of it, and takes no more time than a right one', async () => {
  const segments = Array.from({ length: 100_000 }, () => ({}));
  const started = process.cpuUsage();
  const answer = await caller.post({ ...SMALLEST_REQUEST, filter: { segments } });
  const { user, system } = process.cpuUsage(started);
  expect(answer.status).toBe(400);
  expect(answer.body.errors['400']).toHaveLength(1);
  expect(answer.body.errors['400'][0].pointer).toBe('/body/filter/segments/0/segmentId');
  // To tell all of it took most of a minute.
  expect((user + system) / 1e6).toBeLessThan(5);
});

describe('mounted in another app, below a path and behind its parser', () => {
  test('requests are held to the contract as ever', async () => {
    const mock = await createMockServer({ seed: 'empty' });
    const outer = express();
    outer.use('/mock', express.json(), mock.app as express.RequestHandler);
    const call = (body: object) =>
      request(outer).post(`/mock${BASE}/export/jobs`).set(credentials()).send(body);

    expect((await call({ wrong: 1 })).status).toBe(400);
    const created = await call(SMALLEST_REQUEST);
    expect(created.status).toBe(200);
    expect(created.body.destination.segmentPerBatch).toBe(false);
    const listed = await request(outer).get(`/mock${BASE}/export/jobs?limit=0`).set(credentials());
    expect(listed.status).toBe(400);
    expect(mock.health().contractViolations).toBe(0);
  });
});
