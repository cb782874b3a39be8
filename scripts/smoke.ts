/**
 * Packs the package as it would be published, installs it in new projects elsewhere, and uses it there as its users do:
 * from each test runner, from TypeScript, from plain JavaScript and from the command line.
 *
 *     npm run smoke                       on this Node
 *     npm run smoke -- --node 20,22,24    on the newest of each of these
 */
import { rmSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CheckList } from './check-list.js';
import { checkCommand } from './smoke/command-checks.js';
import { consumers, Project } from './smoke/consumers.js';
import { presentNode, someNode } from './smoke/nodes.js';
import { checkPackage, pack } from './smoke/package-checks.js';
import { checkWithoutNode } from './smoke/without-node.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGE = 'aep-export-jobs-mock';

const { values } = parseArgs({ options: { node: { type: 'string' } } });
const checks = new CheckList();
const { check } = checks;

const folder = await realpath(await mkdtemp(join(tmpdir(), `${PACKAGE}-smoke-`)));
// By then, what runs in it was told to end; what it still writes is removed at the next try.
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  const tarball = await pack(ROOT, folder);
  const present = await presentNode(ROOT);
  const nodes = values.node
    ? await Promise.all(values.node.split(',').map((version) => someNode(version, folder, present)))
    : [present];

  const bare = await Project.make(join(folder, 'bare'), tarball, present);
  await checkPackage(tarball, join(bare.folder, 'node_modules', PACKAGE), ROOT, check);
  for (const node of nodes) await checkCommand(bare.folder, node, check);

  for (const consumer of await consumers(ROOT)) {
    const project = await Project.copy(consumer, folder, tarball, present);
    for (const node of nodes) await check(`${project.name} on ${node.version}`, () => project.test(node));
  }
  await checkWithoutNode(ROOT, folder, tarball, present, check);
} catch (error) {
  checks.fail((error as Error).message);
}
process.exitCode = checks.conclude();
