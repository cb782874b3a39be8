import { join } from 'node:path';
import type { CheckList } from '../check-list.js';
import { Command, run } from '../command.js';
import { makeCalls } from './http-calls.js';
import type { Node } from './nodes.js';

const NAME = 'aep-export-jobs-mock';
const START = ['--port', '0', '--memory'];
const LISTENING = /Listening on (http:\S+)/;

type Check = CheckList['check'];

/** Uses the command of a project that has the package installed. */
export async function checkCommand(project: string, node: Node, check: Check): Promise<void> {
  const checkHere: Check = (what, test) => check(`the command on ${node.version}: ${what}`, test);
  await checkHere('npx runs it: --version', async () => {
    const printed = await run('npx', [NAME, '--version'], project, node.env);
    if (!/^aep-export-jobs-mock \d+\.\d+\.\d+ \(contract .+\)\s*$/.test(printed))
      throw new Error(`printed ${printed}`);
  });
  await checkCalls(new Command('npx', [NAME, ...START], project, node.env), checkHere);
  // By its own file, as npx ends with a code of its own.
  const file = join(project, 'node_modules/.bin', NAME);
  await checkExitCode(new Command(file, START, project, node.env), checkHere);
}

async function checkCalls(command: Command, check: Check): Promise<void> {
  try {
    const [, base = ''] = await command.printed(LISTENING);
    await makeCalls(base, check);
    await check('Ctrl-C stops it', async () => {
      command.signal('SIGINT');
      await command.ended();
      const isStillThere = await fetch(base).then(
        () => true,
        () => false,
      );
      if (isStillThere) throw new Error(`something still answers at ${base}`);
    });
  } finally {
    await command.kill();
  }
}

async function checkExitCode(command: Command, check: Check): Promise<void> {
  try {
    await command.printed(LISTENING);
    await check('after Ctrl-C its exit code is 0', async () => {
      command.signal('SIGINT');
      const code = await command.ended();
      if (code !== 0) throw new Error(`the exit code is ${code ?? 'none'}`);
    });
  } finally {
    await command.kill();
  }
}
