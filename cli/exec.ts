import { Option, type Command } from 'commander';
import type { Surroundings } from './surroundings.js';
import {
  addFlags,
  messageByFlag,
  readFlags,
  unknownVariables,
  type Environment,
  type FlagChanges,
} from './flags.js';
import { OptionError } from '../contract/option-error.js';
import { checksOf } from './run-checks.js';
import { reachable } from './running.js';
import { PATIENCE, runCommand } from './child-command.js';
import { readVariable, variablesOf, type NamedVariable } from './child-variables.js';

type ExecSurroundings = Pick<
  Surroundings,
  'environment' | 'tell' | 'signals' | 'isInTerminal' | 'createMock'
>;

const FOUND_SOMETHING = 1;

const CHANGES: FlagChanges = {
  port: { default: 0 },
  logLevel: { default: 'warn' },
  db: { help: 'directory that keeps the state', defaultText: 'none' },
  memory: { help: 'keep state in memory; the default without --db' },
};

/**
 * Adds the verb that starts a mock, runs a command against it and stops it.
 * @param ended is told the code to exit with
 */
export function addExec(
  program: Command,
  surroundings: ExecSurroundings,
  ended: (code: number) => void,
): void {
  const { environment } = surroundings;
  // Where another mock is to be, or the command itself, is not where this one is.
  const heeded = { ...environment, PORT: '', HOST: '', AEP_MOCK_DB: '', AEP_MOCK_MEMORY: '' };
  program.enablePositionalOptions().commandsGroup('Verbs that start a mock:');
  const exec = program
    .command('exec')
    .usage('[flags] -- <command...>')
    .description(
      'start a mock in memory, run a command against it and stop it; exits with the code of the command',
    )
    .argument(
      '<command...>',
      'command and its arguments; it finds the mock in AEP_MOCK_URL and AEP_MOCK_BASE_URL',
    )
    .addOption(
      new Option(
        '--env <NAME=text>',
        'environment variable for the command; {origin}, {baseUrl} and {tokenUrl} are filled in; can be repeated',
      ).argParser(readVariable),
    )
    .passThroughOptions();
  addFlags(exec, CHANGES);
  exec.action(async (command: string[]) => {
    ended(await execute(exec, heeded, command, surroundings));
  });
}

async function execute(
  exec: Command,
  heeded: Environment,
  command: string[],
  { environment, createMock, tell, signals, isInTerminal }: ExecSurroundings,
): Promise<number> {
  const [file] = command;
  if (file === '') throw new OptionError('The command is empty; allowed is the name of one, or its path');
  const { options: given, run } = readFlags(exec, heeded, CHANGES);
  const { env = [] } = exec.opts<{ env?: NamedVariable[] }>();
  for (const warning of unknownVariables(environment)) tell(warning);
  const memory = given.db === undefined ? true : undefined;
  const mock = await createMock({ ...given, memory }).catch((error: unknown) => {
    throw error instanceof OptionError ? new OptionError(messageByFlag(error, exec)) : error;
  });
  try {
    const conclude = checksOf(run, mock);
    const url = reachable(await mock.listen());
    const code = await runCommand({
      command,
      environment: { ...environment, ...variablesOf(url, env) },
      tell,
      signals,
      isInTerminal,
    });
    // What the command has left behind may hold a call for as long as it likes.
    const deadline = setTimeout(() => mock.breakOff(), PATIENCE.command);
    await mock.close();
    clearTimeout(deadline);
    const isSound = await conclude(tell);
    return code === 0 && !isSound ? FOUND_SOMETHING : code;
  } finally {
    await mock.close();
  }
}
