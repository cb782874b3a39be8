import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { createMockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';

const PAGE = readFileSync(join(packageRoot, 'docs/front-end.md'), 'utf8');

test.each([
  'vite.config.js',
  'main.js',
  'index.html',
  'playwright.config.js',
  'page.spec.js',
  'parallel.spec.js',
])('the page shows %s as it is tried', (file) => {
  const language = file.endsWith('.html') ? 'html' : 'js';
  const text = readFileSync(join(packageRoot, 'test/consumers/vite', file), 'utf8');
  expect(PAGE).toContain(`\`\`\`${language}\n${text}\`\`\`\n`);
});

test('the call that a page makes itself is answered', async () => {
  const mock = await createMockServer({ seed: 'demo' });
  const url = await mock.listen();
  const [, code = ''] = /```js\n(const headers = [^]*?)```/.exec(PAGE) ?? [];
  const script = `${code.replace('http://127.0.0.1:4010', url)}console.log((await response.json()).records.length);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout).toBe('10\n');
  await mock.close();
});

test('the commands that it shows are carried out', async () => {
  const mock = await createMockServer({ seed: 'demo' });
  const url = await mock.listen();
  const [, commands = ''] = /```sh\n(npx aep-export-jobs-mock scenario [^]*?)```/.exec(PAGE) ?? [];
  const command = `${process.execPath} ${join(packageRoot, 'dist/cli/main.js')}`;
  const script = commands.replaceAll('npx aep-export-jobs-mock', command);
  await promisify(execFile)('sh', ['-ec', script], { env: { ...process.env, AEP_MOCK_URL: url } });
  expect(commands.trim().split('\n')).toHaveLength(4);
  expect(mock.sandbox().rules.list()).toEqual([]);
  await mock.close();
});
