import type { Command } from 'commander';
import { OptionError } from '../server/options.js';
import { checkReportFile } from '../verify/report-file.js';

/** What a run of the command is held to, and where it is told of. */
export interface RunFlags {
  failOnViolation?: boolean | undefined;
  /** Lists of cells of the coverage. */
  require?: string[] | undefined;
  /** Files. */
  report?: string[] | undefined;
}

const FAIL_HELP =
  'exit with 1 if a call broke the contract unexpectedly; calls that met a fault do not count';
const REQUIRE_HELP =
  'exit with 1 unless each <operation>:<status> was answered, such as retrieveExportJob:404; separated by commas';
const REPORT_HELP = 'write a report of the run: .json, .xml (JUnit) or .md (a job summary); can be repeated';

export function addRunFlags(starting: Command): Command {
  return starting
    .option('--fail-on-violation', FAIL_HELP)
    .option('--require <cells>', REQUIRE_HELP, collected)
    .option('--report <file>', REPORT_HELP, collected);
}

function collected(text: string, before: string[] = []): string[] {
  return [...before, text];
}

/** Whether a run has to be recorded for them. Throws OptionError for what can not be done. */
export function needsRecord(
  { failOnViolation, require, report = [] }: RunFlags,
  journal: number | undefined,
): boolean {
  for (const file of report) checkReportFile(file);
  const asked = [
    ...(failOnViolation ? ['--fail-on-violation'] : []),
    ...(require ? ['--require'] : []),
    ...(report.length > 0 ? ['--report'] : []),
  ];
  if (asked.length > 0 && journal === 0) {
    throw new OptionError(
      `With --journal 0 no calls are recorded, and ${asked.join(', ')} can tell nothing of them: allowed is 1 or more`,
    );
  }
  return asked.length > 0;
}
