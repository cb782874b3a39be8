import { expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** Our configuration, without the rules that need types: those can't judge a text that is not a file. */
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

async function rulesBroken(file: string, source: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(source, { filePath: file });
  return result?.messages.map(({ ruleId }) => ruleId) ?? [];
}

const lines = (count: number) => 'export {};\n'.repeat(count);
const longFunction = (count: number) => `export function f() {\n${'f();\n'.repeat(count - 2)}}\n`;

const PURE = [
  'domain/paging.ts',
  'operations/list-export-jobs.ts',
  'domain/sneaks.mts',
  'operations/sneaks.cts',
];
const TIMELESS = [...PURE, 'storage/lowdb-job-store.ts', 'sandbox/sandboxes.ts'];
const WITHOUT_ENVIRONMENT = [...TIMELESS, 'domain/clock.ts', 'http/app.ts', 'mock-server.ts', 'sneaks.mts'];

/** What no file of a kind may have, with the rule that says so. */
const FORBIDDEN: [what: string, rule: string, files: string[], source: string][] = [
  ['the real time', 'house/restricted-globals', TIMELESS, 'export const now = Date.now();'],
  [
    'the real time by a detour',
    'house/restricted-globals',
    TIMELESS,
    'export const n = globalThis.Date.now();',
  ],
  ['the real time by its name', 'house/restricted-globals', TIMELESS, `export const now = Date['now']();`],
  ['the real time unpacked', 'house/restricted-globals', TIMELESS, 'export const { now } = Date;'],
  ['a date of now', 'house/restricted-globals', TIMELESS, 'export const now = new Date();'],
  ['a date of nothing', 'house/restricted-globals', TIMELESS, 'export const now = new Date(...[]);'],
  ['a date under another name', 'house/restricted-globals', TIMELESS, 'export const D = Date;'],
  [
    'a date made elsewhere',
    'house/restricted-globals',
    TIMELESS,
    'export const d = Reflect.construct(Date, []);',
  ],
  ['a text of now', 'house/restricted-globals', TIMELESS, 'export const now = Date();'],
  ['a stopwatch', 'house/restricted-globals', TIMELESS, 'export const now = performance.now();'],
  ['chance', 'house/restricted-globals', TIMELESS, 'export const chance = Math.random();'],
  ['chance unpacked', 'house/restricted-globals', TIMELESS, 'export const { random } = Math;'],
  ['a random id', 'house/restricted-globals', TIMELESS, 'export const id = crypto.randomUUID();'],
  ['chance', 'house/restricted-globals', ['domain/clock.ts'], 'export const chance = Math.random();'],
  ['a timer', 'house/restricted-globals', PURE, 'setTimeout(() => undefined, 1);'],
  ['a timer of a signal', 'house/restricted-globals', PURE, 'export const s = AbortSignal.timeout(1);'],
  ['a call', 'house/restricted-globals', PURE, `export const call = fetch('http://a');`],
  [
    'the process',
    'house/restricted-globals',
    [...PURE, 'domain/clock.ts'],
    'export const pid = process.pid;',
  ],
  ['the file system', 'no-restricted-imports', [...PURE, 'domain/random.ts'], `import 'node:fs';`],
  ['real chance', 'no-restricted-imports', ['domain/random.ts'], `export { randomUUID } from 'node:crypto';`],
  ['the arguments', 'house/restricted-globals', WITHOUT_ENVIRONMENT, 'export const a = process.argv;'],
  ['the environment', 'house/restricted-globals', WITHOUT_ENVIRONMENT, 'export const ci = process.env.CI;'],
  [
    'the environment unpacked',
    'house/restricted-globals',
    WITHOUT_ENVIRONMENT,
    'export const { env } = process;',
  ],
  ['the process by a name', 'house/restricted-globals', WITHOUT_ENVIRONMENT, 'export const p = process;'],
  [
    'the process by a detour',
    'house/restricted-globals',
    WITHOUT_ENVIRONMENT,
    'export const e = globalThis.process.env;',
  ],
  ['parsed arguments', 'no-restricted-properties', ['http/app.ts'], `import u from 'util'; u.parseArgs();`],
  [
    'a parser of arguments',
    'no-restricted-imports',
    ['http/app.ts'],
    `export { parseArgs } from 'node:util';`,
  ],
  [
    'the process as a module',
    'no-restricted-imports',
    ['http/app.ts'],
    `export { env } from 'node:process';`,
  ],
  ['a loader of modules', 'no-restricted-imports', ['http/app.ts'], `import 'node:module';`],
  [
    'an import of any name',
    'no-restricted-syntax',
    ['http/app.ts', 'cli.mts'],
    'export const m = import(name);',
  ],
  ['a barrel', 'no-restricted-syntax', ['http/app.ts', 'cli.ts', 'domain/a.ts'], `export * from './a.js';`],
  ['a named barrel', 'no-restricted-syntax', ['http/app.ts'], `export * as a from './a.js';`],
  ['a long file', 'max-lines', ['http/app.ts', 'http/app.mts'], lines(151)],
  ['a long function', 'max-lines-per-function', ['http/app.ts', 'http/app.cts'], longFunction(41)],
];

test.each(
  FORBIDDEN.flatMap(([what, rule, files, source]) => files.map((file) => [what, file, rule, source])),
)('the server may not have %s in %s', async (_what, file = '', rule = '', source = '') => {
  expect([...new Set(await rulesBroken(`server/${file}`, source))]).toEqual([rule]);
});

test.each([
  [
    'the environment',
    'house/restricted-globals',
    'client/client.ts',
    'export const token = process.env.TOKEN;',
  ],
  ['a barrel', 'no-restricted-syntax', 'test/support/mock.ts', `export * from './examples.js';`],
  [
    'a property without a seed',
    'no-restricted-imports',
    'test/domain/clock.test.ts',
    `export { default } from 'fast-check';`,
  ],
])('there may not be %s outside the server either', async (_what, rule, file, source) => {
  expect(await rulesBroken(file, source)).toEqual([rule]);
});

test.each([
  ['the real time', 'server/domain/clock.ts', 'export const now = () => Date.now();'],
  ['the real time', 'server/http/app.ts', 'export const now = () => new Date();'],
  ['a given date', 'server/domain/paging.ts', 'export const epoch: Date = new Date(0);'],
  ['a given date', 'server/operations/operation.ts', 'export const epoch = new Date(Date.UTC(1970, 0));'],
  ['a date of its own', 'server/domain/paging.ts', 'export const f = (x: unknown) => x instanceof Date;'],
  [
    'a property of that name',
    'server/domain/paging.ts',
    'export const f = (process: 1) => ({ process, fetch: 2 });',
  ],
  ['arithmetic', 'server/domain/random.ts', 'export const half = Math.floor(1 / 2);'],
  ['hashing', 'server/domain/random.ts', `export { createHash } from 'node:crypto';`],
  ['the process, but its arguments', 'server/log/log.ts', 'export const isTerminal = process.stderr.isTTY;'],
  ['calls', 'client/client.ts', `export const call = () => fetch('http://a');`],
  ['the arguments', 'server/cli.ts', 'export const { argv, env } = process;'],
  ['a file of 150 lines, and comments', 'server/http/app.ts', `${lines(150)}\n// a comment\n`],
  ['a function of 40 lines', 'server/http/app.ts', longFunction(40)],
])('there may be %s in %s', async (_what, file, source) => {
  expect(await rulesBroken(file, source)).toEqual([]);
});
