import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { BASE, credentials, SMALLEST_REQUEST, startMock, type Caller } from '../support/mock.js';
import { example } from '../support/examples.js';

let caller: Caller;
const json = JSON.stringify(SMALLEST_REQUEST);

beforeAll(async () => {
  caller = await startMock({ seed: 'empty' });
});

function post(body: string | Buffer | undefined, headers: Record<string, string> = {}) {
  const call = request(caller.mock.app).post(`${BASE}/export/jobs`).set(credentials());
  // superagent would write a Buffer of JSON as the JSON of a Buffer.
  for (const [name, value] of Object.entries(headers)) call.set(name, value);
  call.serialize((value: unknown) => value as string);
  return call.send(body);
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('a content type that is not usable is refused with the documented body', () => {
  test.each([
    ['another one', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['another kind of JSON', 'application/problem+json'],
    ['one that only begins alike', 'application/jsonp'],
    ['nonsense', 'nonsense'],
  ])('%s', async (_case, type) => {
    const answer = await post(json, { 'Content-Type': type });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(example('content-type-missing'));
  });

  test('none', async () => {
    const answer = await request(caller.mock.app).post(`${BASE}/export/jobs`).set(credentials());
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(example('content-type-missing'));
  });
});

test.each([
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset=UTF-8',
])('the content type %s is taken', async (type) => {
  expect((await post(json, { 'Content-Type': type })).status).toBe(200);
});

test.each([
  ['gzip', gzipSync(json)],
  ['identity', Buffer.from(json)],
])('the content encoding %s is taken', async (encoding, bytes) => {
  expect((await post(bytes, { ...JSON_TYPE, 'Content-Encoding': encoding })).status).toBe(200);
});

describe('a body that can not be read is refused, and nothing is created', () => {
  test.each([
    ['malformed JSON', '{"destination":', {}, 400, 'body-not-json'],
    [
      'what is not UTF-8',
      Buffer.from(json.replace('dataset"', 'data\xffset"'), 'latin1'),
      {},
      400,
      'body-not-json',
    ],
    ['an empty body', '', {}, 400, 'body-missing'],
    [
      'an unknown charset',
      json,
      { 'Content-Type': 'application/json; charset=latin1' },
      415,
      'media-type-not-supported',
    ],
    ['an unknown encoding', json, { 'Content-Encoding': 'rot13' }, 415, 'media-type-not-supported'],
    ['what is not gzip', json, { 'Content-Encoding': 'gzip' }, 400, 'body-cut-short'],
    ['gzip cut short', gzipSync(json).subarray(0, 20), { 'Content-Encoding': 'gzip' }, 400, 'body-cut-short'],
    ['more than 1 MiB', ' '.repeat(1024 * 1024 - json.length + 1) + json, {}, 413, 'body-too-large'],
    [
      'more than 1 MiB, compressed',
      gzipSync(' '.repeat(1024 * 1024) + json),
      { 'Content-Encoding': 'gzip' },
      413,
      'body-too-large',
    ],
    ['a string', '"text"', {}, 400, 'contract-violated'],
    ['null', 'null', {}, 400, 'contract-violated'],
    ['an array', '[]', {}, 400, 'contract-violated'],
  ])('%s', async (_case, body, headers, status, kind) => {
    const answer = await post(body, { ...JSON_TYPE, ...(headers as Record<string, string>) });
    expect(answer.status).toBe(status);
    expect(answer.body.type).toBe(`urn:aep-export-jobs-mock:error:${kind}`);
    const [entry] = answer.body.errors[String(status)];
    expect(entry.pointer).toMatch(/^\/(body|headers\/content-(type|encoding))$/);
    expect(entry.message).toMatch(/\w/);
    expect(caller.mock.health().contractViolations).toBe(0);
  });

  test('an empty body sent in chunks', async () => {
    const answer = await post('', { ...JSON_TYPE, 'Transfer-Encoding': 'chunked' });
    expect(answer.body.type).toBe('urn:aep-export-jobs-mock:error:body-missing');
  });
});

test('a body of 1 MiB is taken', async () => {
  expect((await post(' '.repeat(1024 * 1024 - json.length) + json, JSON_TYPE)).status).toBe(200);
});

test('a body where none is asked for is passed over', async () => {
  const answer = await caller.get('/export/jobs', { 'Content-Type': 'text/strange' }).send('whatever');
  expect(answer.status).toBe(200);
});

test('a large refused value is not repeated whole', async () => {
  const answer = await caller.post({ ...SMALLEST_REQUEST, fields: 1, extra: 'x'.repeat(5000) });
  const entries = answer.body.errors['400'] as { pointer: string; sent: string }[];
  expect(entries.map(({ pointer }) => pointer).sort()).toEqual(['/body/extra', '/body/fields']);
  expect(answer.text.length).toBeLessThan(2000);
});

test('a long unknown name is not repeated whole', async () => {
  const name = 'x'.repeat(5000);
  const inBody = await caller.post({ ...SMALLEST_REQUEST, [name]: 1 });
  const inQuery = await caller.get(`/export/jobs?${name}=1`);
  for (const { status, text } of [inBody, inQuery]) {
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(1500);
  }
});

test('no more than 50 violations are told', async () => {
  const segments = Array.from({ length: 1000 }, () => ({}));
  const answer = await caller.post({ ...SMALLEST_REQUEST, filter: { segments } });
  expect(answer.body.errors['400']).toHaveLength(50);
});
