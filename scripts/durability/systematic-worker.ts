/**
 * Tries kinds of requests from a start, both by name, and prints a line of JSON for each. With `--kill <n>` it is the
 * process that is killed.
 */
import { parseArgs } from 'node:util';
import { SystematicRun } from './systematic.js';

const { values, positionals } = parseArgs({
  options: {
    kill: { type: 'string' },
    directory: { type: 'string' },
    killed: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const [start = '', ...kinds] = positionals;
for (const kind of kinds) {
  const run = new SystematicRun(start, kind);
  if (values.kill !== undefined) await run.sendAndDie(values.directory ?? '', Number(values.kill));
  else console.log(JSON.stringify(await run.run(values.killed)));
}
process.exit();
