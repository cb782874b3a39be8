import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IConfiguration } from 'dependency-cruiser';

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as IConfiguration;

/** The same layout as ours, keeping every rule. */
const KEEPING: Record<string, string> = {
  'generated/openapi.ts': 'export interface components {}',
  'server/domain/clock.ts': `import type { components } from '../../generated/openapi.js'; export type Clock = components;`,
  'server/domain/random.ts': `import { createHash } from 'node:crypto'; export const random = createHash;`,
  'server/operations/operation.ts': `import type { Clock } from '../domain/clock.js'; export type Operation = Clock;`,
  'server/operations/index.ts': `import type { Operation } from './operation.js'; export type Operations = Operation;`,
  'server/domain/job-store.ts': `export interface JobStore {}`,
  'server/domain/paging.ts': `export const newestFirst = 1;`,
  'server/storage/file-job-store.ts': [
    ...['lowdb', 'node:fs/promises', 'node:net', '../domain/paging.js'].map((name) => `import '${name}';`),
    `import type { JobStore } from '../domain/job-store.js'; export type FileJobStore = JobStore;`,
  ].join(' '),
  'server/health.ts': `export const health = 1;`,
  'server/contract/contract.ts': `import 'ajv';`,
  'server/http/app.ts': `import 'express'; import 'ajv'; import '../contract/contract.js'; import '../operations/index.js';`,
  'server/http/exchange.ts': `export type B = 1;`,
  'server/http/reply.ts': `import type { B } from './exchange.js'; export type A = B;`,
  'server/http/api.ts': `export interface Api {}`,
  'server/control/index.ts': `import '../health.js'; import '../contract/contract.js'; import '../http/api.js';`,
  'server/options/options.ts': `export class OptionError {}`,
  'server/verbs/verbs.ts': `import 'commander'; import 'node:fs'; import '../options/options.js'; import './verb.js';`,
  'server/verbs/verb.ts': `import type { C } from '../../generated/control.js'; export type V = C;`,
  'server/verify/verify.ts': `import 'commander'; import 'node:http'; import '../contract/contract.js'; import '../options/options.js';`,
  'generated/control.ts': `export interface C {}`,
  'server/mock-server.ts': `import 'lowdb'; import './http/app.js'; import './control/index.js';`,
  'server/cli.ts': `import './mock-server.js'; import 'node:process';`,
  'client/client.ts': `import type { components } from '../generated/openapi.js'; import 'pino'; export type C = components;`,
  'client/testing.ts': `import './testing/kit.js';`,
  'client/testing/kit.ts': `import 'node:worker_threads'; import '../client.js';`,
  'test/support/start-mock.ts': `import '../../server/mock-server.js'; import 'prettier';`,
  'scripts/generate.ts': `import 'prettier';`,
  'scripts/bench/contenders/express.js': `import 'express';`,
  'scripts/fuzz/contract.ts': `import 'ajv';`,
};

/** Files that break a rule, and no other rule. */
const BREAKING: [rule: string, file: string, source: string][] = [
  ['domain-is-pure', 'server/domain/reads-files.ts', `import 'node:fs';`],
  [
    'domain-is-pure',
    'server/domain/hashes.ts',
    `import { createHash } from 'node:crypto'; createHash('md5');`,
  ],
  ['domain-is-pure', 'server/domain/knows-http.ts', `import '../http/app.js';`],
  ['random-imports-only-hashing', 'server/domain/random.ts', `import 'node:fs';`],
  ['operations-know-only-the-domain', 'server/operations/knows-http.ts', `import '../http/app.js';`],
  ['operations-know-only-the-domain', 'server/operations/reads-files.ts', `import 'node:fs';`],
  [
    'storage-knows-only-its-interface',
    'server/storage/knows-operations.ts',
    `import '../operations/index.js';`,
  ],
  ['storage-knows-only-its-interface', 'server/storage/logs.ts', `import 'pino';`],
  ['storage-knows-only-its-interface', 'server/storage/runs-commands.ts', `import 'node:child_process';`],
  [
    'storage-knows-only-its-interface',
    'server/storage/knows-time.ts',
    `import type { Clock } from '../domain/clock.js'; export type C = Clock;`,
  ],
  ['storage-decides-no-rule', 'server/storage/makes-jobs.ts', `import '../domain/job-store.js';`],
  [
    'control-knows-only-the-programmatic-api',
    'server/control/operates.ts',
    `import '../operations/index.js';`,
  ],
  [
    'control-knows-only-the-programmatic-api',
    'server/control/stores.ts',
    `import '../storage/file-job-store.js';`,
  ],
  ['control-knows-only-the-programmatic-api', 'server/control/routes.ts', `import 'express';`],
  ['verbs-know-only-the-contract', 'server/verbs/answers.ts', `import '../http/api.js';`],
  ['verbs-know-only-the-contract', 'server/verbs/logs.ts', `import 'pino';`],
  ['verify-knows-only-the-contract', 'server/verify/answers.ts', `import '../http/api.js';`],
  ['verify-knows-only-the-contract', 'server/verify/runs.ts', `import 'node:child_process';`],
  [
    'express-only-in-http-and-control',
    'server/sandbox/sandboxes.ts',
    `import type { Request } from 'express'; export type R = Request;`,
  ],
  ['express-only-in-http-and-control', 'server/parses.ts', `import 'body-parser';`],
  ['express-only-in-http-and-control', 'server/routes.ts', `import 'router';`],
  ['express-only-in-http-and-control', 'scripts/bench/routes.ts', `import 'express';`],
  ['validators-only-in-http-and-contract', 'server/checks.ts', `import 'ajv';`],
  ['lowdb-only-in-storage', 'server/http/stores.ts', `import 'lowdb';`],
  ['mock-server-is-the-root', 'server/http/starts.ts', `import '../mock-server.js';`],
  ['mock-server-is-the-root', 'scripts/starts.ts', `import '../server/mock-server.js';`],
  ['client-stands-alone', 'client/knows-domain.ts', `import '../server/domain/clock.js';`],
  ['client-stands-alone', 'client/reads-files.ts', `import 'node:fs';`],
  ['kit-speaks-http', 'client/testing/starts.ts', `import '../../server/health.js';`],
  ['kit-speaks-http', 'client/testing/reads-files.ts', `import 'node:fs';`],
  ['client-knows-no-kit', 'client/tests.ts', `import './testing/kit.js';`],
  ['client-knows-no-kit', 'client/knows-testing.ts', `import './testing.js';`],
  ['server-knows-no-workshop', 'server/tests.ts', `import '../test/support/start-mock.js';`],
  ['server-knows-no-workshop', 'server/generates.ts', `import '../scripts/generate.js';`],
  ['no-development-dependencies', 'server/formats.ts', `import 'prettier';`],
  ['only-declared-packages', 'server/parses.ts', `import 'body-parser';`],
  ['only-declared-packages', 'server/routes.ts', `import 'router';`],
  ['only-declared-packages', 'server/http/splits.ts', `import 'router';`],
  ['only-declared-packages', 'test/splits.ts', `import 'router';`],
  ['only-the-cli-knows-the-process', 'server/options/options.ts', `export { env } from 'node:process';`],
  ['only-the-cli-knows-the-process', 'server/log/log.ts', `export const p = import('node:process');`],
  ['only-the-cli-knows-the-process', 'server/http/loads.ts', `import 'module';`],
  ['no-cycles', 'server/http/exchange.ts', `import type { A } from './reply.js'; export type B = A;`],
  ['names-say-what-is-inside', 'server/http/utils.ts', `export const a = 1;`],
  ['names-say-what-is-inside', 'server/helpers/paging.ts', `export const a = 1;`],
  ['names-say-what-is-inside', 'client/types.ts', `export type A = 1;`],
  ['names-say-what-is-inside', 'server/path-helpers.ts', `export const a = 1;`],
  ['names-say-what-is-inside', 'server/http/string-utils.ts', `export const a = 1;`],
  ['names-say-what-is-inside', 'test/support/job_util.ts', `export const a = 1;`],
  ['names-say-what-is-inside', 'server/job.types.ts', `export type A = 1;`],
  ['sources-end-in-ts', 'server/domain/sneaks.mts', `export const a = 1;`],
  ['sources-end-in-ts', 'server/sneaks.cts', `export const a = 1;`],
  ['sources-end-in-ts', 'client/sneaks.js', `export const a = 1;`],
  ['no-barrels', 'server/http/index.ts', `export * from './app.js';`],
  ['everything-is-found', 'server/http/lost.ts', `import './nowhere.js';`],
];

interface Violation {
  rule: { name: string };
  from: string;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-rules-'));
  for (const name of ['express', 'body-parser', 'router', 'ajv', 'lowdb', 'pino', 'commander', 'prettier']) {
    await write(folder, `node_modules/${name}/package.json`, JSON.stringify({ name, main: 'main.js' }));
    await write(folder, `node_modules/${name}/main.js`, '');
  }
});
afterAll(() => rm(folder, { recursive: true }));

test('every rule is broken here at least once', () => {
  const rules = config.forbidden?.map(({ name }) => name);
  expect([...new Set(BREAKING.map(([rule]) => rule))]).toEqual(rules);
});

describe('the import rules', () => {
  test('let a tree pass that keeps them', async () => {
    expect(await violationsIn('keeping', KEEPING)).toEqual([]);
  });

  test('each report the file that breaks them, and no other file', async () => {
    const tree = { ...KEEPING, ...Object.fromEntries(BREAKING.map(([, file, source]) => [file, source])) };
    const found = await violationsIn('breaking', tree);
    expect(found.map(({ rule, from }) => `${from}: ${rule.name}`).sort()).toEqual(
      BREAKING.map(([rule, file]) => `${file}: ${rule}`).sort(),
    );
  });
});

async function write(root: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

/** What dependency-cruiser reports of a tree, under our configuration. */
async function violationsIn(name: string, tree: Record<string, string>): Promise<Violation[]> {
  const root = join(folder, name);
  for (const [file, text] of Object.entries(tree)) await write(root, file, text);
  await copyFile('package.json', join(root, 'package.json'));
  const command = [
    join(process.cwd(), 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
    ...['.', '--config', join(process.cwd(), '.dependency-cruiser.cjs'), '--output-type', 'json'],
  ];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, command, { cwd: root }, (_error, stdout) => resolve(stdout));
  });
  return (JSON.parse(output) as { summary: { violations: Violation[] } }).summary.violations;
}
