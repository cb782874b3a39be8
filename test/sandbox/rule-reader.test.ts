import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Contract } from '../../contract/contract.js';
import { packageRoot } from '../../contract/package-root.js';
import { loadControlContract } from '../../server/apis/control/api.js';
import { createScenarioRules, loadScenarios } from '../../server/apis/segmentation/scenarios.js';
import type { Scenario } from '../../server/apis/segmentation/stored-job.js';
import {
  createMockServer,
  DataFileError,
  OptionError,
  type Fault,
  type MockServerOptions,
} from '../../server/mock-server.js';
import { createRuleReader, loadFaults, RuleError, type ReadRule } from '../../server/sandbox/rule-reader.js';
import { startMock } from '../support/mock.js';

const SCENARIO: Scenario = {
  name: 'succeeds',
  newMs: 0,
  processingMs: 0,
  outcome: { status: 'SUCCEEDED' },
  cancel: { after: 1000, then: 'gone' },
};
const OWN: Fault = { name: 'own', effect: { kind: 'reset' } };

let control: Contract;
let read: ReadRule;
let faults: ReadonlyMap<string, Fault>;

beforeAll(async () => {
  control = await loadControlContract(
    ['listExportJobs', 'createExportJob', 'retrieveExportJob', 'cancelExportJob'],
    ['jobs'],
  );
  faults = await loadFaults(control);
  const scenarios = await loadScenarios({ scenario: 'succeeds' }, control);
  const kinds = createScenarioRules({ ...scenarios, byName: new Map([['succeeds', SCENARIO]]) }, control);
  const resources = [{ name: 'job', operations: ['retrieveExportJob', 'cancelExportJob'] }];
  read = createRuleReader(control, faults, kinds, resources);
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
    [{}, 'all of it: The rule sets nothing. Allowed: one of scenario, progress, fault'],
    [{ nth: 1 }, 'all of it: The rule sets nothing.'],
    [{ fault: 'slow', progress: 'time' }, 'all of it: The rule sets progress and fault. Allowed: one of'],
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
    expect(() => read(asked)).toThrow(`Invalid rule:\n  ${line}`);
  });
});

describe('faults', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'faults-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function load(name: string, fault: object) {
    await writeFile(join(directory, `${name}.json`), JSON.stringify(fault));
    return loadFaults(control, directory);
  }

  test('those of the package are valid, and each says in a sentence what it does', async () => {
    // As a directory of a user's, since those of the package are not validated.
    const faults = await loadFaults(control, join(packageRoot, 'fixtures/faults') + sep);
    expect([...faults.keys()]).toEqual([
      'answer-lost',
      'bare-503',
      'connection-reset',
      'empty-answer',
      'html-502',
      'outage',
      'rate-limited',
      'rate-limited-bare',
      'slow',
      'slow-fixed',
      'token-expired',
      'truncated-body',
      'unavailable',
    ]);
    for (const [name, fault] of faults) expect(fault.name).toBe(name);
    for (const { summary } of faults.values()) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  test('a user’s stand beside ours, and in place of ours of the same name', async () => {
    await load('flaky', { name: 'flaky', effect: { kind: 'reset' }, times: 1 });
    const faults = await load('slow', { name: 'slow', effect: { kind: 'delay', leastMs: 0, mostMs: 5 } });
    expect(faults.get('flaky')).toMatchObject({ times: 1 });
    expect(faults.get('slow')?.effect).toEqual({ kind: 'delay', leastMs: 0, mostMs: 5 });
    expect(faults.get('unavailable')?.times).toBe(3);
  });

  describe('a broken file is refused, with its places and what is allowed', () => {
    const REFUSE = { kind: 'refuse', status: 503, retryAfterSeconds: null };

    test.each<[object, string]>([
      [{ effect: { kind: 'explode' } }, '/effect/kind: '],
      [
        { effect: { ...REFUSE, status: 418 } },
        "/effect/status: 'status' must be equal to one of the allowed values. Found: 418. Allowed: one of 401, 403, 429, 500, 503",
      ],
      [
        { effect: { kind: 'refuse', status: 503 } },
        "/effect/retryAfterSeconds: The property 'retryAfterSeconds' is missing. Allowed: it is required",
      ],
      [{ effect: REFUSE, times: 0 }, "/times: 'times' must be >= 1. Found: 0. Allowed: at least 1"],
      [{ effect: REFUSE, time: 1 }, "/time: The property 'time' is not known. Did you mean 'times'?"],
      [{ effect: REFUSE, limit: { calls: 5 } }, "/limit/inMs: The property 'inMs' is missing."],
      [{ effect: { kind: 'raw', status: 200, headers: { 'a b': 'c' } } }, '/effect/headers'],
      [{ effect: { kind: 'raw', status: 200, headers: { a: 'b\r\nc: d' } } }, '/effect/headers/a'],
      [
        { effect: { kind: 'delay', leastMs: 6, mostMs: 5 } },
        '/effect/leastMs: The shortest delay is longer than the longest. Found: 6. Allowed: at most 5, which is mostMs',
      ],
    ])('%j', async (parts, line) => {
      const error: unknown = await load('broken', { name: 'broken', ...parts }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(DataFileError);
      const file = join(directory, 'broken.json');
      expect((error as Error).message).toContain(`The fault file ${file} is not a fault:\n  ${line}`);
    });
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
    expect(() => mock.sandbox().use(undefined as never)).toThrow('The rule sets nothing.');
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
