import { expect, test } from '@jest/globals';
import type { Contract } from '../../contract/contract.js';
import { Routes } from '../../server/pipeline/routes.js';
import { createApi } from '../support/pipelines.js';

const contract = { file: 'f', basePath: '/api/v1', operations: [] } as unknown as Contract;
const inSandbox = { preferences: {}, resources: {}, createNotFound: () => new Error() as never };
const routes = new Routes([createApi(contract, { inSandbox })]);

function read(text: string) {
  const { sent, path, query, address } = routes.readTarget(text);
  return { sent, url: path + query, address };
}

test.each([
  ['/api/v1/jobs?limit=1', '/api/v1/jobs?limit=1'],
  ['http://example.org/api/v1/jobs', '/api/v1/jobs'],
  ['HTTPS://example.org?x=1', '/?x=1'],
  ['*', '/*'],
  ['ftp://example.org/a', '/ftp://example.org/a'],
  ['/a#b', '/a%23b'],
])('a target of any form is read as path and query: %s', (target, url) => {
  expect(read(target)).toEqual({ sent: url, url, address: undefined });
});

test('a path that cannot be decoded is taken as it is written, and reported as it was sent', () => {
  expect(read('/api/%zz?x=%zz')).toMatchObject({ sent: '/api/%zz?x=%zz', url: '/api/%25zz?x=%zz' });
});

test.each([
  [
    '/as/o%40x/dev/api/v1/jobs?limit=1',
    '/api/v1/jobs?limit=1',
    { org: 'o@x', name: 'dev', path: '/as/o%40x/dev' },
  ],
  ['http://example.org/as/o/dev/api/v1', '/api/v1', { org: 'o', name: 'dev', path: '/as/o/dev' }],
  ['/as/o/dev/api/v1/%zz', '/api/v1/%25zz', { org: 'o', name: 'dev', path: '/as/o/dev' }],
])('the address of a sandbox is taken off, and kept: %s', (target, url, address) => {
  const sent = target.replace('http://example.org', '');
  expect(read(target)).toEqual({ sent, url, address });
});

test.each(['/as/o/dev/api/v2', '/as/o/dev?/api/v1', '/as/o/%zz/api/v1', '/as//dev/api/v1'])(
  'what is none is left as it is: %s',
  (target) => {
    expect(read(target)).toMatchObject({ sent: target, address: undefined });
  },
);

test('a secret that somebody put into the query is not repeated', () => {
  const { sent, url } = read('/ims/token/v3?client_id=a&client_secret=hunter2&x=1&ACCESS_TOKEN=eyJ');
  expect(sent).toBe('/ims/token/v3?client_id=a&client_secret=…&x=1&ACCESS_TOKEN=…');
  expect(url).toContain('hunter2');
});
