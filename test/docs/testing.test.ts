import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../contract/package-root.js';

const PAGE = readFileSync(join(packageRoot, 'docs/testing.md'), 'utf8');
const CODE = [...PAGE.matchAll(/^```js\n([^]*?)^```/gm)].map(([, code = '']) => code);
const FILE = 'export-jobs.test.js';
const testsOf = (project: string) => readFileSync(join(packageRoot, 'test/consumers', project, FILE), 'utf8');

test.each(['jest-commonjs', 'node-test'])('the page shows the tests of %s as they are tried', (project) => {
  expect(CODE).toContain(testsOf(project));
});

test.each(['jest-esm', 'vitest'])(
  'the page shows how the tests of %s begin, which else are the same',
  (project) => {
    const beginning = CODE.find((code) => testsOf(project).startsWith(`${code.trim()}\n`)) ?? 'none';
    const [, others] = testsOf('jest-commonjs').split(/(?<=useMockServer\()/);
    expect(others).toBeTruthy();
    expect(testsOf(project).slice(beginning.length)).toContain(others);
  },
);

/** Runs a block as a module of a project that has the package. */
const run = async (code = '') => {
  const args = ['--input-type=module', '-e', code];
  return (await promisify(execFile)(process.execPath, args, { cwd: packageRoot })).stdout;
};

test('what it shows for anything else and for unit tests does what it tells', async () => {
  const blocks = CODE.filter((code) => code.includes('console.log'));
  expect(await Promise.all(blocks.map(run))).toEqual(['200 0\n', '1 No space left mine\n']);
});

test('the setup for Playwright starts a mock that its end stops', async () => {
  const setup = CODE.find((code) => code.includes('globalSetup')) ?? '';
  const use = `
    const stop = await globalSetup();
    const health = () => fetch(process.env.AEP_MOCK_URL + '/__admin/health').then(({ status }) => status, () => 'stopped');
    console.log(await health(), process.env.AEP_MOCK_BASE_URL === process.env.AEP_MOCK_URL + '/data/core/ups');
    await stop();
    console.log(await health());`;
  expect(await run(setup.replace('export default ', '') + use)).toBe('200 true\nstopped\n');
});

test('what it tells of is there', () => {
  const declared = ['mock-options', 'sandbox', 'sandbox-control', 'test-mock']
    .map((file) => readFileSync(join(packageRoot, 'dist/client/testing', `${file}.d.ts`), 'utf8'))
    .join('\n');
  const [, options = ''] = /^Those of `createMockServer`([^]*?)\./m.exec(PAGE) ?? [];
  const cells = [...PAGE.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell = '']) => cell);
  const named = [...[options, ...cells].join().matchAll(/`\.?([a-zA-Z]+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(declared))).toEqual([]);
});
