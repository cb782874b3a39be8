import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DirectoryLock, type GetLockAddress } from '../../server/storage/directory-lock.js';

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  directory = join(folder, 'state');
  for (const name of ['state', 'pipes']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true }));

const addresses: [where: string, getAddress: GetLockAddress][] = [
  ['in the directory', (file) => file],
  ['elsewhere, as pipes of Windows are', (file) => join(folder, 'pipes', basename(file))],
];

describe.each(addresses)('a lock that listens %s', (_where, getAddress) => {
  const acquire = () => DirectoryLock.acquire(directory, getAddress);

  test('keeps others out until it is released, and then leaves nothing behind', async () => {
    const lock = await acquire();
    lock.announce('http://127.0.0.1:1');
    await expect(acquire()).rejects.toThrow(
      `is in use by process ${process.pid}, which listens on http://127.0.0.1:1.`,
    );
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await (await acquire()).release();
  });

  test('is had by one of many that ask at a time', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, acquire));
    const has = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(has).toHaveLength(1);
    expect(await readdir(directory)).toHaveLength(1);
    await has[0]?.release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('removes what a killed one has left behind, and no other file', async () => {
    for (const name of ['lock-00000000.sock', 'lock-0.sock']) await writeFile(join(directory, name), '');
    const lock = await acquire();
    expect(await readdir(directory)).not.toContain('lock-00000000.sock');
    expect(await readdir(directory)).toContain('lock-0.sock');
    await lock.release();
  });

  test('is refused where there is no such directory, and listens no more', async () => {
    await rm(directory, { recursive: true });
    await expect(acquire()).rejects.toThrow(`The state directory ${directory} cannot be locked: `);
    expect(await readdir(join(folder, 'pipes'))).toEqual([]);
  });
});
