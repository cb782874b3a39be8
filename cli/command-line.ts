import { CommanderError, type Command } from 'commander';
import { ContractError } from '../contract/contract-checks.js';
import { DataFileError } from '../server/platform/data-files.js';
import { addExec } from './exec.js';
import { createProgram, messageByFlag } from './flags.js';
import { OptionError } from '../contract/option-error.js';
import { listenFailure } from './start-failure.js';
import { StateError } from '../server/storage/state-errors.js';
import { addContract } from './contract.js';
import { addVerify } from './verify.js';
import { addVerbs, parseCommandLine } from './verbs.js';
import { start } from './start.js';
import type { Surroundings } from './surroundings.js';

const COULD_NOT_START = 1;
const BAD_USAGE_OR_DATA = 2;

/** Does what a command line asks for. What can not be done is told in a line, and resolves to the exit code. */
export async function runCommandLine(parameters: string[], surroundings: Surroundings): Promise<number> {
  const { print, tell } = surroundings;
  const program = createProgram().configureOutput({
    writeOut: (text) => print(text.trimEnd()),
    writeErr: (text) => tell(text.trimEnd()),
  });
  let exitCode = 0;
  const ended = (code: number) => (exitCode = code);
  addExec(program, surroundings, ended);
  addVerify(program, surroundings, ended);
  addContract(program, surroundings);
  addVerbs(
    program.action(() => start(program, surroundings)),
    surroundings,
  );
  try {
    await parseCommandLine(program, parameters);
    return exitCode;
  } catch (error) {
    return explain(error as Error, program, tell);
  }
}

/** Says in one line why the mock does not start, and gives the exit code. */
function explain(error: Error, program: Command, tell: Surroundings['tell']): number {
  // Commander has said it.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USAGE_OR_DATA;
  tell(error instanceof OptionError ? messageByFlag(error, program) : listenFailure(error));
  const isUsers = [OptionError, ContractError, DataFileError, StateError].some(
    (kind) => error instanceof kind,
  );
  return isUsers ? BAD_USAGE_OR_DATA : COULD_NOT_START;
}
