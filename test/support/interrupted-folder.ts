import type { Adapter } from 'lowdb';
import type { JobFolder } from '../../server/storage/job-folder.js';

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
  folder: JobFolder,
  { step, at }: Interruption,
  onEnd: () => void,
): JobFolder {
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
  const adapter = <T>(file: Adapter<T>): Adapter<T> => ({
    read: () => file.read(),
    write: (data) => tried(() => file.write(data)),
  });
  const filesOf = (files: Pick<JobFolder, 'jobs' | 'lastId' | 'settings'>) => ({
    jobs: (firstId: number) => adapter(files.jobs(firstId)),
    lastId: () => adapter(files.lastId()),
    settings: () => adapter(files.settings()),
  });
  return {
    ...filesOf(folder),
    pending: () => adapter(folder.pending()),
    removeJobs: (firstId) => tried(() => folder.removeJobs(firstId)),
    removePending: () => tried(() => folder.removePending()),
    remove: () => tried(() => folder.remove()),
    draft: () =>
      tried(async () => {
        const draft = await folder.draft();
        return { ...filesOf(draft), publish: () => tried(() => draft.publish()) };
      }),
  };
}
