import type { RunCalls } from '../server/journal/run.js';
import { callOf, detailsOf, nameOf, type RunReport } from './run-report.js';
import { counted } from '../contract/text.js';

/** More calls than these are not told one by one: a job's summary has only so much room. */
const MOST_TOLD = 100;

/** A summary in Markdown, as the pages of a pipeline show it. */
export function markdownReport(report: RunReport): string {
  const { package: made, contract, passed, calls, faulted, coverage } = report;
  return [
    `## ${passed ? '✅' : '❌'} Contract of the export jobs API`,
    `${counted(calls, 'call')}, ${faulted} of them met a fault. Of ${coverage.total} statuses, parameters and examples of the contract, ${coverage.exercised} ${coverage.exercised === 1 ? 'was' : 'were'} exercised.`,
    ...requiredPart(report),
    ...callsPart('Unexpected violations', report.unexpected),
    ...callsPart('Expected violations', report.expected),
    coveragePart(report),
    `${made.name} ${made.version}, contract ${contract.version} (${contract.hash})`,
    '',
  ].join('\n\n');
}

function requiredPart({ required }: RunReport): string[] {
  if (required.length === 0) return [];
  const rows = required.map(({ operation, status, calls }) => [
    calls > 0 ? '✅' : '❌',
    `${escaped(operation)}: ${status}`,
    calls > 0 ? counted(calls, 'call') : 'not exercised',
  ]);
  return ['### Required calls', table(['', 'Call', ''], rows)];
}

function callsPart(heading: string, { count, newest }: RunCalls): string[] {
  if (count === 0) return [];
  const told = newest.slice(-MOST_TOLD);
  const rows = told.flatMap((call) =>
    call.violations.map((violation) => [
      escaped(nameOf(call)),
      escaped(violation.message),
      detailsOf(violation)
        .map(([what, text]) => `${what}: ${escaped(text)}`)
        .join('<br>'),
      escaped(callOf(call)),
    ]),
  );
  const more = count - told.length;
  return [
    `### ${heading}: ${counted(count, 'call')}`,
    table(['Operation', 'What was wrong', 'Where', 'Call'], rows),
    ...(more > 0 ? [`… and ${counted(more, 'earlier call')}.`] : []),
  ];
}

function coveragePart({ coverage }: RunReport): string {
  const rows = coverage.operations.map(({ operationId, calls, statuses }) => [
    operationId,
    String(calls),
    statuses
      .map(({ status, calls: answered }) => (answered > 0 ? `**${status}**: ${answered}` : status))
      .join(', '),
  ]);
  return `### Coverage\n\n${table(['Operation', 'Calls', 'Statuses'], rows)}`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that is neither Markdown nor HTML, in one line. */
function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\n]/gu, '\u{FFFD}')
    .replaceAll('\n', ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_{}[\]()#+!|~>@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
