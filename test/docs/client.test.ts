import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';

const page = await readFile(join(packageRoot, 'docs/client.md'), 'utf8');
/** The blocks of code, each with what the page says that it prints. */
const programs = [...page.matchAll(/^```js\n([^]*?)^```\n(?:\n```text\n([^]*?)^```)?/gm)].map(
  ([, code = '', printed]) => ({ code, printed }),
);

let folder: string;
let mock: MockServer;
beforeAll(async () => {
  mock = await createMockServer({ newMs: 400, processingMs: 0 });
  await mock.listen();
  folder = await mkdtemp(join(tmpdir(), 'docs-client-'));
});
afterAll(async () => {
  await mock.close();
  await rm(folder, { recursive: true });
});

const built = (path: string) => pathToFileURL(join(packageRoot, 'dist', path)).href;
/** Here it stands for the package as it is installed, and the mock for the services. */
const asHere = (code: string) =>
  code
    .replaceAll("'aep-export-jobs-mock/client'", `'${built('client/client.js')}'`)
    .replaceAll("'aep-export-jobs-mock'", `'${built('server/mock-server.js')}'`)
    .replaceAll(
      /http:\/\/127\.0\.0\.1:4010|https:\/\/(platform\.adobe\.io|ims-na1\.adobelogin\.com)/g,
      mock.url,
    );

test('the programs of the page print what it says', async () => {
  const [client, ...others] = programs;
  await writeFile(join(folder, 'client.mjs'), asHere(client?.code ?? ''));
  expect(others).toHaveLength(5);
  // One after the other, as each changes what there is.
  for (const [at, { code, printed }] of others.entries()) {
    const file = join(folder, `${at}.mjs`);
    await writeFile(file, asHere(code));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toBe(printed);
    await mock.sandbox().reset();
  }
});

test('the page tells of every option, outcome and kind of error', async () => {
  const declared = await Promise.all(
    ['client-options', 'client-credentials', 'job-waiting', 'export-jobs-error', 'operations'].map((name) =>
      readFile(join(packageRoot, 'dist/client', `${name}.d.ts`), 'utf8'),
    ),
  );
  const interfaces = declared.join('\n').matchAll(/interface (?:\w*Options|WaitProgress) \{\n([^]*?)^\}/gm);
  const names = [...interfaces].flatMap(([, body = '']) =>
    [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name = '']) => name),
  );
  const kinds = [...declared.join('\n').matchAll(/(?:kind|outcome)\??: ((?:'[\w-]+'(?: \| )?)+)/g)].flatMap(
    ([, union = '']) => union.split(' | ').map((kind) => kind.slice(1, -1)),
  );
  expect(names.length).toBeGreaterThan(15);
  expect(kinds.length).toBeGreaterThan(10);
  const told = (name: string) => new RegExp(`\`[^\`\n]*\\b${name}\\b[^\`\n]*\``).test(page);
  expect([...names, ...kinds].filter((name) => !told(name))).toEqual([]);
});
