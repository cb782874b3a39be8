import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Surroundings } from './surroundings.js';
import { ownContract } from '../contract/contract-document.js';
import { packageRoot } from '../contract/package-root.js';

const IN_YAML = join(packageRoot, 'spec/openapi.yaml');
const JSON_HELP = 'print it as a single, self-contained JSON document';

/** Adds the verb that writes the contract, byte for byte as the package has it. */
export function addContract(program: Command, { print }: Pick<Surroundings, 'print'>): void {
  program
    .command('contract')
    .description('print the contract')
    .option('--json', JSON_HELP)
    .addHelpText(
      'after',
      `\nWithout --json it is YAML, and its examples are separate files in ${join(packageRoot, 'fixtures/examples')}.`,
    )
    .action(async ({ json }: { json?: true }) => {
      print(await readFile(json ? ownContract('openapi') : IN_YAML, 'utf8'), '');
    });
}
