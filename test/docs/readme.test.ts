import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
/** The code blocks of a language in a text of Markdown. */
const blocks = (language: string, text = readme) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
const GOING_WRONG = '## See it go wrong';
const section = (heading: string) => readme.slice(readme.indexOf(heading)).split(/\n## /, 1)[0] ?? '';
const sh = async (script: string) => (await promisify(execFile)('sh', ['-c', script])).stdout;
/** The shell functions that the README defines for its calls. */
const functions = () =>
  [
    ...blocks('sh').filter((block) => block.includes('export AEP')),
    blocks('sh', section(GOING_WRONG))[0] ?? '',
  ]
    .join('\n')
    .replaceAll('http://127.0.0.1:4010', mock.url);

const RECIPES = ['a failed job', 'a stuck job', 'a rate limit', 'a lost answer', 'an expired token'];

let mock: MockServer;

beforeAll(async () => {
  mock = await createMockServer();
  await mock.listen();
});
beforeEach(() => mock.sandbox().reset());
afterAll(() => mock.close());

test('the calls of the README answer what it says', async () => {
  const script = blocks('sh')
    .filter((block) => block.includes('AEP') && !section(GOING_WRONG).includes(block))
    .join('\n')
    .replace('http://127.0.0.1:4010', mock.url)
    .replace('curl -sS', `curl -sS -o - -w '\\n=== %{http_code}\\n'`)
    .replaceAll(' -i', '');
  const { stdout } = await promisify(execFile)('sh', ['-ec', script]);
  const answers = [...stdout.matchAll(/([^]*?)\n=== (\d+)\n/g)].map(([, body = '', status]) => ({
    status: Number(status),
    body: body.trim() === '' ? undefined : (JSON.parse(body) as Record<string, any>),
  }));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204, 400, 200, 503]);

  const [list, created, refused] = blocks('json').map((block) => JSON.parse(block) as Record<string, any>);
  expect(answers[0]?.body).toMatchObject({ page: list?.['page'], link: list?.['link'] });
  expect(Object.keys(answers[1]?.body ?? {})).toEqual(Object.keys(created ?? {}));
  expect(answers[1]?.body).toMatchObject({ id: 11038, status: 'NEW', filter: created?.['filter'] });
  expect(answers[4]?.body).toEqual({ ...refused, requestId: expect.any(String) });
});

describe('what the README shows to go wrong does', () => {
  const recipes = blocks('sh', section(GOING_WRONG)).slice(1);

  test.each([
    ['a failed job', /"status":"FAILED".*"code":"0090000009".*\n?$/],
    ['a stuck job', /"records":\[\{"id":11038,.*"status":"PROCESSING"/],
    ['a rate limit', /(200\n){5}429\n$/],
    ['a lost answer', /"records":\[\{"id":11038,/],
    ['an expired token', /HTTP\/1.1 401 [^]*"error_code":"401013"[^]*HTTP\/1.1 200 /],
  ])('%s', async (name, shown) => {
    const recipe = recipes[RECIPES.indexOf(name)] ?? '';
    expect(recipe.trim().split('\n').length).toBeLessThanOrEqual(5);
    expect(await sh(`${functions()}\n${recipe}`)).toMatch(shown);
  });
});

describe('the calls of the documentation', () => {
  test.each(['control-plane.md', 'scenarios-and-faults.md'])(
    'are answered with success: %s',
    async (file) => {
      const text = readFileSync(join(packageRoot, 'docs', file), 'utf8');
      const script = blocks('sh', text).join('\n').replaceAll('http://127.0.0.1:4010', mock.url);
      const answers = await sh(script.replaceAll('curl -sS', `curl -sS -o /dev/null -w '%{http_code}\\n'`));
      expect(answers.trim().split('\n')).toEqual(expect.arrayContaining([expect.stringMatching(/^20[01]$/)]));
      expect(answers).not.toMatch(/^[^2]/m);
    },
  );
});

test('every flag of the README is one that --help tells, and the other way about', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(packageRoot, 'dist/cli/main.js'),
    '--help',
  ]);
  const flags = (text: string) => new Set([...text.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag));
  const table = readme.slice(readme.indexOf('## Flags'), readme.indexOf('## In code'));
  expect(flags(table)).toEqual(flags(stdout));
});
