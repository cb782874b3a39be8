import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from '../command.js';
import type { Node } from './nodes.js';

/** What takes longer than this to install is told, so that it is known where the time goes. */
const LONG_IN_MS = 10_000;

/** The folders of the projects with Node that use the package as its users do, and test it. */
export async function consumers(root: string): Promise<string[]> {
  const folder = join(root, 'test/consumers');
  const all = (await readdir(folder)).sort().map((name) => join(folder, name));
  return all.filter((project) => {
    const file = join(project, 'package.json');
    if (!existsSync(file)) return false;
    const { scripts } = JSON.parse(readFileSync(file, 'utf8')) as { scripts: Record<string, string> };
    return scripts['test'] !== undefined;
  });
}

/** A project that has the package installed. */
export class Project {
  private constructor(
    readonly folder: string,
    private readonly tarball: string,
  ) {}

  get name(): string {
    return basename(this.folder);
  }

  /** Makes a project that has nothing else. */
  static async make(folder: string, tarball: string, node: Node): Promise<Project> {
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
    return new Project(folder, tarball).#install(node);
  }

  /** Makes a copy of a project elsewhere. */
  static async copy(consumer: string, to: string, tarball: string, node: Node): Promise<Project> {
    const folder = join(to, basename(consumer));
    await cp(consumer, folder, { recursive: true });
    return new Project(folder, tarball).#install(node);
  }

  /** Runs its tests. Rejects with what they printed when they fail. */
  async test(node: Node): Promise<void> {
    await run('npm', ['test'], this.folder, node.env);
  }

  async #install(node: Node): Promise<this> {
    const start = performance.now();
    await run('npm', ['install', '--no-audit', '--no-fund', this.tarball], this.folder, node.env);
    const took = performance.now() - start;
    if (took > LONG_IN_MS) console.log(`      ${this.name} took ${Math.round(took / 1000)} s to install`);
    return this;
  }
}
