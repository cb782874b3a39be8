import type { MockServer } from '../server/mock-server.js';
import { writeReport } from '../verify/report-file.js';
import { counted, harmlessLine } from '../contract/text.js';
import type { RunFlags } from './flags.js';
import { readCells } from '../verify/required-cells.js';
import type { RunCalls } from '../server/journal/run.js';
import { callOf, detailsOf, nameOf, reportOf, type RunReport } from '../verify/run-report.js';

/** Ends a run: writes its reports, tells what was found, and resolves to whether there was nothing. */
export type Conclude = (tell: (lines: string) => void) => Promise<boolean>;

/** What is to be done at the end of a mock's run. Throws OptionError for what the contract does not have. */
export function checksOf(flags: RunFlags, mock: MockServer): Conclude {
  const { failOnViolation = false, require = [], report: files = [] } = flags;
  if (!failOnViolation && require.length === 0 && files.length === 0) return () => Promise.resolve(true);
  const required = readCells(require, mock.run().coverage);
  return async (tell) => {
    const report = reportOf(mock.run(), { failOnViolation, required }, mock.health());
    const found = foundLines(report);
    if (found.length > 0) tell(found.map(harmlessLine).join('\n'));
    const failures = await Promise.all(
      files.map((file) =>
        writeReport(file, report).then(
          () => [],
          (error: unknown) => [`The report ${file} can not be written: ${(error as Error).message}`],
        ),
      ),
    );
    for (const failure of failures.flat()) tell(failure);
    return report.passed && failures.flat().length === 0;
  };
}

function foundLines({ failOnViolation, required, unexpected, expected }: RunReport): string[] {
  const missing = required.filter(({ calls }) => calls === 0);
  const isFound = failOnViolation && unexpected.count > 0;
  return [
    ...(isFound ? [`${counted(unexpected.count, 'call')} broke the contract unexpectedly:`] : []),
    ...(isFound ? callLines(unexpected) : []),
    ...(isFound && expected.count > 0 ? [`${counted(expected.count, 'call')} more did so as expected.`] : []),
    ...missing.map(
      ({ operation, status }) => `No call of ${operation} was answered with ${status}, which is required.`,
    ),
  ];
}

/** So many calls are told one by one. The reports have more. */
const MOST_TOLD = 50;

function callLines({ count, newest }: RunCalls): string[] {
  const told = newest.slice(-MOST_TOLD);
  const lines = told.flatMap((call) => [
    `  ${nameOf(call)}, ${callOf(call)}: ${call.method} ${call.url}`,
    ...call.violations.flatMap((violation) => [
      `    ${violation.message}`,
      ...detailsOf(violation).map(([what, text]) => `      ${what.padEnd(8)} ${text}`),
    ]),
  ]);
  const more = count - told.length;
  return more > 0 ? [`  (${counted(more, 'earlier call')}, and)`, ...lines] : lines;
}
