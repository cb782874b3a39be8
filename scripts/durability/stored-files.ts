import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Problem } from './ledger.js';

/** What is wrong with the files of a state directory, read without the mock: no job may be missing, or be there twice. */
export async function problemsOfFiles(directory: string, listed: readonly number[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  const files = new Map<number, string>();
  for (const file of await jsonFilesIn(directory)) {
    for (const id of await idsIn(file, problems)) {
      const other = files.get(id);
      if (other !== undefined) problems.push(halfThere(`job ${id} is in ${other} and in ${file}`));
      files.set(id, file);
    }
  }
  const missing = listed.filter((id) => !files.has(id));
  return [...problems, ...missing.map((id) => halfThere(`job ${id} is in no file`))];
}

/** Without what is temporary. */
async function jsonFilesIn(directory: string): Promise<string[]> {
  const paths = await readdir(directory, { recursive: true });
  return paths
    .filter((path) => path.endsWith('.json') && !/(^|[\\/])\./.test(path))
    .map((path) => join(directory, path));
}

async function idsIn(file: string, problems: Problem[]): Promise<number[]> {
  try {
    const content = JSON.parse(await readFile(file, 'utf8')) as { jobs: { id: number }[] };
    return basename(file).startsWith('jobs-') ? content.jobs.map(({ id }) => id) : [];
  } catch (error) {
    problems.push(halfThere(`${file}: ${(error as Error).message}`));
    return [];
  }
}

function halfThere(what: string): Problem {
  return { kind: 'half there', what };
}
