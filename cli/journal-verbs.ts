import { Option } from 'commander';
import type { components } from '../generated/control.js';
import { DOCUMENTED_SANDBOX } from '../server/platform/sandbox-name.js';
import { count, jobIdFrom, operationOption } from './arguments.js';
import type { ControlClient } from './control-client.js';
import { told, type AddVerb, type Told } from './verb.js';
import { counted, indented, table, violationLines } from '../contract/text.js';

type Schemas = components['schemas'];
type Entry = Schemas['JournalEntry'];

interface JournalOptions {
  violations?: boolean;
  operation?: Schemas['OperationId'];
  status?: number;
  job?: number;
  fault?: string;
  limit?: number;
  clear?: boolean;
}

export function addJournalVerbs(verb: AddVerb): void {
  verb(
    'journal',
    'list the last calls, oldest first, with their violations of the contract',
    journalOptions(),
    journal,
  );
  const meant = [
    operationOption('only calls of this operation'),
    new Option('--status <status>', 'only calls answered with this status').argParser(count),
    new Option('--pointer <pointer>', 'only calls that broke it at this place, such as /query/limit'),
    new Option('--id <id>', 'only the call with this id in the journal').argParser(count),
  ];
  verb('expect', 'mark calls as meant to break the contract', meant, expectViolations);
  verb('coverage', 'show which parts of the contract the calls exercised', [], async (mock) =>
    told(await mock.call('get', '/coverage'), coverageLines),
  );
}

function journalOptions(): Option[] {
  const filters = [
    new Option('--violations', 'only calls that broke the contract'),
    operationOption('only calls of this operation'),
    new Option('--status <status>', 'only calls answered with this status').argParser(count),
    new Option('--job <id>', 'only calls for this job').argParser(jobIdFrom),
    new Option('--fault <name>', 'only calls that met this fault'),
    new Option('--limit <n>', 'only the newest n calls').argParser(count),
  ];
  const names = filters.map((filter) => filter.attributeName());
  return [...filters, new Option('--clear', 'clear the journal and the coverage').conflicts(names)];
}

async function journal(
  mock: ControlClient,
  { clear, violations, operation, status, job, fault, limit }: JournalOptions,
): Promise<Told> {
  if (clear) return told(await mock.call('delete', '/journal'), () => 'The journal is empty.');
  const query = {
    ...(violations && { violations: 'true' as const }),
    ...(operation && { operation }),
    ...(status !== undefined && { status }),
    ...(job !== undefined && { job }),
    ...(fault !== undefined && { fault }),
    ...(limit !== undefined && { limit }),
  };
  return told(await mock.call('get', '/journal', { query }), journalLines);
}

async function expectViolations(
  mock: ControlClient,
  given: Schemas['ViolationFilter'] & { org?: string; sandbox?: string },
): Promise<Told> {
  const { operation, status, pointer, id } = given;
  const { org = DOCUMENTED_SANDBOX.org, sandbox = DOCUMENTED_SANDBOX.name } = given;
  const filter = {
    ...(operation && { operation }),
    ...(status !== undefined && { status }),
    ...(pointer !== undefined && { pointer }),
    ...(id !== undefined && { id }),
  };
  return told(
    await mock.call('post', '/journal/expect', { body: filter }),
    ({ marked }) =>
      `${counted(marked, 'call')} marked as expected` +
      (marked > 0 ? '.' : ` in sandbox ${sandbox} of ${org}. --sandbox and --org name another.`),
  );
}

/** A line for each call, with what broke the contract below it. */
function journalLines({ entries }: Schemas['Journal']): string {
  if (entries.length === 0) return 'There are no such calls.';
  const [head = '', ...rows] = table(
    ['ID', 'TIME', 'STATUS', 'MS', 'CALL'],
    entries.map((entry) => [
      entry.id,
      entry.time,
      entry.answer?.status ?? 'broken',
      entry.durationInMs.toFixed(1),
      callOf(entry),
    ]),
  ).split('\n');
  const below = entries.map(({ violations }) =>
    violations.map((violation) => indented(`${violation.of}: ${violationLines(violation)}`, 4)),
  );
  return [head, ...rows.flatMap((row, index) => [row, ...(below[index] ?? [])])].join('\n');
}

function callOf({ request: { method, url }, fault, expected }: Entry): string {
  const marks = [...(fault === undefined ? [] : [`fault ${fault}`]), ...(expected ? ['expected'] : [])];
  return `${method} ${url}${marks.length > 0 ? `  (${marks.join(', ')})` : ''}`;
}

function coverageLines({ exercised, total, operations }: Schemas['Coverage']): string {
  return [
    `Of ${total} statuses, parameters and examples, ${exercised} are exercised.`,
    ...operations.flatMap(operationLines),
  ].join('\n');
}

function operationLines({
  operationId,
  calls,
  statuses,
  parameters,
  examples,
}: Schemas['OperationCoverage']): string[] {
  const lists = {
    statuses: statuses.map(({ status, calls }) => ({ name: String(status), calls })),
    parameters: parameters.map(({ name, in: place, calls }) => ({ name: `${name} (${place})`, calls })),
    examples: examples.map(({ name, of, status, calls }) => ({ name: `${name} (${status ?? of})`, calls })),
  };
  return [
    '',
    `${operationId}: ${counted(calls, 'call')}`,
    ...Object.entries(lists).flatMap(([what, items]) => [
      `  ${what}`,
      `    exercised  ${listed(items.filter(({ calls }) => calls > 0))}`,
      `    not        ${listed(items.filter(({ calls }) => calls === 0))}`,
    ]),
  ];
}

function listed(items: { name: string; calls: number }[]): string {
  return items.length === 0
    ? 'none'
    : items.map(({ name, calls }) => (calls > 0 ? `${name}: ${calls}` : name)).join(', ');
}
