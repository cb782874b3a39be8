import { readFile } from 'node:fs/promises';
import { Argument } from 'commander';
import type { components } from '../generated/control.js';
import { OptionError } from '../contract/option-error.js';
import type { ControlClient } from './control-client.js';
import { told, type AddVerb, type Told } from './verb.js';

type Schemas = components['schemas'];
type Part = Schemas['SandboxPart'];

const PARTS = ['jobs', 'clock', 'rules', 'journal'] satisfies Part[];
const ALL = 'all but the snapshots';

export function addStateVerbs(verb: AddVerb, readInput: () => Promise<string>): void {
  const parts = new Argument('[part...]', 'only these parts (default: everything but the snapshots)').choices(
    PARTS,
  );
  verb('reset', 'reset the sandbox to its initial state', [parts], reset);
  verb('export', 'print the state of the sandbox as JSON', [], async (mock) => {
    const { text } = await mock.call('get', '/state');
    return { json: text, lines: text };
  });
  const file = new Argument('<file>', 'output of export; - for standard input');
  verb('import', 'load the state of the sandbox from a file', [file], async (mock, name: string) => {
    const body = await stateIn(name, readInput);
    return told(await mock.call('put', '/state', { body }), () => 'The state is imported.');
  });
}

async function reset(mock: ControlClient, parts: Part[]): Promise<Told> {
  const answer = await mock.call('post', '/reset', parts.length > 0 ? { body: { only: parts } } : {});
  return told(answer, () => `Back at the beginning: ${parts.length > 0 ? parts.join(', ') : ALL}.`);
}

async function stateIn(file: string, readInput: () => Promise<string>): Promise<Schemas['SandboxState']> {
  const what = file === '-' ? 'Standard input' : file;
  const reading = file === '-' ? readInput() : readFile(file, 'utf8');
  const text = await reading.catch((error: unknown) => {
    throw new OptionError(`${what} can not be read: ${(error as Error).message}`);
  });
  try {
    // Whether it is a state, the mock says.
    return JSON.parse(text) as Schemas['SandboxState'];
  } catch (error) {
    throw new OptionError(
      `${what} is no JSON: ${(error as Error).message}; allowed is what export has printed`,
    );
  }
}
