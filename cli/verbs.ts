import { Argument, Option, type Command } from 'commander';
import type { Surroundings } from './surroundings.js';
import { unknownName } from '../contract/contract-violations.js';
import { applyVariables, VariableOption } from './flags.js';
import { headerText, mockUrl } from './arguments.js';
import { addClockVerbs } from './clock-verbs.js';
import { ControlClient } from './control-client.js';
import { addJobVerbs } from './job-verbs.js';
import { addJournalVerbs } from './journal-verbs.js';
import { addMockVerbs } from './mock-verbs.js';
import { addRuleVerbs } from './rule-verbs.js';
import { findRunning } from './running.js';
import { addSnapshotVerbs } from './snapshot-verbs.js';
import { addStateVerbs } from './state-verbs.js';
import type { AddVerb } from './verb.js';
import { harmless } from '../contract/text.js';

type VerbSurroundings = Pick<Surroundings, 'environment' | 'workingDirectory' | 'print' | 'readInput'>;

/** What every verb takes. */
interface AimOptions {
  url?: string;
  org?: string;
  sandbox?: string;
  adminToken?: string;
  json?: boolean;
}

/** Adds the verbs for a running mock to the command that starts one. */
export function addVerbs(program: Command, surroundings: VerbSurroundings): void {
  program
    .usage('[flags] to start a mock; <verb> … to control a running one')
    .enablePositionalOptions()
    .configureHelp({
      subcommandTerm: (verb) => `${verb.name()} ${verb.usage().replace(/^\[options\] ?/, '')}`,
    })
    .hook('preSubcommand', (_program, verb) => refuseFlags(program, verb.name()));
  const verb = verbAdder(program, surroundings);
  program.commandsGroup('Verbs for the clock:');
  addClockVerbs(verb);
  program.commandsGroup('Verbs for export jobs:');
  addJobVerbs(verb);
  program.commandsGroup('Verbs for scenarios, faults and rules:');
  addRuleVerbs(verb);
  program.commandsGroup('Verbs for recorded calls:');
  addJournalVerbs(verb);
  program.commandsGroup('Verbs for state:');
  addStateVerbs(verb, surroundings.readInput);
  addSnapshotVerbs(verb);
  program.commandsGroup('Verbs for the mock itself:');
  addMockVerbs(verb);
  program.commandsGroup('Help:').helpCommand('help [verb]', 'print the help of a verb');
}

/** Does what a command line asks for. Rejects with what commander throws, or the verb. */
export async function parseCommandLine(program: Command, parameters: string[]): Promise<void> {
  const [first = '', second = ''] = parameters;
  needVerb(program, first);
  if (first === 'help') needVerb(program, second);
  program.allowExcessArguments().hook('preAction', (_program, verb) => {
    if (verb === program) needVerb(program, program.args[0]);
  });
  await program.parseAsync(parameters, { from: 'user' });
}

/** Refuses a word that is none of the verbs, in the place of one. */
function needVerb(program: Command, word = ''): void {
  const verbs = [...program.commands.map((verb) => verb.name()), 'help'];
  if (word === '' || word.startsWith('-') || verbs.includes(word)) return;
  const { message, allowed } = unknownName('verb', word, verbs, '');
  const meant = message.endsWith('?') ? undefined : verbs.find((verb) => isTwisted(word, verb));
  program.error(`${message}${meant ? ` Did you mean '${meant}'?` : ''} Allowed: ${allowed}`);
}

/** Whether two words differ by two letters in the wrong order: one slip, that counts as two where letters are compared. */
function isTwisted(word: string, other: string): boolean {
  const twisted = (at: number) =>
    word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
  return Array.from(word, (_letter, at) => twisted(at)).includes(other);
}

/** Flags are for starting a mock: before a verb, they would do nothing. */
function refuseFlags(program: Command, verb: string): void {
  const given = program.options.find((flag) => program.getOptionValueSource(flag.attributeName()) === 'cli');
  if (given)
    program.error(
      `${given.long ?? given.flags} before the verb '${verb}' is for starting a mock. What the verb takes stands after it.`,
    );
}

function verbAdder(program: Command, { environment, workingDirectory, print }: VerbSurroundings): AddVerb {
  return (name, summary, parts, work) => {
    const command = program.command(name).description(summary);
    for (const part of parts) {
      if (part instanceof Argument) command.addArgument(part);
      else command.addOption(part);
    }
    command.option('--json', 'print the raw JSON answer').optionsGroup('Which mock and sandbox:');
    for (const option of aimOptions()) command.addOption(option);
    command.action(async (...given: unknown[]) => {
      applyVariables(command, environment);
      const { url, json, ...aim } = command.opts<AimOptions>();
      const mock = new ControlClient({ ...aim, url: url ?? (await findRunning(workingDirectory)) });
      const told = await work(mock, ...(given as never[]));
      if (json !== true) print(harmless(told.lines));
      else if (told.json !== '') print(told.json);
    });
  };
}

function aimOptions(): Option[] {
  const here = 'the one started in this directory';
  return [
    new VariableOption('--url <url>', 'address of the mock', 'AEP_MOCK_URL', here).argParser(mockUrl),
    new VariableOption('--org <org>', 'organisation', 'AEP_MOCK_ORG', 'the documented one').argParser(
      headerText,
    ),
    new VariableOption('--sandbox <name>', 'name of the sandbox', 'AEP_MOCK_SANDBOX', 'prod').argParser(
      headerText,
    ),
    new VariableOption(
      '--admin-token <token>',
      'token of the control plane, if it needs one',
      'AEP_MOCK_ADMIN_TOKEN',
    ).argParser(headerText),
  ];
}
