import { Command, InvalidArgumentError, Option } from 'commander';
import { unknownName } from './contract-violations.js';
import { LOG_LEVELS, OptionError, type LogLevel, type MockServerOptions } from './options.js';

export interface Flags {
  version: boolean;
  options: MockServerOptions;
}

type Environment = Record<string, string | undefined>;

const DB_HELP = 'the directory to keep state in; by default one below node_modules/.cache, or of the user';
const SEED_HELP = 'what a sandbox starts with: documented, demo, empty, or a file {"jobs": [ExportJob, …]}';
const CLOCK_HELP = 'the instant (RFC 3339) at which all clocks stand; without it they go';
const RANDOM_SEED_HELP = 'the number from which ids, batch ids and the demo seed follow';
const PROCESSING_HELP = 'how long it is PROCESSING after that (default: 5000)';

/** The flags, with the environment variables below them. A variable that is empty is as one that is not set. */
export function command(environment: Environment): Command {
  const option = (flags: string, description: string, variable: string) => {
    const made = new Option(flags, description);
    return environment[variable] === '' ? made : made.env(variable);
  };
  const number = (...[flags, description, variable]: Parameters<typeof option>) =>
    option(flags, description, variable).argParser(integer);

  return new Command('aep-export-jobs-mock')
    .description('A contract-first, stateful mock of the export jobs of the AEP Segmentation Service.')
    .addOption(number('--port <port>', 'port to listen on, 0 picks a free one', 'PORT').default(4010))
    .addOption(option('--host <address>', 'address to listen on', 'HOST').default('127.0.0.1'))
    .addOption(option('--db <dir>', DB_HELP, 'AEP_MOCK_DB'))
    .option('--memory', 'keep state in memory; the default where CI is set (env: AEP_MOCK_MEMORY)')
    .option('--fresh', 'give up the state that was kept, and start anew (env: AEP_MOCK_FRESH)')
    .addOption(option('--seed <seed>', SEED_HELP, 'AEP_MOCK_SEED').default('documented'))
    .addOption(option('--clock <instant>', CLOCK_HELP, 'AEP_MOCK_CLOCK'))
    .addOption(number('--random-seed <n>', RANDOM_SEED_HELP, 'AEP_MOCK_RANDOM_SEED'))
    .addOption(number('--new-ms <ms>', 'how long a job is NEW (default: 2000)', 'AEP_MOCK_NEW_MS'))
    .addOption(number('--processing-ms <ms>', PROCESSING_HELP, 'AEP_MOCK_PROCESSING_MS'))
    .option('--no-cors', 'do not let browsers call from other origins (env: AEP_MOCK_CORS=false)')
    .addOption(
      option('--log-level <level>', 'which log lines are written, to standard error', 'AEP_MOCK_LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default('info' satisfies LogLevel),
    )
    .option('-V, --version', 'print the versions of the mock and of its contract')
    .helpOption('-h, --help', 'print this')
    .exitOverride();
}

function integer(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError(
    `Allowed is an integer in decimal digits, up to ${Number.MAX_SAFE_INTEGER}.`,
  );
}

/** Reads the command line. Throws what commander does, or OptionError. */
export function readFlags(program: Command, environment: Environment, parameters: string[]): Flags {
  const { version = false, ...options } = program
    .parse(parameters, { from: 'user' })
    .opts<MockServerOptions & { version?: boolean }>();
  const given = (name: string) => program.getOptionValueSource(name) === 'cli';
  return {
    version,
    options: {
      ...options,
      ...statePlace(options, given, environment),
      fresh: given('fresh') ? true : switchFrom(environment, 'AEP_MOCK_FRESH'),
      cors: given('cors') ? false : switchFrom(environment, 'AEP_MOCK_CORS'),
    },
  };
}

/** Where state is to be kept: what a flag says stands above what the environment does. Nothing: where nobody says. */
function statePlace(
  { db, memory }: MockServerOptions,
  given: (name: string) => boolean,
  environment: Environment,
): Pick<MockServerOptions, 'db' | 'memory'> {
  if (given('db') && given('memory')) throw new OptionError('--db and --memory exclude each other: give one');
  if (given('db')) return { db };
  if (given('memory')) return { db: undefined, memory };
  const isInMemory = switchFrom(environment, 'AEP_MOCK_MEMORY');
  if (isInMemory === true && db !== undefined) {
    throw new OptionError('AEP_MOCK_DB and AEP_MOCK_MEMORY exclude each other: set one');
  }
  const isInPipeline = !['', '0', 'false', undefined].includes(environment['CI']);
  return { db, memory: isInMemory ?? (db === undefined && isInPipeline ? true : undefined) };
}

/** A switch's environment variable: commander would take any value of it, `false` too, as the switch being given. */
function switchFrom(environment: Environment, variable: string): boolean | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  if (!['true', '1', 'false', '0'].includes(text)) {
    throw new OptionError(`${variable} is ${JSON.stringify(text)}; allowed is true, 1, false or 0`);
  }
  return text === 'true' || text === '1';
}

const VARIABLES = [
  'AEP_MOCK_DB',
  'AEP_MOCK_MEMORY',
  'AEP_MOCK_FRESH',
  'AEP_MOCK_SEED',
  'AEP_MOCK_CLOCK',
  'AEP_MOCK_RANDOM_SEED',
  'AEP_MOCK_NEW_MS',
  'AEP_MOCK_PROCESSING_MS',
  'AEP_MOCK_CORS',
  'AEP_MOCK_LOG_LEVEL',
];

/** A warning of each variable that looks like one of the mock's and is none. */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('AEP_MOCK_') && environment[name] !== '' && !VARIABLES.includes(name))
    .map((name) => unknownName('environment variable', name, VARIABLES, '').message);
}

/** The error's message, with the flag or variable that the option was given by in place of its name in code. */
export function messageByFlag({ message, option }: OptionError, program: Command): string {
  const flag = program.options.find((each) => each.attributeName() === option);
  if (option === undefined || !flag) return message;
  const isVariable = program.getOptionValueSource(option) === 'env';
  return `${(isVariable ? flag.envVar : flag.long) ?? option}${message.slice(option.length)}`;
}
