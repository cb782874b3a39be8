import { InvalidArgumentError, type Command } from 'commander';
import { optionsWith, switchFrom, type Environment } from './environment.js';
import { MockCommand } from './mock-command.js';
import {
  AUTH_MODES,
  LOG_LEVELS,
  OptionError,
  type AuthMode,
  type MockServerOptions,
} from '../server/options.js';
import { addRunFlags, needsRecord, type RunFlags } from './run-flags.js';

export interface Flags {
  version: boolean;
  options: MockServerOptions;
  /** What the run is held to. */
  run: RunFlags;
}

const DB_HELP =
  'directory that keeps the state (default: one in node_modules/.cache, or in the user data folder)';
const SEED_HELP = 'what a sandbox starts with: documented, demo, empty, or a file {"jobs": [ExportJob, …]}';
const CLOCK_HELP = 'freeze all clocks at this instant (RFC 3339); without it they run';
const RANDOM_SEED_HELP =
  'number that determines ids, batch ids and the demo seed, in each sandbox alike (default: random)';
const AUTH_HELP = 'which access tokens are accepted: any, or only unexpired ones minted at /ims/token/v3';
const CREDENTIALS_HELP =
  'file with the valid API keys and secrets, and the organisations and sandboxes each may use';
const ADMIN_TOKEN_HELP =
  'token that control plane calls need; without one, the control plane is closed on non-loopback hosts';
const NEW_HELP = 'how long a job of that scenario is NEW (default: set by the scenario, 2000 for succeeds)';
const PROCESSING_HELP = 'how long it is then PROCESSING (default: set by the scenario, 5000 for succeeds)';
const SCENARIO_HELP =
  'scenario of created jobs, unless something more specific chooses one (default: succeeds)';
const SCENARIOS_HELP = 'directory with your own scenarios, one <name>.json each';
const PROGRESS_HELP = 'what moves created jobs on: time, polls or hand (default: time)';
const POLLS_HELP = 'with polls: how often a job is returned in a status before it moves on (default: 1)';
const FAULT_HELP = 'fault that every sandbox starts with, such as unavailable or slow';
const FAULTS_HELP = 'directory with your own faults, one <name>.json each';
const UPSTREAM_HELP = 'server that receives the calls for paths that the mock does not serve';
const JOURNAL_HELP = 'how many calls each sandbox keeps; 0 turns journal and coverage off (default: 1000)';

/** The command that starts a mock, with its flags. */
export function command(environment: Environment): Command {
  const program = new MockCommand('aep-export-jobs-mock').description(
    'A contract-first, stateful mock of the export jobs API of the AEP Segmentation Service.',
  );
  return addRunFlags(addFlags(program, environment))
    .option('-V, --version', 'print the versions of the mock and its contract')
    .helpOption('-h, --help', 'print this help')
    .exitOverride();
}

/** Adds the flags of a mock that is started, with the environment variables below them. */
export function addFlags(
  starting: Command,
  environment: Environment,
  { port = 4010, logLevel = 'info' }: Pick<MockServerOptions, 'port' | 'logLevel'> = {},
): Command {
  const option = optionsWith(environment);
  const number = (...parts: Parameters<typeof option>) => option(...parts).argParser(integer);
  const auth = option('--auth <which>', AUTH_HELP, 'AEP_MOCK_AUTH').choices(AUTH_MODES);

  return starting
    .addOption(number('--port <port>', 'port to listen on; 0 picks a free one', 'PORT').default(port))
    .addOption(option('--host <address>', 'address to listen on', 'HOST').default('127.0.0.1'))
    .addOption(option('--db <dir>', DB_HELP, 'AEP_MOCK_DB'))
    .option('--memory', 'keep state in memory; the default where CI is set (env: AEP_MOCK_MEMORY)')
    .option('--fresh', 'discard the kept state and start over (env: AEP_MOCK_FRESH)')
    .addOption(option('--seed <seed>', SEED_HELP, 'AEP_MOCK_SEED').default('documented'))
    .addOption(option('--clock <instant>', CLOCK_HELP, 'AEP_MOCK_CLOCK'))
    .addOption(number('--random-seed <n>', RANDOM_SEED_HELP, 'AEP_MOCK_RANDOM_SEED'))
    .addOption(option('--scenario <name>', SCENARIO_HELP, 'AEP_MOCK_SCENARIO'))
    .addOption(option('--scenarios <dir>', SCENARIOS_HELP, 'AEP_MOCK_SCENARIOS'))
    .addOption(number('--new-ms <ms>', NEW_HELP, 'AEP_MOCK_NEW_MS'))
    .addOption(number('--processing-ms <ms>', PROCESSING_HELP, 'AEP_MOCK_PROCESSING_MS'))
    .addOption(option('--progress <way>', PROGRESS_HELP, 'AEP_MOCK_PROGRESS'))
    .addOption(number('--polls <n>', POLLS_HELP, 'AEP_MOCK_POLLS'))
    .addOption(option('--fault <name>', FAULT_HELP, 'AEP_MOCK_FAULT'))
    .addOption(option('--faults <dir>', FAULTS_HELP, 'AEP_MOCK_FAULTS'))
    .addOption(number('--journal <n>', JOURNAL_HELP, 'AEP_MOCK_JOURNAL'))
    .addOption(option('--upstream <url>', UPSTREAM_HELP, 'AEP_MOCK_UPSTREAM'))
    .option('--no-cors', 'do not allow browsers to call from other origins (env: AEP_MOCK_CORS=false)')
    .addOption(auth.default('any' satisfies AuthMode))
    .addOption(option('--credentials <file>', CREDENTIALS_HELP, 'AEP_MOCK_CREDENTIALS'))
    .addOption(option('--admin-token <token>', ADMIN_TOKEN_HELP, 'AEP_MOCK_ADMIN_TOKEN'))
    .option('--no-admin', 'turn off the control plane, except for health (env: AEP_MOCK_ADMIN=false)')
    .addOption(
      option('--log-level <level>', 'how much to log, to standard error', 'AEP_MOCK_LOG_LEVEL')
        .choices(LOG_LEVELS)
        .default(logLevel),
    );
}

function integer(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError(
    `Allowed is an integer in decimal digits, up to ${Number.MAX_SAFE_INTEGER}.`,
  );
}

/** Reads the flags of a command line that is parsed. Throws OptionError. */
export function readFlags(program: Command, environment: Environment): Flags {
  const {
    version = false,
    failOnViolation,
    require,
    report,
    ...options
  } = program.opts<MockServerOptions & RunFlags & { version?: boolean }>();
  const run = { failOnViolation, require, report };
  const given = (name: string) => program.getOptionValueSource(name) === 'cli';
  return {
    version,
    run,
    options: {
      ...options,
      recordRun: needsRecord(run, options.journal),
      ...statePlace(options, given, environment),
      fresh: given('fresh') ? true : switchFrom(environment, 'AEP_MOCK_FRESH'),
      cors: given('cors') ? false : switchFrom(environment, 'AEP_MOCK_CORS'),
      admin: given('admin') ? false : switchFrom(environment, 'AEP_MOCK_ADMIN'),
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

/** The error's message, with the flag or variable that the option was given by in place of its name in code. */
export function messageByFlag({ message, option }: OptionError, program: Command): string {
  const flag = program.options.find((each) => each.attributeName() === option);
  if (option === undefined || !flag) return message;
  const isVariable = program.getOptionValueSource(option) === 'env';
  return `${(isVariable ? flag.envVar : flag.long) ?? option}${message.slice(option.length)}`;
}
