import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packageRoot } from '../../contract/package-root.js';
import { TypeCheck } from '../support/type-check.js';

const PAGE = readFileSync(join(packageRoot, 'docs/types.md'), 'utf8');
const BLOCKS = [...PAGE.matchAll(/^```ts\n([^]*?)^```/gm)].map(([, code = '']) => code);
const FAILED_CASE = /\n {4}case 'FAILED':\n.*/;

const sources = new Map(BLOCKS.map((code, index) => [`docs/block-${index}.ts`, code]));
const wrong: [string, string][] = [
  ['docs/no-case.ts', (BLOCKS[0] ?? '').replace(FAILED_CASE, '')],
  ['docs/not-allowed.ts', (BLOCKS[1] ?? '').replace("'existing'", "'exiting'")],
  ['docs/no-answer.ts', (BLOCKS[2] ?? '').replace('BodyOf<404>', 'BodyOf<418>')],
];
const NAMES = 'docs/names.ts';
const names = [...PAGE.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
);
const imports = names.map((name) => `export type { ${name} } from 'aep-export-jobs-mock/types';`).join('\n');
const program = new TypeCheck(new Map([...sources, ...wrong, [NAMES, imports]]));

test.each([...sources.keys()])('%s of the page compiles', (path) => {
  expect(program.problems(path)).toEqual([]);
});

test.each(wrong)('%s, which is a block made wrong, does not', (path) => {
  expect(program.problems(path)).not.toEqual([]);
});

test('each type that the page names is there', () => {
  expect(names.length).toBeGreaterThan(12);
  expect(program.problems(NAMES)).toEqual([]);
});
