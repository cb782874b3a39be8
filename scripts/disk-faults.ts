/**
 * Lets the built command keep its state on a disk that is full, and on one that is read-only, and sees what is asked of
 * it then and once the disk is good again. The disk is a small tmpfs in a mount namespace of its own, which ends with
 * the check. Needs Linux, and the right to mount: without, it fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.js';
import { mountCommand } from './disk-faults/small-disk.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CHECKS = ['--import', 'tsx', 'scripts/disk-faults/on-small-disk.ts'];
/** What gives a program mounts of its own, and the right to make some. */
const NAMESPACES = [
  ['unshare', '--user', '--map-root-user', '--mount', '--'],
  ['unshare', '--mount', '--'],
  ['sudo', '--non-interactive', 'unshare', '--mount', '--'],
];

/** The first namespace in which the disk can be mounted. */
async function usableNamespace(folder: string): Promise<string[] | undefined> {
  for (const namespace of NAMESPACES) {
    try {
      await runIn(namespace, mountCommand(folder));
      return namespace;
    } catch (error) {
      console.log(`      ${(error as Error).message.replaceAll('\n', '\n      ')}`);
    }
  }
  return undefined;
}

function runIn(namespace: readonly string[], command: readonly string[]): Promise<string> {
  const [program = '', ...parameters] = [...namespace, ...command];
  return run(program, parameters, ROOT);
}

async function check(folder: string): Promise<number> {
  const [program, ...parameters] = (await usableNamespace(folder)) ?? [];
  if (program === undefined) {
    console.log(
      'FAIL  no small disk can be mounted here: that needs Linux, and user namespaces, root or sudo',
    );
    return 1;
  }
  const checks = spawn(program, [...parameters, process.execPath, ...CHECKS, folder], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => checks.kill(signal));
  const [code] = (await once(checks, 'close')) as [number | null];
  return code ?? 1;
}

const folder = await realpath(await mkdtemp(join(tmpdir(), 'disk-faults-')));
try {
  process.exitCode = await check(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
