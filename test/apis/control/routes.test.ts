import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadContract } from '../../../contract/contract.js';
import { CONTROL_FILE } from '../../support/contracts.js';
import { controlOf, type Control, type Method } from '../../support/control.js';
import { SMALLEST_REQUEST, startMock, type Caller } from '../../support/mock.js';

let caller: Caller;
let control: Control;
const CONTRACT = await loadContract(CONTROL_FILE, 'when needed');

beforeAll(async () => {
  caller = await startMock();
  control = controlOf(caller.mock);
});
afterAll(() => caller.mock.close());

/** In this order, each by its operationId: what one makes, a later one takes. */
const CALLS: [operationId: string, method: Method, path: string, body: unknown, status: number][] = [
  ['stepJob', 'post', '/jobs/11038/step', undefined, 200],
  ['holdJob', 'post', '/jobs/11038/hold', undefined, 200],
  ['finishJob', 'post', '/jobs/11038/finish', undefined, 200],
  ['failJob', 'post', '/jobs/11039/fail', undefined, 200],
  ['waitForJob', 'get', '/jobs/11038/wait?status=SUCCEEDED', undefined, 200],
  ['listJobs', 'get', '/jobs', undefined, 200],
  ['getClock', 'get', '/clock', undefined, 200],
  ['setClock', 'put', '/clock', { now: '2026-02-01T00:00:00Z', frozen: true }, 200],
  ['advanceClock', 'post', '/clock/advance', { by: 'PT2H' }, 200],
  ['freezeClock', 'post', '/clock/freeze', undefined, 200],
  ['resumeClock', 'post', '/clock/resume', undefined, 200],
  ['freezeClock', 'post', '/clock/freeze', undefined, 200],
  ['saveSnapshot', 'put', '/snapshots/before', undefined, 200],
  ['listSnapshots', 'get', '/snapshots', undefined, 200],
  ['restoreSnapshot', 'post', '/snapshots/before/restore', undefined, 200],
  ['deleteSnapshot', 'delete', '/snapshots/before', undefined, 204],
  ['addRule', 'post', '/rules', { fault: 'unavailable', operation: 'listExportJobs' }, 201],
  ['addRule', 'post', '/rules', { scenario: 'fails', times: 1 }, 201],
  ['addRule', 'post', '/rules', { progress: 'polls', polls: 2 }, 201],
  ['listRules', 'get', '/rules', undefined, 200],
  ['removeRule', 'delete', '/rules/r1', undefined, 204],
  ['removeRules', 'delete', '/rules', undefined, 204],
  ['exportState', 'get', '/state', undefined, 200],
  ['listJournal', 'get', '/journal?violations=false&limit=5', undefined, 200],
  ['countJournal', 'get', '/journal/count?operation=createExportJob', undefined, 200],
  ['expectViolations', 'post', '/journal/expect', { operation: 'listExportJobs' }, 200],
  ['getCoverage', 'get', '/coverage', undefined, 200],
  ['clearJournal', 'delete', '/journal', undefined, 204],
  ['resetSandbox', 'post', '/reset', { only: ['rules', 'journal'] }, 204],
  ['resetSandbox', 'post', '/reset', undefined, 204],
  ['listScenarios', 'get', '/scenarios', undefined, 200],
  ['listFaults', 'get', '/faults', undefined, 200],
  ['listSandboxes', 'get', '/sandboxes', undefined, 200],
  ['deleteSandbox', 'delete', '/sandboxes/1BD6382559DF0C130A49422D%40AdobeOrg/prod', undefined, 204],
  ['getHealth', 'get', '/health', undefined, 200],
  ['getVersion', 'get', '/version', undefined, 200],
];

test('every operation of the control plane answers as its contract has it', async () => {
  await caller.post(SMALLEST_REQUEST);
  await caller.post(SMALLEST_REQUEST);
  const answered: unknown[] = [];
  for (const [operationId, method, path, body] of CALLS) {
    const { status } = await control[method](path, body);
    answered.push([operationId, status]);
  }
  expect(answered).toEqual(CALLS.map(([operationId, , , , status]) => [operationId, status]));
  // What broke the contract would have been replaced by a 500, and counted.
  expect(caller.mock.health().contractViolations).toBe(0);

  const state = (await control.get('/state')).body as unknown;
  expect((await control.put('/state', state)).status).toBe(204);
  const told = [...new Set([...CALLS.map(([operationId]) => operationId), 'importState'])];
  expect(told.sort()).toEqual(CONTRACT.operations.map(({ operationId }) => operationId).sort());
});
