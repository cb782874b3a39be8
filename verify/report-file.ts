import { accessSync, constants, statSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { OptionError } from '../contract/option-error.js';
import type { RunReport } from './run-report.js';
import { shown } from '../contract/format-value.js';
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

/** Throws OptionError for a file that can not be written, as far as that can be known, or whose name does not say how. */
export function checkReportFile(file: string): void {
  if (!writerOf(file)) {
    throw new OptionError(
      `--report is ${shown(file)}; allowed is the name of a file that ends in ${[...WRITERS.keys()].join(', ')}`,
    );
  }
  const hindrance = hindranceOf(resolve(file));
  if (hindrance !== undefined) {
    throw new OptionError(
      `--report is ${shown(file)}, but ${hindrance}; allowed is a file that can be written`,
    );
  }
}

/** Writes a report, as its file's name has it; folders that are not there are made. Rejects when it can not be written. */
export async function writeReport(file: string, report: RunReport): Promise<void> {
  const write = writerOf(file);
  if (!write) return;
  await makeFolder(dirname(resolve(file)));
  await writeFile(file, write(report));
}

/** A name that ends in a slash is that of a folder. */
function writerOf(file: string): Writer | undefined {
  return /[/\\]$/.test(file) ? undefined : WRITERS.get(extname(file).toLowerCase());
}

/** Why a file can not be written, if that can be seen: of what is not there, its folder is looked at, and the next one up. */
function hindranceOf(path: string, below?: string): string | undefined {
  try {
    const isFolder = statSync(path).isDirectory();
    if (isFolder !== (below !== undefined)) return `${path} is ${isFolder ? 'a' : 'no'} folder`;
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    return isMissing && path !== below ? hindranceOf(dirname(path), path) : message;
  }
}

/** Node's own way goes on for ever where a folder is there, and none can be made in it: below /proc, for one. */
async function makeFolder(folder: string): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  if (dirname(folder) !== folder) await makeFolder(dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    // Another report may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}
