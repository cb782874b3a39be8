import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { createMockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';

test('the commands of the page on verify do what it says', async () => {
  const page = await readFile(join(packageRoot, 'docs/verify.md'), 'utf8');
  const blocks = (language: string) =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
  const mock = await createMockServer({ newMs: 0, processingMs: 0 });
  const cwd = await mkdtemp(join(tmpdir(), 'docs-verify-'));
  try {
    const url = await mock.listen();
    const script = blocks('sh')
      .join('\n')
      .replaceAll(
        'npx aep-export-jobs-mock',
        `'${process.execPath}' '${join(packageRoot, 'dist/cli/main.js')}'`,
      )
      .replaceAll(/http:\/\/127\.0\.0\.1:4010|https:\/\/platform\.adobe\.io/g, url)
      .replaceAll('…', 'of-a-user');
    const env = { PATH: process.env['PATH'] };
    const { stdout, stderr } = await promisify(execFile)('sh', ['-ec', script], { cwd, env });
    expect(stderr).toBe('');
    expect(stdout.match(/^Passed: /gm)).toHaveLength(3);
    expect(stdout).toContain(blocks('text')[0]);
    const read = (file: string) => readFile(join(cwd, file), 'utf8');
    expect(JSON.parse(await read('verify.json'))).toMatchObject({ verdict: 'passed', mode: 'read-only' });
    expect(await read('verify.json')).not.toContain('of-a-user');
    expect(JSON.parse(await read('openapi.json'))).toMatchObject({ openapi: '3.1.0' });
    expect(await read('openapi.yaml')).toMatch(/^openapi: 3\.1\.0\n/);
  } finally {
    await mock.close();
    await rm(cwd, { recursive: true });
  }
});
