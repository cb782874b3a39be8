import { Option, type Command } from 'commander';
import type { Surroundings } from './surroundings.js';
import { unknownVariables, type Environment } from './environment.js';
import { addFlags, messageByFlag, readFlags } from './flags.js';
import { OptionError, type MockServerOptions } from '../server/options.js';
import { addRunFlags } from './run-flags.js';
import { checksOf } from './run-checks.js';
import { reachable } from './running.js';
import { PATIENCE, runCommand } from './child-command.js';
import { readVariable, variablesOf, type NamedVariable } from './child-variables.js';

type ExecSurroundings = Pick<
  Surroundings,
  'environment' | 'tell' | 'signals' | 'isInTerminal' | 'createMock'
>;

const FOUND_SOMETHING = 1;

/** What is said otherwise of flags than where a mock is started alone. */
const OTHER_HELP: Record<string, string> = {
  db: 'directory that keeps the state',
  memory: 'keep state in memory (the default without --db)',
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
  addRunFlags(addFlags(exec, heeded, { port: 0, logLevel: 'warn' }));
  for (const flag of exec.options) flag.description = OTHER_HELP[flag.attributeName()] ?? flag.description;
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
  const { options, run } = readFlags(exec, heeded);
  const { env = [], ...given } = options as MockServerOptions & { env?: NamedVariable[] };
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
