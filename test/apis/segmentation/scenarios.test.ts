import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { loadContract, type Contract } from '../../../contract/contract.js';
import { createScenarioSelector, loadScenarios } from '../../../server/apis/segmentation/scenarios.js';
import type { ExportJob, Scenario } from '../../../server/apis/segmentation/stored-job.js';
import { createMockServer, DataFileError, OptionError } from '../../../server/mock-server.js';
import { packageRoot } from '../../../contract/package-root.js';
import type { Rules } from '../../../server/sandbox/rules.js';
import { CONTROL_FILE } from '../../support/contracts.js';
import { example } from '../../support/examples.js';
import { completeRequest, jobScenario } from '../../support/job-facts.js';
import { temporaryDirectory } from '../../support/sandbox-stores.js';

const NAMES = [
  ...['cancel-fails', 'cancel-too-late', 'fails', 'realistic'],
  ...['slow', 'stuck', 'succeeds', 'succeeds-with-errors'],
];
const OWN_FOLDER = join(packageRoot, 'fixtures/scenarios');
const errorsOf = (index: number) =>
  (example<{ records: ExportJob[] }>('export-jobs').records[index] as { errors?: unknown }).errors;

let control: Contract;
let folder: string;
beforeAll(async () => {
  control = await loadContract(CONTROL_FILE, 'when needed');
});
beforeEach(() => {
  folder = temporaryDirectory();
});

function write(name: string, content: unknown): string {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const asked = (datasetId: string, ...segmentIds: string[]) =>
  completeRequest({
    destination: { datasetId, segmentPerBatch: false },
    filter: {
      segments: segmentIds.map((segmentId) => ({ segmentId, segmentNs: 'ups', status: ['realized'] })),
    },
  });

describe('the package’s scenarios', () => {
  test('are loaded, in the order of their names', async () => {
    const scenarios = await loadScenarios({ scenario: 'succeeds' }, control);
    expect([...scenarios.byName.keys()]).toEqual(NAMES);
    expect(scenarios.list().scenarios.map(({ name }) => name)).toEqual(NAMES);
    expect(scenarios.list().default).toBe('succeeds');
    for (const { summary } of scenarios.list().scenarios) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  test('have the documented errors', async () => {
    const scenarios = await loadScenarios({ scenario: 'succeeds' }, control);
    expect(scenarios.byName.get('fails')?.outcome).toEqual({ status: 'FAILED', errors: errorsOf(1) });
    expect(scenarios.byName.get('succeeds-with-errors')?.outcome).toMatchObject({
      status: 'SUCCEEDED',
      errors: errorsOf(0),
    });
  });

  test('are bound to ids of the form that real ones have', async () => {
    for (const { boundTo = {} } of (await loadScenarios({ scenario: 'succeeds' }, control)).list()
      .scenarios) {
      for (const id of boundTo.datasetIds ?? []) expect(id).toMatch(/^[0-9a-f]{24}$/);
      for (const id of boundTo.segmentIds ?? []) {
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }
    }
  });

  test('cannot be changed through their list', async () => {
    const scenarios = await loadScenarios({ scenario: 'succeeds' }, control);
    for (const scenario of scenarios.list().scenarios) scenario.newMs = 7;
    expect(scenarios.default.newMs).toBe(2000);
    expect(scenarios.byName.get('fails')?.newMs).toBe(2000);
  });
});

describe('what ids are bound to', () => {
  test.each([
    [asked('00000000000000000000fa11'), 'fails'],
    [asked('d', '00000000-0000-4000-8000-00000000fa11'), 'fails'],
    [asked('000000000000000057a11ed0'), undefined],
    [asked('d', 'other', '00000000-0000-4000-8000-0000057a11ed'), 'stuck'],
    [asked('000000000000000000e22025', '00000000-0000-4000-8000-0000057a11ed'), 'succeeds-with-errors'],
    [asked('d', '00000000-0000-4000-8000-0000000de1a9', '00000000-0000-4000-8000-00000000fa11'), 'slow'],
    [asked('d', 's'), undefined],
    [asked('__proto__', 'constructor'), undefined],
    [completeRequest(), undefined],
  ])('%#: is the dataset’s scenario, or that of the first segment that has one', async (request, name) => {
    expect((await loadScenarios({ scenario: 'succeeds' }, control)).findBound(request)?.name).toBe(name);
  });
});

describe('the default', () => {
  test('is the one that is named, with the times that are given', async () => {
    const { default: standard, byName } = await loadScenarios({ scenario: 'stuck', newMs: 5 }, control);
    expect(standard).toMatchObject({ name: 'stuck', newMs: 5, processingMs: null });
    expect(byName.get('stuck')).toBe(standard);
    const timed = await loadScenarios({ scenario: 'stuck', processingMs: 0 }, control);
    expect(timed.default).toMatchObject({ newMs: 2000, processingMs: 0 });
    expect(timed.findBound(asked('0000000000000000057a11ed'))).toBe(timed.default);
  });

  test('that there is not is rejected, with the nearest and all that there are', async () => {
    const loading = loadScenarios({ scenario: 'suceeds' }, control);
    await expect(loading).rejects.toThrow(OptionError);
    await expect(loading).rejects.toThrow(
      `The scenario 'suceeds' is not known. Did you mean 'succeeds'? Allowed: one of ${NAMES.join(', ')}`,
    );
  });
});

describe('a folder of the user’s', () => {
  const mine = (parts: Partial<Scenario> = {}) => ({ ...jobScenario({ name: 'mine' }), ...parts });

  test('adds scenarios, and replaces those of the same name with what they are bound to', async () => {
    write('mine', mine({ boundTo: { datasetIds: ['00000000000000000000fa11', 'd'] } }));
    write('fails', `\uFEFF${JSON.stringify(mine({ name: 'fails', newMs: null }))}`);
    write('.hidden', '');
    writeFileSync(join(folder, 'README.md'), '# mine');
    const scenarios = await loadScenarios({ scenarios: folder, scenario: 'mine' }, control);
    expect([...scenarios.byName.keys()]).toEqual([...NAMES.slice(0, 3), 'mine', ...NAMES.slice(3)]);
    expect(scenarios.default.name).toBe('mine');
    expect(scenarios.byName.get('fails')?.newMs).toBeNull();
    expect(scenarios.findBound(asked('00000000000000000000fa11'))?.name).toBe('mine');
  });

  test('that is none is rejected', async () => {
    const loading = loadScenarios({ scenario: 'succeeds', scenarios: join(folder, 'missing') }, control);
    await expect(loading).rejects.toThrow(DataFileError);
    await expect(loading).rejects.toThrow(
      `The directory of scenarios ${join(folder, 'missing')} does not exist.`,
    );
  });

  test.each<[what: string, content: unknown, lines: string[]]>([
    ['is empty', ' ', ['is empty. Allowed: an object']],
    ['is not JSON', '{"name": ', ['is not JSON: ']],
    [
      'is not an object',
      [],
      ['is not a scenario:', 'the whole file: The value must be object. Found: []. Allowed: of type object'],
    ],
    [
      'has another name',
      mine({ name: 'yours' }),
      ['/name: The name is not that of the file. Found: "yours". Allowed: only "mine"'],
    ],
    [
      'breaks the schema',
      { ...mine(), newMs: -1, cancel: { after: 1, then: 'goes' }, proccessingMs: 1 },
      [
        "/proccessingMs: The property 'proccessingMs' is not known. Did you mean 'processingMs'? Found: 1. Allowed: one of",
        "/newMs: 'newMs' must be >= 0. Found: -1. Allowed: at least 0",
        '/cancel/then: ',
        'Found: "goes". Allowed: one of gone, failed, stays',
      ],
    ],
    [
      'ends in no way',
      { ...mine(), outcome: { status: 'LOST' } },
      ['/outcome/status: ', 'Found: "LOST". Allowed: one of SUCCEEDED, FAILED'],
    ],
    [
      'fails without errors',
      { ...mine(), outcome: { status: 'FAILED' } },
      ["/outcome/errors: The property 'errors' is missing."],
    ],
  ])('whose file %s is rejected, with each place', async (_what, content, lines) => {
    const file = write('mine', content);
    const error: unknown = await loadScenarios({ scenario: 'succeeds', scenarios: folder }, control).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DataFileError);
    expect((error as Error).message).toContain(`The scenario file ${file} `);
    for (const line of lines) expect((error as Error).message).toContain(line);
  });

  test.each([
    ['dataset', { datasetIds: ['00000000000000000000fa11'] }, '00000000000000000000fa11'],
    [
      'segment',
      { segmentIds: ['s', '00000000-0000-4000-8000-00000000fa11'] },
      '00000000-0000-4000-8000-00000000fa11',
    ],
  ])('that binds a second scenario to one %s is rejected, with both', async (kind, boundTo, id) => {
    write('mine', mine({ boundTo }));
    const loading = loadScenarios({ scenario: 'succeeds', scenarios: folder }, control);
    await expect(loading).rejects.toThrow(DataFileError);
    await expect(loading).rejects.toThrow(
      `The scenarios fails and mine are both bound to the ${kind} "${id}".`,
    );
  });

  test('may name an id twice in one scenario', async () => {
    write('mine', mine({ boundTo: { datasetIds: ['d', 'd'] } }));
    expect(
      (await loadScenarios({ scenario: 'succeeds', scenarios: folder }, control)).findBound(asked('d'))?.name,
    ).toBe('mine');
  });
});

test('each file of the package is one that a user may start from', async () => {
  for (const entry of readdirSync(OWN_FOLDER)) {
    write(parse(entry).name, readFileSync(join(OWN_FOLDER, entry), 'utf8'));
  }
  expect([
    ...(await loadScenarios({ scenario: 'succeeds', scenarios: folder }, control)).byName.keys(),
  ]).toEqual(NAMES);
});

test('a mock lists its scenarios and the times of the default one', async () => {
  expect((await createMockServer()).scenarios().default).toBe('succeeds');
  const mock = await createMockServer({ scenario: 'stuck' });
  expect(mock.scenarios().default).toBe('stuck');
  expect(mock.scenarios().scenarios.map(({ name }) => name)).toEqual(NAMES);
  expect(mock.lifetimes).toEqual({ newMs: 2000, processingMs: null });
});

const PREFERRED = jobScenario({ name: 'preferred' });
const BOUND = jobScenario({ name: 'bound' });
const OF_A_RULE = jobScenario({ name: 'of-a-rule' });
const DEFAULT = jobScenario({ name: 'default' });
const MAGIC = completeRequest({ destination: { datasetId: 'magic', segmentPerBatch: false } });
const BY_TIME = { progress: 'time', polls: 1 } as const;

const known = {
  default: { ...DEFAULT, summary: 'The default.', boundTo: {} },
  byName: new Map([['preferred', PREFERRED]]),
  findBound: ({ destination }: { destination: { datasetId: string } }) =>
    destination.datasetId === 'magic' ? BOUND : undefined,
} as unknown as Parameters<typeof createScenarioSelector>[0];
const CREATE = { operation: 'createExportJob' };
const createRules = (
  found: { scenario?: object | undefined; progress?: object | undefined } = {},
): { next: jest.Mock<Rules['next']> } => {
  const rules: Record<string, object | undefined> = { scenario: { scenario: OF_A_RULE }, ...found };
  return { next: jest.fn((kind: string) => rules[kind] as ReturnType<Rules['next']>) };
};

describe('the scenario of a new job', () => {
  test.each([
    ['preferred', 'preferred', MAGIC, createRules()],
    ['bound', undefined, MAGIC, createRules()],
    ['of-a-rule', undefined, completeRequest(), createRules()],
    ['default', undefined, completeRequest(), createRules({ scenario: undefined })],
    ['default', undefined, completeRequest(), undefined],
  ])('is the %s one', (expected, preferred, request, given) => {
    expect(createScenarioSelector(known, BY_TIME, given)(request, preferred).scenario.name).toBe(expected);
  });

  test('is looked up in the rules each time, with whether it will be applied', () => {
    const rules = createRules();
    const select = createScenarioSelector(known, BY_TIME, rules);
    for (const preferred of ['preferred', undefined]) {
      for (const request of [MAGIC, completeRequest()]) select(request, preferred);
    }
    const calls = rules.next.mock.calls.filter(([kind]) => kind === 'scenario');
    expect(calls).toEqual([false, false, false, true].map((applies) => ['scenario', CREATE, applies]));
  });

  test('is bound to it without what it is chosen by', () => {
    const { scenario } = createScenarioSelector(known, BY_TIME)(completeRequest());
    expect(Object.keys(scenario)).toEqual(['name', 'newMs', 'processingMs', 'outcome', 'cancel']);
  });
});

describe('by what a new job moves', () => {
  test.each([
    [BY_TIME, undefined, {}],
    [{ progress: 'hand', polls: 4 }, undefined, { progress: 'hand' }],
    [{ progress: 'polls', polls: 4 }, undefined, { progress: 'polls', polls: 4 }],
    [BY_TIME, { progress: 'polls', polls: 2 }, { progress: 'polls', polls: 2 }],
    [{ progress: 'hand', polls: 4 }, { progress: 'polls' }, { progress: 'polls', polls: 4 }],
    [{ progress: 'polls', polls: 4 }, { progress: 'time' }, {}],
  ] as const)('%j with the rule %j is %j', (progression, rule, expected) => {
    const select = createScenarioSelector(known, progression, createRules({ progress: rule }));
    for (const preferred of [undefined, 'preferred']) {
      const { scenario, ...moves } = select(completeRequest(), preferred);
      expect(scenario.name).toBe(preferred ?? 'of-a-rule');
      expect(moves).toEqual(expected);
    }
  });
});
