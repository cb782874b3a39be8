import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { compileSchemas } from '../../contract/contract-schemas.js';
import { DataFileError, loadDataFiles } from '../../server/platform/data-files.js';

const document = {
  openapi: '3.1.0',
  info: { version: '1' },
  servers: [{ url: '/' }] as [{ url: string }],
  paths: {},
  components: {
    schemas: {
      Plan: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'length'],
        properties: { name: { type: 'string' }, length: { type: 'integer', minimum: 1 } },
      },
    },
  },
};
const validate = compileSchemas(document).at(['components', 'schemas', 'Plan']);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'data-files-'));
  await mkdir(join(root, 'own'));
  await mkdir(join(root, 'users'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: unknown): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const load = (...folders: string[]) =>
  loadDataFiles<{ name: string; length: number }>({
    folders: folders.map((folder) => join(root, folder)),
    validate,
    kind: 'plan',
  });

/** What the folder of the user's is refused for, line by line. */
async function refusal(folder = 'users'): Promise<string[]> {
  const error: unknown = await load('own', folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DataFileError);
  return (error as DataFileError).message.split('\n').map((line) => line.trim());
}

test('what the files of all folders hold is loaded by its name, in the order of names', async () => {
  await write('own/short.json', { name: 'short', length: 1 });
  await write('own/long.json', { name: 'long', length: 9 });
  await write('users/middle.json', `\uFEFF${JSON.stringify({ name: 'middle', length: 5 })}`);
  expect([...(await load('own', 'users'))]).toEqual([
    ['long', { name: 'long', length: 9 }],
    ['middle', { name: 'middle', length: 5 }],
    ['short', { name: 'short', length: 1 }],
  ]);
});

test('what a later folder has stands in place of what an earlier one has of the same name', async () => {
  await write('own/short.json', { name: 'short', length: 1 });
  await write('users/short.json', { name: 'short', length: 2 });
  expect([...(await load('own', 'users')).values()]).toEqual([{ name: 'short', length: 2 }]);
});

test('folders, hidden files and those of another ending are passed over', async () => {
  await write('users/README.md', 'Plans of ours.');
  await write('users/.hidden.json', 'no JSON');
  await write('users/more.json/plan.json', 'no JSON');
  expect(await load('users')).toEqual(new Map());
});

describe('a file is refused, and named,', () => {
  test('with each place in it, what is wrong there and what is allowed', async () => {
    const file = await write('users/wrong.json', { name: 'wrong', length: 0, lenght: 3 });
    expect(await refusal()).toEqual([
      `The plan file ${file} is not a plan:`,
      "/lenght: The property 'lenght' is not known. Did you mean 'length'? Found: 3. Allowed: one of name, length",
      "/length: 'length' must be >= 1. Found: 0. Allowed: at least 1",
    ]);
  });

  test('when it holds no object', async () => {
    const file = await write('users/wrong.json', [1]);
    expect(await refusal()).toEqual([
      `The plan file ${file} is not a plan:`,
      'the whole file: The value must be object. Found: [1]. Allowed: of type object',
    ]);
  });

  test('when its name is another than that of the file', async () => {
    await write('users/wrong.json', { name: 'right', length: 1 });
    expect(await refusal()).toContain(
      '/name: The name is not that of the file. Found: "right". Allowed: only "wrong"',
    );
  });

  test('when it is empty, or is not JSON', async () => {
    const file = await write('users/wrong.json', ' ');
    expect(await refusal()).toEqual([`The plan file ${file} is empty. Allowed: an object`]);
    await write('users/wrong.json', '{');
    expect(await refusal()).toEqual([expect.stringContaining(`The plan file ${file} is not JSON: `)]);
  });
});

test('a file that cannot be read is refused, with the reason', async () => {
  const file = join(root, 'users/lost.json');
  await symlink(join(root, 'nowhere'), file);
  expect(await refusal()).toEqual([expect.stringContaining(`The plan file ${file} cannot be read: ENOENT`)]);
});

describe('a folder is refused', () => {
  test('that is not there', async () => {
    expect(await refusal('elsewhere')).toEqual([
      `The directory of plans ${join(root, 'elsewhere')} does not exist. Allowed: a directory with files <name>.json, a plan each`,
    ]);
  });

  test('that is a file', async () => {
    const file = await write('users/file', '');
    expect(await refusal('users/file')).toEqual([
      `The directory of plans ${file} is not a directory. Allowed: a directory with files <name>.json, a plan each`,
    ]);
  });
});
