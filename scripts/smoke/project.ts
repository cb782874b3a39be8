/** Projects elsewhere that have the packed package installed, and the Nodes that they run on. */
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../command.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PACKAGE = 'aep-export-jobs-mock';
const INSTALL = ['install', '--no-audit', '--no-fund'];
/** Slower installs are reported, to see where the time goes. */
const SLOW_MS = 10_000;

/** A Node that programs are run on, npm among them. */
export interface Node {
  /** Such as `v22.1.0`. */
  version: string;
  /** In it, `node` is this one, and nothing is found that this repository has installed. */
  env: NodeJS.ProcessEnv;
}

/** Uses a temporary folder, which is removed when this process exits, also when it is interrupted. */
export async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), `${PACKAGE}-`)));
  // What was started in it is killed by then, and may still write.
  const options = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };
  process.once('exit', () => rmSync(folder, options));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  await use(folder);
}

/** Packs the package, and resolves to the file. */
export async function pack(to: string): Promise<string> {
  await run('npm', ['pack', '--pack-destination', to], ROOT);
  const tarball = (await readdir(to)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm packed nothing');
  return join(to, tarball);
}

/** The Node that this runs on. */
export function presentNode(): Promise<Node> {
  return nodeIn((process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(ROOT)));
}

/** The newest Node of a major version in the registry. */
export async function registryNode(version: string, folder: string, present: Node): Promise<Node> {
  const bin = await installNode(`${process.platform}-${process.arch}`, version, folder, present.env);
  return nodeIn([bin, present.env['PATH'] ?? '']);
}

async function nodeIn(folders: string[]): Promise<Node> {
  const env = { ...process.env, PATH: folders.join(delimiter) };
  return { version: (await run('node', ['--version'], tmpdir(), env)).trim(), env };
}

/** Installs the newest Node of a major version for a platform, which need not be this one. Resolves to its folder. */
export async function installNode(
  platform: string,
  version: string,
  folder: string,
  env = process.env,
): Promise<string> {
  const to = join(folder, `node-${platform}-${version}`);
  await mkdir(to);
  // Without --force, npm installs nothing for another platform.
  await run('npm', [...INSTALL, '--force', '--prefix', to, `node-${platform}@${version}`], to, env);
  return join(to, 'node_modules', `node-${platform}`, 'bin');
}

/** Makes a project, a copy of another or an empty one, with the package installed, and resolves to its folder. */
export async function createProject(to: string, tarball: string, node: Node, from?: string): Promise<string> {
  const folder = join(to, from === undefined ? 'bare' : basename(from));
  if (from !== undefined) await cp(from, folder, { recursive: true });
  else {
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  }
  const start = performance.now();
  await run('npm', [...INSTALL, tarball], folder, node.env);
  const ms = performance.now() - start;
  if (ms > SLOW_MS) console.log(`      ${basename(folder)} took ${Math.round(ms / 1000)} s to install`);
  return folder;
}
