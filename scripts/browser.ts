/**
 * Tries in Chromium what the documentation shows of pages: installs the packed package in the project of
 * `test/consumers/vite`, and runs its tests there by Playwright. It needs a Chromium: the program that `CHROMIUM` names, or
 * `chromium`, as Debian's package of that name installs it. The documented ports, 4010 and 5173, are to be free.
 *
 *     npm run browser
 */
import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { run } from './command.js';
import { Project } from './smoke/consumers.js';
import { presentNode } from './smoke/nodes.js';
import { pack } from './smoke/package-checks.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

async function chromium(): Promise<string> {
  const program = process.env['CHROMIUM'] ?? 'chromium';
  try {
    return (await promisify(execFile)('which', [program])).stdout.trim();
  } catch {
    throw new Error(
      `There is no program ${program}: install Debian's package chromium, or name another Chromium by CHROMIUM`,
    );
  }
}

const folder = await realpath(await mkdtemp(join(tmpdir(), 'aep-export-jobs-mock-browser-')));
try {
  const browser = await chromium();
  const node = await presentNode(ROOT);
  const project = await Project.copy(
    join(ROOT, 'test/consumers/vite'),
    folder,
    await pack(ROOT, folder),
    node,
  );
  const env = { ...node.env, CHROMIUM: browser };
  console.log(
    await run('npx', ['playwright', 'test', '--config', 'chromium.config.js'], project.folder, env),
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
