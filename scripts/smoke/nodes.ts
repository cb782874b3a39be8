import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from '../command.js';

/** A Node that programs are run on, npm among them. */
export interface Node {
  /** Such as `v22.1.0`. */
  version: string;
  /** In it, `node` means this one. Nothing that this repository has installed is found. */
  env: NodeJS.ProcessEnv;
}

/** The Node that this runs on. */
export async function presentNode(root: string): Promise<Node> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(root));
  return nodeAt(process.env, folders, root);
}

/** The newest Node of a major version, as the registry has it. */
export async function someNode(version: string, folder: string, present: Node): Promise<Node> {
  const bin = await installNode(`${process.platform}-${process.arch}`, version, folder, present.env);
  return nodeAt(present.env, [bin, present.env['PATH'] ?? ''], folder);
}

/** Installs the newest Node of a major version for a platform, which need not be this one, and gives its folder. */
export async function installNode(
  platform: string,
  version: string,
  folder: string,
  env = process.env,
): Promise<string> {
  const name = `node-${platform}`;
  const to = join(folder, `${name}-${version}`);
  await mkdir(to);
  // Without force, npm installs nothing that is for another platform.
  const install = ['install', '--no-audit', '--no-fund', '--force', '--prefix', to, `${name}@${version}`];
  await run('npm', install, to, env);
  return join(to, 'node_modules', name, 'bin');
}

async function nodeAt(env: NodeJS.ProcessEnv, folders: string[], folder: string): Promise<Node> {
  const itsOwn = { ...env, PATH: folders.join(delimiter) };
  return { version: (await run('node', ['--version'], folder, itsOwn)).trim(), env: itsOwn };
}
