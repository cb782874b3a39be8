import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { OptionError } from '../options/options.js';
import type { RunReport } from '../runs/run-report.js';
import { shown } from '../shown.js';
import { jsonReport } from './json-report.js';
import { junitReport } from './junit-report.js';
import { markdownReport } from './markdown-report.js';

type Writer = (report: RunReport) => string;

/** How a report is written, by how the name of its file ends. */
const WRITERS = new Map<string, Writer>([
  ['.json', jsonReport],
  ['.xml', junitReport],
  ['.md', markdownReport],
]);

/** Throws OptionError for a file whose name does not say how it is to be written. */
export function checkReportFile(file: string): void {
  if (WRITERS.has(extname(file).toLowerCase())) return;
  throw new OptionError(
    `--report is ${shown(file)}; allowed is the name of a file that ends in ${[...WRITERS.keys()].join(', ')}`,
  );
}

/** Writes a report, as its file's name has it; folders that are not there are made. Rejects when it can not be written. */
export async function writeReport(file: string, report: RunReport): Promise<void> {
  const write = WRITERS.get(extname(file).toLowerCase());
  if (!write) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, write(report));
}
