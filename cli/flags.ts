import { Command, Option, type ErrorOptions } from 'commander';
import { unknownName } from '../contract/contract-violations.js';
import { invalidValue, OptionError } from '../contract/option-error.js';
import {
  OPTIONS,
  type MockServerOptions,
  type OptionFlag,
  type OptionName,
  type OptionRow,
} from '../server/options.js';
import { checkReportFile } from '../verify/report-file.js';

/** The environment variables of the process. One that is empty counts as one that is not set. */
export type Environment = Record<string, string | undefined>;

/** Which reports a run ends with, and what makes it fail. */
export interface RunFlags {
  failOnViolation?: boolean | undefined;
  /** Lists of cells of the coverage. */
  require?: string[] | undefined;
  /** Paths of files. */
  report?: string[] | undefined;
}

/** What the flags of a command say and default to, where that differs from a plain start. */
export type FlagChanges = Partial<
  Record<OptionName, Pick<OptionFlag, 'default' | 'defaultText'> & { help?: string }>
>;

/** The flags that check or report a run: no options of the mock. Help in Markdown, as in the table of the options. */
export const RUN_FLAGS: { flag: string; help: string }[] = [
  {
    flag: '--fail-on-violation',
    help: 'exit with 1 if a request or its response violated the contract, unless [expected](docs/control-plane.md#journal-and-coverage) or caused by a fault',
  },
  {
    flag: '--require <cells>',
    help: 'exit with 1 unless each `<operation>:<status>` was returned, such as `retrieveExportJob:404`; separated by commas',
  },
  {
    flag: '--report <file>',
    help: 'write a report of the run: `.json`, `.xml` (JUnit) or `.md` (a job summary); can be repeated',
  },
];

/** An option as a flag of the command, with the command's default. */
interface StartFlag extends Omit<OptionFlag, 'default'> {
  name: OptionName;
  isValid: (value: unknown) => boolean;
  /** Whether it takes no value. Its help says what holds without it. */
  isSwitch: boolean;
  default?: OptionFlag['default'] | undefined;
}

export const START_FLAGS: StartFlag[] = Object.entries<OptionRow>(OPTIONS).flatMap(([name, row]) => {
  const { validator, command, default: value } = row;
  if (!command) return [];
  return [
    {
      name: name as OptionName,
      isValid: validator.isValid,
      isSwitch: !command.flag.includes('<'),
      default: value,
      ...command,
    },
  ];
});

/** The variables of the commands for a running mock, and those that `exec` sets for what it runs. */
const OTHER_VARIABLES = ['AEP_MOCK_URL', 'AEP_MOCK_BASE_URL', 'AEP_MOCK_ORG', 'AEP_MOCK_SANDBOX'];

/** A command that says of a flag with a value that it takes none: commander takes both together for an unknown name. */
class MockCommand extends Command {
  override createCommand(name?: string): MockCommand {
    return new MockCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    const [, flag] = /^error: unknown option '(--[^=]+)=/.exec(message) ?? [];
    const isKnown = flag !== undefined && this.options.some(({ long }) => long === flag);
    super.error(isKnown ? `error: the flag ${flag} takes no value` : message, options);
  }
}

/** The command that starts a mock, with its flags. */
export function createProgram(): Command {
  const program = new MockCommand('aep-export-jobs-mock').description(
    'A contract-first, stateful mock of the export jobs API of the AEP Segmentation Service.',
  );
  addFlags(program);
  return program
    .option('-V, --version', 'print the versions of the mock and its contract')
    .helpOption('-h, --help', 'print this help')
    .exitOverride();
}

/** Adds the flags of a command that starts a mock. */
export function addFlags(command: Command, changes: FlagChanges = {}): void {
  for (const flag of START_FLAGS) command.addOption(toOption({ ...flag, ...changes[flag.name] }));
  for (const { flag, help } of RUN_FLAGS) {
    const option = new Option(flag, withoutMarkup(help));
    command.addOption(flag.includes('<') ? option.argParser(collect) : option);
  }
}

function toOption({ flag, environment, help, isSwitch, default: value, defaultText }: StartFlag): Option {
  const standard = defaultText ?? (isSwitch || value === undefined ? undefined : String(value));
  return new VariableOption(flag, help, environment, standard);
}

/** A flag with a variable below it. Commander's own `env` reads the variables of this process alone. */
export class VariableOption extends Option {
  /** @param standard the default, in words */
  constructor(
    flag: string,
    help: string,
    readonly variable: string,
    standard?: string,
  ) {
    const setting = flag.startsWith('--no-') ? `${variable}=false` : variable;
    const notes = [...(standard === undefined ? [] : [`default: ${standard}`]), `env: ${setting}`];
    super(flag, withoutMarkup(`${help} (${notes.join(', ')})`));
  }

  /** Throws OptionError, which does not repeat the text: it may be a secret. */
  read(text: string): unknown {
    if (this.isBoolean() || this.negate) return readSwitch(this.variable, text);
    try {
      return this.parseArg ? this.parseArg<unknown>(text, undefined) : text;
    } catch (error) {
      throw new OptionError(`Invalid ${this.variable}: ${(error as Error).message}`);
    }
  }
}

/** Gives the flags that are not on the command line the values of their variables. Throws OptionError. */
export function applyVariables(command: Command, environment: Environment): void {
  for (const option of command.options) {
    if (!(option instanceof VariableOption)) continue;
    const [name, text] = [option.attributeName(), environment[option.variable]];
    if (!text || command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValueWithSource(name, option.read(text), 'env');
  }
}

function withoutMarkup(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/**
 * Reads the flags of a command line that has been parsed, and the variables below them. Throws OptionError for what does
 * not go together; each value by itself is checked where the mock is made.
 */
export function readFlags(
  command: Command,
  environment: Environment,
  changes: FlagChanges = {},
): { options: MockServerOptions; run: RunFlags } {
  applyVariables(command, environment);
  const values: Record<string, unknown> = {};
  for (const { name, isSwitch, isValid, default: value } of START_FLAGS) {
    const isGiven = ['cli', 'env'].includes(command.getOptionValueSource(name) ?? '');
    const given: unknown = isGiven ? command.getOptionValue(name) : undefined;
    // An option that takes no text takes a number.
    const isNumber = typeof given === 'string' && /^\d+$/.test(given) && !isValid(given);
    const standard = isSwitch ? undefined : (changes[name]?.default ?? value);
    values[name] = isNumber ? Number(given) : (given ?? standard);
  }
  const options = values as MockServerOptions;
  const { failOnViolation, require, report } = command.opts<RunFlags>();
  const run = { failOnViolation, require, report };
  const recordRun = needsRecord(run, options.journal);
  return { options: { ...options, recordRun, ...statePlace(options, command, environment) }, run };
}

/** A variable in place of a switch. */
function readSwitch(variable: string, text: string): boolean {
  if (['true', '1'].includes(text)) return true;
  if (['false', '0'].includes(text)) return false;
  throw invalidValue(variable, text, 'true, 1, false or 0');
}

/** Where state is kept: a flag stands above any variable. Neither: the command decides. */
function statePlace(
  { db, memory }: MockServerOptions,
  command: Command,
  environment: Environment,
): Pick<MockServerOptions, 'db' | 'memory'> {
  const isFlag = (name: OptionName) => command.getOptionValueSource(name) === 'cli';
  if (isFlag('db') && isFlag('memory')) {
    throw new OptionError('--db and --memory exclude each other: give one');
  }
  if (isFlag('db')) return { db, memory: undefined };
  if (isFlag('memory')) return { db: undefined, memory };
  if (memory === true && db !== undefined) {
    throw new OptionError('AEP_MOCK_DB and AEP_MOCK_MEMORY exclude each other: set one');
  }
  const isInPipeline = !['', '0', 'false', undefined].includes(environment['CI']);
  return { db, memory: memory ?? (db === undefined && isInPipeline ? true : undefined) };
}

/** Whether the run has to be recorded for these flags. Throws OptionError where it cannot be. */
function needsRecord(
  { failOnViolation, require, report = [] }: RunFlags,
  journal: number | undefined,
): boolean {
  for (const file of report) checkReportFile(file);
  const flags = [
    ...(failOnViolation ? ['--fail-on-violation'] : []),
    ...(require ? ['--require'] : []),
    ...(report.length > 0 ? ['--report'] : []),
  ];
  if (flags.length > 0 && journal === 0) {
    throw new OptionError(
      `--journal 0 records no requests, and ${flags.join(', ')} cannot check any: expected 1 or more`,
    );
  }
  return flags.length > 0;
}

/** The error's message, with the flag or the variable that gave the option in place of its name in code. */
export function messageByFlag({ message, option }: OptionError, command: Command): string {
  const flag = START_FLAGS.find(({ name }) => name === option);
  if (option === undefined || !flag) return message;
  const isVariable = command.getOptionValueSource(option) === 'env';
  const given = isVariable ? flag.environment : flag.flag.replace(/ .*/, '');
  return message.replace(`Invalid ${option}:`, () => `Invalid ${given}:`);
}

/** A warning for each variable that looks like one of the mock's and is not. */
export function unknownVariables(environment: Environment): string[] {
  const known = [...START_FLAGS.map((flag) => flag.environment), ...OTHER_VARIABLES].filter((name) =>
    name.startsWith('AEP_MOCK_'),
  );
  return Object.keys(environment)
    .filter((name) => name.startsWith('AEP_MOCK_') && environment[name] !== '' && !known.includes(name))
    .map((name) => unknownName('environment variable', name, known, '').message);
}
