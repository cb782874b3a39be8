import { Argument, Option } from 'commander';
import type { components } from '../generated/control.js';
import { count, jobIdFrom, milliseconds, operationOption } from './arguments.js';
import type { ControlClient } from './control-client.js';
import { told, type AddVerb, type Told } from './verb.js';
import { counted, table } from '../contract/text.js';

type Schemas = components['schemas'];
type Rule = Schemas['Rule'];
type Progress = Schemas['Progress'];

const WAYS = ['time', 'polls', 'hand'] satisfies Progress[];

interface HowOften {
  nth?: number;
  times?: number;
  for?: number;
}

interface Where {
  operation?: Schemas['OperationId'];
  job?: number;
}

export function addRuleVerbs(verb: AddVerb): void {
  const name = (of: string) => new Argument('<name>', `name of the ${of}`);
  const way = new Argument('<way>', 'what moves them on').choices(WAYS);
  verb(
    'scenario',
    'choose the scenario of created jobs',
    [name('scenario'), ...howOften('job')],
    setScenario,
  );
  verb(
    'progress',
    'choose what moves created jobs on',
    [way, pollsOption(), ...howOften('job')],
    setProgress,
  );
  verb('fault', 'make calls meet a fault', [name('fault'), ...where(), ...howOften('call')], setFault);
  verb('rules', 'list the rules set by those three, newest first, or remove them', removals(), listOrRemove);
  verb('scenarios', 'list the available scenarios', [], async (mock) =>
    told(await mock.call('get', '/scenarios'), scenariosTable),
  );
  verb('faults', 'list the available faults', [], async (mock) =>
    told(await mock.call('get', '/faults'), faultsTable),
  );
}

function howOften(what: string): Option[] {
  return [
    new Option('--times <n>', `only for the next n ${what}s`).argParser(count),
    new Option('--nth <n>', `only for the n-th ${what} from now`).argParser(count).conflicts('times'),
    new Option('--for <duration>', 'only for this long, in real time').argParser(milliseconds),
  ];
}

function where(): Option[] {
  return [
    operationOption('only calls of this operation'),
    new Option('--job <id>', 'only calls for this job').argParser(jobIdFrom),
  ];
}

function pollsOption(): Option {
  const help = 'with polls: how often a job is returned in a status before it moves on';
  return new Option('--polls <n>', help).argParser(count);
}

function removals(): Option[] {
  return [
    new Option('--clear', 'remove all rules').conflicts('remove'),
    new Option('--remove <id>', 'remove this rule, such as r1'),
  ];
}

function setScenario(mock: ControlClient, scenario: string, options: HowOften): Promise<Told> {
  return setRule(mock, { scenario }, options);
}

type ProgressOptions = HowOften & { polls?: number };

function setProgress(mock: ControlClient, progress: Progress, options: ProgressOptions): Promise<Told> {
  const { polls } = options;
  return setRule(mock, { progress, ...(polls !== undefined && { polls }) }, options);
}

function setFault(mock: ControlClient, fault: string, options: Where & HowOften): Promise<Told> {
  const { operation, job } = options;
  return setRule(
    mock,
    { fault, ...(operation && { operation }), ...(job !== undefined && { job }) },
    options,
  );
}

async function setRule(
  mock: ControlClient,
  what: Schemas['RuleRequest'],
  { nth, times, for: forMs }: HowOften,
): Promise<Told> {
  const body = {
    ...what,
    ...(nth !== undefined && { nth }),
    ...(times !== undefined && { times }),
    ...(forMs !== undefined && { forMs }),
  };
  const answer = await mock.call('post', '/rules', { body });
  return told(answer, (rule) => `Rule ${rule.id}: ${whatOf(rule)} for ${whereOf(rule)}.`);
}

async function listOrRemove(
  mock: ControlClient,
  { clear, remove: id }: { clear?: boolean; remove?: string },
): Promise<Told> {
  if (clear) return told(await mock.call('delete', '/rules'), () => 'All rules are removed.');
  if (id === undefined) return told(await mock.call('get', '/rules'), rulesTable);
  return told(await mock.call('delete', '/rules/{id}', { path: { id } }), () => `Rule ${id} is removed.`);
}

function rulesTable({ rules }: Schemas['RuleList']): string {
  if (rules.length === 0) return 'There are no rules.';
  return table(
    ['ID', 'RULE', 'FOR', 'APPLIED', ''],
    rules.map((rule) => [rule.id, whatOf(rule), whereOf(rule), rule.applied, rule.ended ? 'over' : '']),
  );
}

function whatOf({ scenario, fault, progress = 'time', polls }: Rule): string {
  if (scenario) return `scenario ${scenario.name}`;
  if (fault) return `fault ${fault.name}`;
  return `progress ${progress}${polls === undefined ? '' : ` (${polls} in each status)`}`;
}

function whereOf(rule: Rule): string {
  const { fault, operation, job, nth, times = fault?.times, forMs = fault?.forMs } = rule;
  return [
    fault ? (operation ?? 'all calls') : 'created jobs',
    job === undefined ? '' : `job ${job}`,
    nth === undefined ? '' : `number ${nth} alone`,
    times === undefined ? '' : counted(times, 'time'),
    forMs === undefined ? '' : `${forMs / 1000} s`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function scenariosTable({ scenarios, default: chosen }: Schemas['ScenarioList']): string {
  return table(
    ['NAME', 'SUMMARY'],
    scenarios.map(({ name, summary = '' }) => [name === chosen ? `${name} (default)` : name, summary]),
  );
}

function faultsTable({ faults }: Schemas['FaultList']): string {
  return table(
    ['NAME', 'SUMMARY'],
    faults.map(({ name, summary = '' }) => [name, summary]),
  );
}
