import { createHash } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

const NAME = 'aep-export-jobs-mock';

/**
 * Where state is kept for a working directory unless somebody says where: below its `node_modules/.cache`, which nothing
 * watches, or else below the user's folder for data of programs, one for each working directory.
 */
export function defaultDirectory(workingDirectory: string): string {
  const [inModules, ofUser] = possibleDirectories(workingDirectory);
  return isWritable(resolve(workingDirectory, 'node_modules')) ? inModules : ofUser;
}

/** Both of the places of which `defaultDirectory` gives one: which, changes when a `node_modules` comes or goes. */
export function possibleDirectories(workingDirectory: string): [inModules: string, ofUser: string] {
  const key = createHash('sha256').update(resolve(workingDirectory)).digest('hex').slice(0, 12);
  return [
    join(resolve(workingDirectory, 'node_modules'), '.cache', NAME),
    join(envPaths(NAME, { suffix: '' }).data, key),
  ];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
