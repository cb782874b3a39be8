import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DirectoryLock } from '../../server/storage/directory-lock.js';
import type { LockAddress } from '../../server/storage/lock-address.js';

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  directory = join(folder, 'state');
  for (const name of ['state', 'pipes']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

const addresses: [where: string, addressOf: LockAddress][] = [
  ['in the directory', (file) => file],
  ['elsewhere, as pipes of Windows are', (file) => join(folder, 'pipes', basename(file))],
];

describe.each(addresses)('a lock that listens %s', (_where, addressOf) => {
  const take = () => DirectoryLock.take(directory, addressOf);

  test('keeps others out until it is released, and then leaves nothing behind', async () => {
    const lock = await take();
    lock.announce('http://127.0.0.1:1');
    await expect(take()).rejects.toThrow(
      `is in use by process ${process.pid}, which listens on http://127.0.0.1:1.`,
    );
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await (await take()).release();
  });

  test('is had by one of many that ask at a time', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, take));
    const has = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(has).toHaveLength(1);
    expect(await readdir(directory)).toHaveLength(1);
    await has[0]?.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('removes what a killed one has left behind, and no other file', async () => {
    for (const name of ['lock-00000000.sock', 'lock-0.sock']) await writeFile(join(directory, name), '');
    const lock = await take();
    expect(await readdir(directory)).not.toContain('lock-00000000.sock');
    expect(await readdir(directory)).toContain('lock-0.sock');
    await lock.release();
  });

  test('is refused where there is no such directory, and listens no more', async () => {
    await rm(directory, { recursive: true });
    await expect(take()).rejects.toThrow(`The state directory ${directory} can not be locked: `);
    expect(await readdir(join(folder, 'pipes'))).toEqual([]);
  });
});
