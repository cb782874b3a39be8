import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract } from '../../contract/contract.js';
import { DEFAULT_CANCELLING, type Scenario } from '../../server/apis/segmentation/scenario.js';
import { loadFaults } from '../../server/sandbox/faults.js';
import {
  createMockServer,
  DataFileError,
  OptionError,
  type Fault,
  type MockServerOptions,
} from '../../server/mock-server.js';
import { RuleError, ruleReader, type ReadRule } from '../../server/sandbox/rule-check.js';
import { CONTROL_FILE } from '../support/contracts.js';
import { startMock } from '../support/mock.js';

const SCENARIO: Scenario = {
  name: 'succeeds',
  newMs: 0,
  processingMs: 0,
  ending: { status: 'SUCCEEDED' },
  cancel: DEFAULT_CANCELLING,
};
const OWN: Fault = { name: 'own', effect: { kind: 'reset' } };

let read: ReadRule;
let faults: ReadonlyMap<string, Fault>;

beforeAll(async () => {
  const control = await loadContract(CONTROL_FILE, 'when needed');
  faults = await loadFaults(control);
  read = ruleReader(control, { scenarios: new Map([['succeeds', SCENARIO]]), faults });
});

describe('a rule that is asked for', () => {
  test.each<[object, () => object]>([
    [{ scenario: 'succeeds' }, () => ({ scenario: SCENARIO })],
    [
      { scenario: { ...SCENARIO, name: 'own' }, nth: 2 },
      () => ({ scenario: { ...SCENARIO, name: 'own' }, nth: 2 }),
    ],
    [{ fault: 'slow', times: 2, job: undefined }, () => ({ fault: faults.get('slow'), times: 2 })],
    [
      { fault: OWN, operation: 'retrieveExportJob', job: 7, nth: 3, forMs: 50 },
      () => ({ fault: OWN, operation: 'retrieveExportJob', job: 7, nth: 3, forMs: 50 }),
    ],
    [{ fault: OWN, job: 7 }, () => ({ fault: OWN, job: 7 })],
    [{ progress: 'polls', polls: 3 }, () => ({ progress: 'polls', polls: 3 })],
    [{ progress: 'hand' }, () => ({ progress: 'hand' })],
  ])('has what it names: %j', (asked, rule) => {
    expect(read(asked)).toEqual(rule());
  });

  test.each<[unknown, string]>([
    [{}, 'all of it: The rule is about nothing. Allowed: one of scenario, progress, fault'],
    [{ nth: 1 }, 'all of it: The rule is about nothing.'],
    [{ fault: 'slow', progress: 'time' }, 'all of it: The rule is about progress and fault. Allowed: one of'],
    ['slow', 'all of it: The value must be object. Found: "slow". Allowed: of type object'],
    [
      { fault: 'slo' },
      `/fault: The fault 'slo' is not known. Did you mean 'slow'? Found: "slo". Allowed: one of answer-lost, bare-503, `,
    ],
    [{ scenario: '__proto__' }, "/scenario: The scenario '__proto__' is not known. Found: "],
    [{ fault: 7 }, "/fault: 'fault' is neither. Found: 7. Allowed: the name of a fault, or a whole one"],
    [
      { scenario: [] },
      "/scenario: 'scenario' is neither. Found: []. Allowed: the name of a scenario, or a whole one",
    ],
    [{ fault: { ...OWN, effect: { kind: 'boom' } } }, '/fault/effect/kind: '],
    [{ fault: { ...OWN, effect: { kind: 'delay', leastMs: 2, mostMs: 1 } } }, '/fault/effect/leastMs: '],
    [{ scenario: { ...SCENARIO, newMs: -1 } }, '/scenario/newMs: '],
    [
      { fault: OWN, opration: 3 },
      "/opration: The property 'opration' is not known. Did you mean 'operation'? Found: 3. Allowed: one of",
    ],
    [{ fault: OWN, nth: 0 }, "/nth: 'nth' must be >= 1. Found: 0. Allowed: at least 1"],
    [{ fault: OWN, times: 1.5 }, "/times: 'times' must be integer. Found: 1.5."],
    [{ fault: OWN, times: 5n }, "/times: 'times' must be integer. Found: 5."],
    [{ fault: OWN, forMs: null }, "/forMs: 'forMs' must be integer. Found: null."],
    [{ fault: OWN, job: '7' }, "/job: 'job' must be integer."],
    [
      { fault: OWN, operation: 'retrieve' },
      '/operation: \'operation\' must be equal to one of the allowed values. Found: "retrieve". Allowed: one of listExportJobs',
    ],
    [
      { fault: OWN, operation: 'createExportJob', job: 7 },
      "/job: 'job' does not go with the rest. Found: 7. Allowed: with retrieveExportJob, cancelExportJob, or no operation",
    ],
    [
      { scenario: 'succeeds', operation: 'createExportJob' },
      "/operation: 'operation' does not go with the rest.",
    ],
    [
      { progress: 'hand', job: 7 },
      "/job: 'job' does not go with the rest. Found: 7. Allowed: with a fault alone",
    ],
    [
      { progress: 'time', polls: 2 },
      "/polls: 'polls' does not go with the rest. Found: 2. Allowed: with the progress",
    ],
    [
      { fault: OWN, nth: 2, times: 2 },
      "/times: 'times' does not go with the rest. Found: 2. Allowed: without nth",
    ],
  ])('is refused, with its place and what is allowed: %p', (asked, line) => {
    expect(() => read(asked)).toThrow(RuleError);
    expect(() => read(asked)).toThrow(OptionError);
    expect(() => read(asked)).toThrow(`The rule is not one that is allowed:\n  ${line}`);
  });
});

describe('in code', () => {
  test('scenarios and faults are set for a sandbox, listed, and removed', async () => {
    const { mock } = await startMock();
    const sandbox = mock.sandbox({ name: 'one' });
    expect(sandbox.fault('unavailable', { operation: 'listExportJobs' })).toEqual({
      id: 'r1',
      fault: faults.get('unavailable'),
      operation: 'listExportJobs',
      applied: 0,
      ended: false,
    });
    expect(sandbox.use('succeeds', { times: 2 })).toMatchObject({ id: 'r2', scenario: { name: 'succeeds' } });
    expect(sandbox.rules.list().map(({ id }) => id)).toEqual(['r2', 'r1']);
    expect(mock.sandbox({ name: 'two' }).rules.list()).toEqual([]);
    expect([sandbox.rules.remove('r1'), sandbox.rules.remove('r1')]).toEqual([true, false]);
    sandbox.rules.clear();
    expect(sandbox.rules.list()).toEqual([]);
  });

  test.each<[() => MockServerOptions, string]>([
    [() => ({ fault: 'unavailble' }), 'Invalid fault: "unavailble"; expected one of answer-lost, bare-503, '],
    [() => ({ fault: '' }), 'Invalid fault: ""; expected the name of a fault'],
    [() => ({ faults: 7 as never }), 'Invalid faults: 7; expected the path of a directory with faults'],
  ])('an option that is not allowed rejects: %p', async (options, message) => {
    const error: unknown = await createMockServer(options()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toContain(message);
  });

  test('an aim that is not allowed throws, and sets nothing', async () => {
    const { mock } = await startMock();
    expect(() => mock.sandbox().fault('slow', { nth: -1 })).toThrow(OptionError);
    expect(() => mock.sandbox().use('succeeds', 'x' as never)).toThrow(OptionError);
    expect(() => mock.sandbox().use(undefined as never)).toThrow('The rule is about nothing.');
    expect(mock.sandbox().rules.list()).toEqual([]);
  });

  test('a sandbox begins with the fault of the options, counts by itself, and is reset to it', async () => {
    const { mock } = await startMock({ fault: 'unavailable' });
    const { rules } = mock.sandbox();
    expect(rules.list()).toMatchObject([{ id: 'r1', fault: { name: 'unavailable' }, applied: 0 }]);
    rules.remove('r1');
    mock.sandbox().fault('slow');
    expect(mock.sandbox({ name: 'another' }).rules.list()).toHaveLength(1);
    await mock.sandbox().reset();
    expect(rules.list()).toMatchObject([{ id: 'r1', fault: { name: 'unavailable' }, applied: 0 }]);
  });

  test('a directory of one’s own has faults to be used by name, and a broken one rejects', async () => {
    const faults = await mkdtemp(join(tmpdir(), 'faults-'));
    await writeFile(join(faults, 'own.json'), JSON.stringify(OWN));
    const { mock } = await startMock({ faults, fault: 'own' });
    expect(mock.sandbox().rules.list()).toMatchObject([{ fault: OWN }]);
    await writeFile(join(faults, 'own.json'), '{');
    await expect(createMockServer({ faults })).rejects.toThrow(DataFileError);
    await rm(faults, { recursive: true });
  });
});
