import type { RunCalls } from '../server/journal/run.js';
import { callOf, detailsOf, nameOf, type RunReport, type Violation } from './run-report.js';

interface TestCase {
  className: string;
  name: string;
  /** In lines, the first of which says most. Absent where it has passed. */
  failure?: string;
  /** Why it counts neither way. */
  skipped?: string;
}

/** JUnit's XML: a test case for each cell that is required, and for each violation or that there is none. */
export function junitReport(report: RunReport): string {
  const told = new Map<string, number>();
  const suites = [
    { name: 'Required calls', cases: requiredCases(report) },
    { name: 'Unexpected violations of the contract', cases: unexpectedCases(report) },
    { name: 'Expected violations of the contract', cases: expectedCases(report) },
  ].map(({ name, cases }) => ({ name, cases: cases.map((each) => toldApart(each, told)) }));
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: report.package.name, ...counts(all) })}>`,
    ...suites.map(({ name, cases }) => suite(name, report, cases)),
    '</testsuites>',
    '',
  ].join('\n');
}

/** Whoever reads the report takes cases of one class and name for the same: a number tells those apart that would be. */
function toldApart(each: TestCase, told: Map<string, number>): TestCase {
  const key = escaped(`${each.className}\n${each.name}`);
  const times = (told.get(key) ?? 0) + 1;
  told.set(key, times);
  return times === 1 ? each : { ...each, name: `${each.name} (${times})` };
}

function requiredCases({ required }: RunReport): TestCase[] {
  return required.map(({ operation, status, calls }) => ({
    className: operation,
    name: `${operation} is answered with ${status}`,
    ...(calls === 0 && {
      failure: `No call of ${operation} was answered with ${status}, which is required.`,
    }),
  }));
}

function unexpectedCases({ unexpected, failOnViolation }: RunReport): TestCase[] {
  // A report without any case is an error for some of those who read it.
  if (unexpected.count === 0)
    return [{ className: 'contract', name: 'No call broke the contract unexpectedly' }];
  return violationCases(unexpected, (violation) =>
    failOnViolation
      ? { failure: violation }
      : { skipped: `Does not fail the run without --fail-on-violation. ${violation}` },
  );
}

function expectedCases({ expected }: RunReport): TestCase[] {
  return violationCases(expected, () => ({}));
}

function violationCases(
  { count, newest }: RunCalls,
  ending: (words: string) => Pick<TestCase, 'failure' | 'skipped'>,
): TestCase[] {
  const cases = newest.flatMap((call) =>
    call.violations.map((violation) => ({
      className: nameOf(call),
      name: `${callOf(call)}${violation.pointer ? `, ${violation.pointer}` : ''}: ${violation.message}`,
      ...ending(
        [inWords(violation), `call       ${call.method} ${call.url}`, `request id ${call.requestId}`].join(
          '\n',
        ),
      ),
    })),
  );
  const more = count - newest.length;
  if (more === 0) return cases;
  const words = `${more} earlier calls broke the contract, too.`;
  return [...cases, { className: 'earlier calls', name: words, ...ending(words) }];
}

function inWords(violation: Violation): string {
  const details = detailsOf(violation).map(([what, text]) => `${what.padEnd(10)} ${text}`);
  return [violation.message, ...details].join('\n');
}

function suite(name: string, { package: made, contract }: RunReport, cases: TestCase[]): string {
  const properties = {
    'package.version': made.version,
    'contract.version': contract.version,
    'contract.hash': contract.hash,
  };
  return [
    `  <testsuite ${attributes({ name, ...counts(cases) })}>`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([key, value]) => `      <property ${attributes({ name: key, value })}/>`,
    ),
    '    </properties>',
    ...cases.map(testCase),
    '  </testsuite>',
  ].join('\n');
}

function counts(cases: TestCase[]): Record<string, number> {
  return {
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure !== undefined).length,
    errors: 0,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
    time: 0,
  };
}

function testCase({ className, name, failure, skipped }: TestCase): string {
  const start = `    <testcase ${attributes({ classname: className, name, time: 0 })}`;
  if (skipped !== undefined) return `${start}><skipped ${attributes({ message: skipped })}/></testcase>`;
  if (failure === undefined) return `${start}/>`;
  const [message = ''] = failure.split('\n', 1);
  return `${start}><failure ${attributes({ message, type: 'violation' })}>${escaped(failure)}</failure></testcase>`;
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text in XML 1.0, which has no way to say some characters: other ones stand for them. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
