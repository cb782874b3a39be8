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

test.each([
  ['the real time', 'no-restricted-properties', 'domain/paging.ts', 'export const now = Date.now();'],
  ['a date of now', 'no-restricted-syntax', 'domain/paging.ts', 'export const now = new Date();'],
  ['a text of now', 'no-restricted-syntax', 'domain/paging.ts', 'export const now = Date();'],
  ['chance', 'no-restricted-properties', 'domain/paging.ts', 'export const chance = Math.random();'],
  ['chance in the clock', 'no-restricted-properties', 'domain/clock.ts', 'export const c = Math.random();'],
  ['a timer', 'no-restricted-globals', 'domain/paging.ts', 'setTimeout(() => undefined, 1);'],
  ['the process', 'no-restricted-globals', 'domain/paging.ts', 'export const pid = process.pid;'],
  ['the process in the clock', 'no-restricted-globals', 'domain/clock.ts', 'export const { pid } = process;'],
  ['any global, by a detour', 'no-restricted-globals', 'domain/paging.ts', 'globalThis.Date.now();'],
  ['the file system', 'no-restricted-imports', 'domain/paging.ts', `import 'node:fs';`],
  ['the file system as chance', 'no-restricted-imports', 'domain/random.ts', `import 'node:fs';`],
  ['real chance', 'no-restricted-imports', 'domain/random.ts', `export { randomUUID } from 'node:crypto';`],
  ['the arguments', 'no-restricted-properties', 'mock-server.ts', 'export const { argv } = process;'],
  ['the environment', 'no-restricted-properties', 'storage/memory.ts', 'export const ci = process.env.CI;'],
  ['the process as a module', 'no-restricted-imports', 'http/app.ts', `export { env } from 'node:process';`],
  ['a long file', 'max-lines', 'http/app.ts', lines(151)],
  ['a long function', 'max-lines-per-function', 'http/app.ts', longFunction(41)],
])('the server may not have %s here (%s in %s)', async (_what, rule, file, source) => {
  expect(await rulesBroken(`server/${file}`, source)).toEqual([rule]);
});

test.each([
  ['the real time', 'server/domain/clock.ts', 'export const now = () => Date.now();'],
  ['a given date', 'server/domain/paging.ts', 'export const epoch = new Date(0);'],
  ['hashing', 'server/domain/random.ts', `export { createHash } from 'node:crypto';`],
  ['the process, but its arguments', 'server/mock-server.ts', 'export const pid = process.pid;'],
  ['the arguments', 'server/cli.ts', 'export const { argv, env } = process;'],
  ['a file of 150 lines, and comments', 'server/http/app.ts', `${lines(150)}\n// a comment\n`],
  ['a function of 40 lines', 'server/http/app.ts', longFunction(40)],
])('there may be %s in %s', async (_what, file, source) => {
  expect(await rulesBroken(file, source)).toEqual([]);
});
