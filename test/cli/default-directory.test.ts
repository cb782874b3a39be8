import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { defaultDirectory } from '../../cli/default-directory.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'project-')));
});
afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

test('state is kept below the node_modules of a working directory that has them', async () => {
  await mkdir(join(folder, 'node_modules'));
  expect(defaultDirectory(folder)).toBe(join(folder, 'node_modules/.cache/aep-export-jobs-mock'));
});

test('without them, it is kept in the user’s folder, apart by working directory', () => {
  const [one, other] = [defaultDirectory(join(folder, 'one')), defaultDirectory(join(folder, 'other'))];
  expect(one).toMatch(/aep-export-jobs-mock[/\\](.*[/\\])?[0-9a-f]{12}$/);
  expect(one).not.toContain(folder);
  expect(other).not.toBe(one);
  expect(defaultDirectory(join(folder, 'other', '..', 'one'))).toBe(one);
});

test('a file of that name is not a folder to keep state in', async () => {
  await writeFile(join(folder, 'node_modules'), '');
  expect(defaultDirectory(folder)).not.toContain(folder);
});
