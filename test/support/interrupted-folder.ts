import type { Adapter } from 'lowdb';
import type { SandboxFolder } from '../../server/storage/sandbox-files.js';

/** Where a process ends: before its n-th step on the disk (from 1), or after that and before it knows. */
export interface Interruption {
  step: number;
  at: 'before' | 'after';
}

/**
 * A folder as a killed process would leave it: from a step on, nothing is done any more, and nothing answers.
 * @param onEnd is called when it comes to that.
 */
export function interruptedFolder(
  folder: SandboxFolder,
  { step, at }: Interruption,
  onEnd: () => void,
): SandboxFolder {
  let steps = 0;
  async function tried<T>(act: () => Promise<T>): Promise<T> {
    const isLast = ++steps === step;
    if (steps < step || (isLast && at === 'after')) {
      const done = await act();
      if (!isLast) return done;
    }
    if (isLast) onEnd();
    return new Promise(() => undefined);
  }
  const createFile = (files: Pick<SandboxFolder, 'file'>) => {
    return <T>(name: string): Adapter<T> => {
      const file = files.file<T>(name);
      return { read: () => file.read(), write: (data) => tried(() => file.write(data)) };
    };
  };
  return {
    file: createFile(folder),
    removeFile: (name) => tried(() => folder.removeFile(name)),
    remove: () => tried(() => folder.remove()),
    createDraft: () =>
      tried(async () => {
        const draft = await folder.createDraft();
        return { file: createFile(draft), publish: () => tried(() => draft.publish()) };
      }),
  };
}
