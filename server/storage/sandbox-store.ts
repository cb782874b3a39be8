import type { SandboxStore } from '../apis/segmentation/job-store.js';
import type { LowdbJobStore } from './lowdb-job-store.js';

/** @param forget is called once nothing is kept of the sandbox any more. */
export function sandboxStore(
  jobs: LowdbJobStore,
  isFound: boolean,
  forget: () => void = () => undefined,
): SandboxStore {
  return {
    jobs,
    isFound,
    get settings() {
      return jobs.settings;
    },
    keepSettings: (settings) => jobs.keepSettings(settings),
    async remove() {
      await jobs.giveUp();
      forget();
    },
  };
}
