import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import $RefParser from '@apidevtools/json-schema-ref-parser';
import { packageRoot } from '../../contract/package-root.js';

const PAGE = readFileSync(join(packageRoot, 'docs/contract-tests.md'), 'utf8');
const blocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);

/** A project with the tests of the page. Its runner has the package installed, for itself and for all. */
let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'pipeline-'));
  await mkdir(join(project, 'node_modules/.bin'), { recursive: true });
  const command = `#!/bin/sh
exec '${process.execPath}' '${join(packageRoot, 'dist/cli/main.js')}' "$@"
`;
  await writeFile(join(project, 'node_modules/.bin/aep-export-jobs-mock'), command, { mode: 0o755 });
  await symlink(packageRoot, join(project, 'node_modules/aep-export-jobs-mock'));
  await writeFile(join(project, 'package.json'), '{ "name": "pipeline", "private": true }');
  await writeFile(join(project, 'export-jobs.test.mjs'), blocks('js')[0] ?? '');
});
afterAll(() => rm(project, { recursive: true }));

/** Runs lines of a shell in the project, as a runner does. */
async function run(lines: string): Promise<{ code: number; printed: string }> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { HOME, PATH: [join(project, 'node_modules/.bin'), PATH].join(delimiter) };
  const script = lines.replaceAll('npx ', '');
  return new Promise((resolve) => {
    execFile('sh', ['-ec', script], { cwd: project, env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, printed: stdout + stderr });
    });
  });
}

const report = (name: string) => readFile(join(project, name), 'utf8');

const [, firstRun = ''] = blocks('sh');
const [actions = '', gitlab = ''] = blocks('yaml');

test('the first run passes, and its report says so', async () => {
  expect(await run(firstRun)).toEqual({ code: 0, printed: expect.stringMatching(/pass 3/) });
  const summary = await report('contract.md');
  expect(summary).toContain('## ✅');
  expect(summary).toContain('### Expected violations: 1 call');
});

describe('the pipeline of', () => {
  interface Step {
    run?: string;
    uses?: string;
  }
  const parsed = async <T>(text: string) => {
    const file = join(project, 'pipeline.yml');
    await writeFile(file, text);
    return (await $RefParser.parse(file)) as unknown as T;
  };

  test('GitHub runs the tests, and shows the summary', async () => {
    const { jobs } = await parsed<{ jobs: { contract: { steps: Step[] } } }>(actions);
    const commands = jobs.contract.steps.flatMap((step) => step.run ?? []);
    expect(commands).toHaveLength(3);
    const [, tests = '', summary = ''] = commands;
    expect(await run(`export GITHUB_STEP_SUMMARY=summary.md; ${tests}; ${summary}`)).toMatchObject({
      code: 0,
    });
    expect(await report('summary.md')).toContain('## ✅');
    expect(JSON.parse(await report('contract.json'))).toMatchObject({ passed: true });
  });

  test('GitLab runs the tests, and is given their report', async () => {
    const { contract } = await parsed<{
      contract: { script: string[]; artifacts: { reports: { junit: string } } };
    }>(gitlab);
    expect(await run(contract.script[1] ?? '')).toMatchObject({ code: 0 });
    expect(await report(contract.artifacts.reports.junit)).toContain('<testsuites');
  });
});

// `npm run smoke` runs them, as this needs Python.
test.each([
  ['python', 'test_export_jobs.py'],
  ['sh', 'in-background.sh'],
])('the page shows the %s of %s as it is tried', (language, file) => {
  expect(blocks(language)).toContain(readFileSync(join(packageRoot, 'test/consumers/python', file), 'utf8'));
});
