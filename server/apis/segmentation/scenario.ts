import type { components } from '../../../generated/control.js';

type Schemas = components['schemas'];

/** A job's story as data, as the control plane's contract has it. Times in milliseconds. */
export type Scenario = Schemas['Scenario'];

/** The scenarios that there are, in the order of their names, and the name of the default one. */
export type ScenarioList = Schemas['ScenarioList'];

/** What of its scenario a job lives by. */
export type JobScenario = Pick<Scenario, 'name' | 'newMs' | 'processingMs' | 'ending' | 'cancel'>;

/** How a job ends, and what it shows then. A job may succeed and show errors all the same, as job 100 of the page does. */
export type Ending = Schemas['Ending'];

/** What cancelling does to a job that has not finished. */
export type Cancelling = Schemas['Cancelling'];

/** What cancelling does when no scenario says: no source tells what a cancelled export job looks like. Assumed. */
export const DEFAULT_CANCELLING: Cancelling = { after: 1000, then: 'gone' };
