import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { outOfDateFiles } from '../scripts/generated-files.js';

/** What is read to generate, and what is generated. */
const READ = [
  'generated',
  'spec',
  'docs/fidelity.md',
  'fixtures/examples',
  'redocly.yaml',
  '.prettierrc.json',
];

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'generated-'));
  for (const part of READ) {
    await cp(part, join(root, part), { recursive: true });
  }
});
afterEach(() => rm(root, { recursive: true }));

test('what is generated is up to date', async () => {
  expect(await outOfDateFiles(root)).toEqual([]);
});

test.each(['generated/openapi.ts', 'generated/control.ts', 'docs/fidelity.md'])(
  'a change to %s by hand is found',
  async (file) => {
    await appendFile(join(root, file), '\n');
    expect(await outOfDateFiles(root)).toEqual([file]);
  },
);

test('a generated file that is missing is found', async () => {
  await rm(join(root, 'generated/control.ts'));
  expect(await outOfDateFiles(root)).toEqual(['generated/control.ts']);
});

test('a change to the contract that was not generated from is found', async () => {
  const contract = join(root, 'spec/openapi.yaml');
  const text = await readFile(contract, 'utf8');
  const changed = text.replace('    Count:', '    Tally: { type: integer, x-source: assumed }\n    Count:');
  await writeFile(contract, changed);
  expect(await outOfDateFiles(root)).toEqual(['generated/openapi.ts', 'docs/fidelity.md']);
});
