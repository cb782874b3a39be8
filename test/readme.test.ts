import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../server/mock-server.js';
import { packageRoot } from '../server/package-root.js';

const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

let mock: MockServer;

beforeAll(async () => {
  mock = await createMockServer();
  await mock.listen();
});
afterAll(() => mock.close());

test('the calls of the README answer what it says', async () => {
  const script = blocks('sh')
    .filter((block) => block.includes('AEP'))
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

test('every flag of the README is one that --help tells, and the other way about', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(packageRoot, 'dist/server/cli.js'),
    '--help',
  ]);
  const flags = (text: string) => new Set([...text.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag));
  const table = readme.slice(readme.indexOf('## Flags'), readme.indexOf('## In code'));
  expect(flags(table)).toEqual(flags(stdout));
});
