import { readFile } from 'node:fs/promises';
import { arch, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { packageManifest, ROOT } from './contenders.js';

const GIB = 1024 ** 3;
const PACKAGES = ['@stoplight/prism-cli', 'express', 'autocannon'];

/** Where it was measured. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryInGiB: number;
  system: string;
}

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const distribution = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="(.*)"$/m.exec(distribution)?.[1];
  const kernel = `${type()} ${release()} ${arch()}`;
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryInGiB: Math.round(totalmem() / GIB),
    system: name === undefined ? kernel : `${name}, ${kernel}`,
  };
}

/** The versions of all that takes part. */
export async function readVersions(): Promise<Record<string, string>> {
  const versionIn = (manifest: unknown) => (manifest as { version: string }).version;
  const ours = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as unknown;
  return {
    'aep-export-jobs-mock': versionIn(ours),
    node: process.versions.node,
    ...Object.fromEntries(PACKAGES.map((name) => [name, versionIn(packageManifest(name))])),
  };
}
