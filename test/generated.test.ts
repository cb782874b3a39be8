import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { outOfDateFiles, performanceFile } from '../scripts/generate.js';

/** What is read to generate, and what is generated. */
const READ = [
  'generated',
  'spec',
  'bench',
  'docs/fidelity.md',
  'docs/performance.md',
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

test('each change by hand is found, and a file that is missing', async () => {
  const changed = ['generated/openapi.ts', 'generated/control.ts', 'docs/fidelity.md', 'docs/performance.md'];
  for (const file of changed) await appendFile(join(root, file), '\n');
  await rm(join(root, 'generated/ims.ts'));
  expect((await outOfDateFiles(root)).sort()).toEqual([...changed, 'generated/ims.ts'].sort());
});

test('a change to the contract that was not generated from is found', async () => {
  const contract = join(root, 'spec/openapi.yaml');
  const text = await readFile(contract, 'utf8');
  const changed = text.replace('    Count:', '    Tally: { type: integer, x-source: assumed }\n    Count:');
  await writeFile(contract, changed);
  expect(await outOfDateFiles(root)).toEqual(['generated/openapi.ts', 'docs/fidelity.md']);
});

describe('of the performance document', () => {
  const outOfDate = () => outOfDateFiles(root, async (from) => [await performanceFile(from)]);

  test('a figure that was changed by hand is found', async () => {
    const document = join(root, 'docs/performance.md');
    const text = await readFile(document, 'utf8');
    await writeFile(
      document,
      text.replace(/^\| Retrieve one.*$/m, (row) => row.replace(/\d/, '9')),
    );
    expect(await outOfDate()).toEqual(['docs/performance.md']);
  });

  test('results that it was not made of are found', async () => {
    const file = join(root, 'bench/results.json');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/"date": ".*"/, '"date": "2000-01-01"'));
    expect(await outOfDate()).toEqual(['docs/performance.md']);
  });

  test('what is written by hand is kept', async () => {
    const document = join(root, 'docs/performance.md');
    const text = await readFile(document, 'utf8');
    await writeFile(document, `${text}\nOne more thing.\n`);
    expect(await outOfDate()).toEqual([]);
  });

  test('one that does not say where it is generated is refused', async () => {
    const document = join(root, 'docs/performance.md');
    const text = await readFile(document, 'utf8');
    await writeFile(document, text.replace('<!-- End of what is generated. -->', ''));
    await expect(outOfDate()).rejects.toThrow('docs/performance.md lacks the lines between which');
  });
});
