import { counted, harmless, harmlessLine } from '../contract/text.js';
import type { Finding } from './finding.js';
import type { Outcome, Report } from './report.js';

const VERDICTS = {
  passed: 'Passed',
  failed: 'Failed',
  interrupted: 'Interrupted',
  incomplete: 'Not conclusive',
};
const MARKS = { passed: 'ok', failed: 'FAILED', 'not checked': '-' };

/** What is told of a check when it is over. */
export function outcomeLine({ title, result, note }: Outcome): string {
  const why = result === 'not checked' ? `not checked: ${note}` : note;
  return harmlessLine(`${MARKS[result].padEnd(6)}  ${title} (${why})`);
}

/** What is told in the end: each finding, and the sum of it. */
export function closingLines(report: Report): string {
  const { checks, findings, leftBehind, calls, budget, verdict } = report;
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  const assumed = findings.filter((finding) => finding.kind === 'contradiction' && finding.assumed).length;
  const unchecked = checks.filter(({ result }) => result === 'not checked');
  const outages = unchecked.filter(({ serverFailed }) => serverFailed).length;
  const outagesPart = outages > 0 ? `, ${outages} of them because the server failed` : '';
  const assumedPart = assumed > 0 ? ` (${assumed} of what the contract only assumes)` : '';
  const sums = [
    ...(leftBehind.length > 0
      ? [`${counted(leftBehind.length, 'export job')} may be left behind (${leftBehind.join(', ')})`]
      : []),
    `${counted(count('contradiction'), 'contradiction')}${assumedPart}`,
    `${count('news')} news`,
    `${unchecked.length} of ${checks.length} checks could not be made${outagesPart}; ${calls} of ${budget} calls were made.`,
  ];
  const sum = `${VERDICTS[verdict]}: ${sums.join(', ')}`;
  return harmless([...findings.map((finding) => `\n${findingLines(finding)}`), '', sum].join('\n'));
}

/** A finding, and below it where, what came, and the call that was answered so. */
function findingLines(finding: Finding): string {
  const { kind, operation, message, place, pointer, came, allowed, assumed, times, call } = finding;
  const details: [name: string, value: string | undefined][] = [
    ['place', assumed ? `${place} (no source says so: the contract assumes it)` : place],
    ['at', pointer],
    ['came', came === undefined ? undefined : JSON.stringify(came)],
    ['allowed', allowed],
    ['call', call && `${call.method} ${call.url} -> ${call.status ?? 'no answer'}`],
    ['id', call?.requestId],
    ['sent', call?.requestBody === undefined ? undefined : JSON.stringify(call.requestBody)],
    ['body', call?.answerBody === undefined ? undefined : JSON.stringify(call.answerBody)],
    ['times', times === 1 ? undefined : String(times)],
  ];
  const lines = details.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : `  ${name.padEnd(8)}${value}`,
  );
  return [`${kind}: ${operation}: ${message}`, ...lines].map(harmlessLine).join('\n');
}
