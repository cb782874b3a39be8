/**
 * Tries in Chromium what the documentation shows of pages: installs the packed package in the project of
 * `test/consumers/vite`, and runs its tests there by Playwright. It needs a Chromium: the program that `CHROMIUM` names, or
 * `chromium`, as Debian's package of that name installs it. The documented ports, 4010 and 5173, must be free.
 */
import { join } from 'node:path';
import { run } from './command.js';
import { createProject, pack, presentNode, ROOT, withFolder } from './smoke/project.js';

await withFolder(async (folder) => {
  const program = process.env['CHROMIUM'] ?? 'chromium';
  const chromium = await run('which', [program], ROOT).catch(() => {
    throw new Error(
      `There is no ${program}: install Debian's chromium, or name another Chromium by CHROMIUM`,
    );
  });
  const node = await presentNode();
  const project = await createProject(folder, await pack(folder), node, join(ROOT, 'test/consumers/vite'));
  const env = { ...node.env, CHROMIUM: chromium.trim() };
  console.log(await run('npx', ['playwright', 'test', '--config', 'chromium.config.js'], project, env));
}).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
