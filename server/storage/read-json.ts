import { readFileSync } from 'node:fs';
import { StateError } from './state-error.js';

/** Reads a file that must hold JSON, and more of which is judged by what is said of it. */
export function readJson(file: string, wrong: (content: unknown) => string | undefined): unknown {
  const content = parse(read(file), file);
  const what = wrong(content);
  if (what !== undefined) throw damaged(file, what);
  return content;
}

/**
 * Not by promises: nobody is served before all is read, and after hundreds of them V8 takes it that such objects live
 * long, and so keeps what later calls are made of until a full collection. That cost a list up to half of its speed.
 */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw damaged(file, 'it is missing', error);
    if (code === 'EISDIR') throw damaged(file, 'it is a folder', error);
    throw error;
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(file, (error as Error).message, error);
  }
}

function damaged(file: string, why: string, cause?: unknown): StateError {
  return new StateError(
    `The state file ${file} is damaged: ${why}. It was left as it is. ` +
      'Mend it, or give up all state of the directory with --fresh.',
    { cause },
  );
}
