import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Check } from '../../../contract/contract-schemas.js';
import { loadContract } from '../../../contract/contract.js';
import type { ExportJob } from '../../../server/apis/segmentation/stored-job.js';
import type { Scenario } from '../../../server/apis/segmentation/scenario.js';
import { createMockServer, DataFileError, OptionError } from '../../../server/mock-server.js';
import { packageRoot } from '../../../contract/package-root.js';
import { loadScenarios } from '../../../server/apis/segmentation/scenarios.js';
import { CONTROL_FILE } from '../../support/contracts.js';
import { example } from '../../support/examples.js';
import { requestOf, scenarioOf } from '../../support/job-facts.js';
import { temporaryDirectory } from '../../support/job-stores.js';

const NAMES = [
  ...['cancel-fails', 'cancel-too-late', 'fails', 'realistic'],
  ...['slow', 'stuck', 'succeeds', 'succeeds-with-errors'],
];
const OWN_FOLDER = join(packageRoot, 'fixtures/scenarios');
const errorsOf = (index: number) =>
  (example<{ records: ExportJob[] }>('export-jobs').records[index] as { errors?: unknown }).errors;

let check: Check;
let folder: string;
beforeAll(async () => {
  check = (await loadContract(CONTROL_FILE, 'when needed')).schema('Scenario');
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
  requestOf({
    destination: { datasetId, segmentPerBatch: false },
    filter: {
      segments: segmentIds.map((segmentId) => ({ segmentId, segmentNs: 'ups', status: ['realized'] })),
    },
  });

describe('the package’s scenarios', () => {
  test('are loaded, in the order of their names', async () => {
    const scenarios = await loadScenarios({}, check);
    expect(scenarios.names).toEqual(NAMES);
    expect(scenarios.list().scenarios.map(({ name }) => name)).toEqual(NAMES);
    expect(scenarios.list().default).toBe('succeeds');
    for (const { summary } of scenarios.list().scenarios) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  test('have the documented errors', async () => {
    const scenarios = await loadScenarios({}, check);
    expect(scenarios.get('fails')?.ending).toEqual({ status: 'FAILED', errors: errorsOf(1) });
    expect(scenarios.get('succeeds-with-errors')?.ending).toMatchObject({
      status: 'SUCCEEDED',
      errors: errorsOf(0),
    });
  });

  test('are bound to ids of the form that real ones have', async () => {
    for (const { boundTo = {} } of (await loadScenarios({}, check)).list().scenarios) {
      for (const id of boundTo.datasetIds ?? []) expect(id).toMatch(/^[0-9a-f]{24}$/);
      for (const id of boundTo.segmentIds ?? []) {
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }
    }
  });

  test('can not be changed by whoever lists them', async () => {
    const scenarios = await loadScenarios({}, check);
    for (const scenario of scenarios.list().scenarios) scenario.newMs = 7;
    expect(scenarios.default.newMs).toBe(2000);
    expect(scenarios.get('fails')?.newMs).toBe(2000);
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
    [requestOf(), undefined],
  ])('%#: is the dataset’s scenario, or that of the first segment that has one', async (request, name) => {
    expect((await loadScenarios({}, check)).boundTo(request)?.name).toBe(name);
  });
});

describe('the default', () => {
  test('is the one that is named, with the times that are given', async () => {
    const { default: standard, get } = await loadScenarios({ scenario: 'stuck', newMs: 5 }, check);
    expect(standard).toMatchObject({ name: 'stuck', newMs: 5, processingMs: null });
    expect(get('stuck')).toBe(standard);
    const timed = await loadScenarios({ scenario: 'stuck', processingMs: 0 }, check);
    expect(timed.default).toMatchObject({ newMs: 2000, processingMs: 0 });
    expect(timed.boundTo(asked('0000000000000000057a11ed'))).toBe(timed.default);
  });

  test('that there is not is refused, with the nearest and all that there are', async () => {
    const loading = loadScenarios({ scenario: 'suceeds' }, check);
    await expect(loading).rejects.toThrow(OptionError);
    await expect(loading).rejects.toThrow(
      `The scenario 'suceeds' is not known. Did you mean 'succeeds'? Allowed: one of ${NAMES.join(', ')}`,
    );
  });
});

describe('a folder of the user’s', () => {
  const mine = (parts: Partial<Scenario> = {}) => ({ ...scenarioOf({ name: 'mine' }), ...parts });

  test('adds scenarios, and replaces those of the same name with what they are bound to', async () => {
    write('mine', mine({ boundTo: { datasetIds: ['00000000000000000000fa11', 'd'] } }));
    write('fails', `\uFEFF${JSON.stringify(mine({ name: 'fails', newMs: null }))}`);
    write('.hidden', '');
    writeFileSync(join(folder, 'README.md'), '# mine');
    const scenarios = await loadScenarios({ scenarios: folder, scenario: 'mine' }, check);
    expect(scenarios.names).toEqual([...NAMES.slice(0, 3), 'mine', ...NAMES.slice(3)]);
    expect(scenarios.default.name).toBe('mine');
    expect(scenarios.get('fails')?.newMs).toBeNull();
    expect(scenarios.boundTo(asked('00000000000000000000fa11'))?.name).toBe('mine');
  });

  test('that is none is refused', async () => {
    const loading = loadScenarios({ scenarios: join(folder, 'missing') }, check);
    await expect(loading).rejects.toThrow(DataFileError);
    await expect(loading).rejects.toThrow(`The folder of scenarios ${join(folder, 'missing')} is not there.`);
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
      { ...mine(), ending: { status: 'LOST' } },
      ['/ending/status: ', 'Found: "LOST". Allowed: one of SUCCEEDED, FAILED'],
    ],
    [
      'fails without errors',
      { ...mine(), ending: { status: 'FAILED' } },
      ["/ending/errors: The property 'errors' is missing."],
    ],
  ])('whose file %s is refused, with each place', async (_what, content, lines) => {
    const file = write('mine', content);
    const error: unknown = await loadScenarios({ scenarios: folder }, check).catch(
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
  ])('that binds a second scenario to one %s is refused, with both', async (kind, boundTo, id) => {
    write('mine', mine({ boundTo }));
    const loading = loadScenarios({ scenarios: folder }, check);
    await expect(loading).rejects.toThrow(DataFileError);
    await expect(loading).rejects.toThrow(
      `The scenarios fails and mine are both bound to the ${kind} "${id}".`,
    );
  });

  test('may name an id twice in one scenario', async () => {
    write('mine', mine({ boundTo: { datasetIds: ['d', 'd'] } }));
    expect((await loadScenarios({ scenarios: folder }, check)).boundTo(asked('d'))?.name).toBe('mine');
  });
});

test('each file of the package is one that a user may start from', async () => {
  for (const entry of readdirSync(OWN_FOLDER)) {
    write(parse(entry).name, readFileSync(join(OWN_FOLDER, entry), 'utf8'));
  }
  expect((await loadScenarios({ scenarios: folder }, check)).names).toEqual(NAMES);
});

test('a mock tells its scenarios and the times of the default one', async () => {
  const mock = await createMockServer({ scenario: 'stuck' });
  expect(mock.scenarios().default).toBe('stuck');
  expect(mock.scenarios().scenarios.map(({ name }) => name)).toEqual(NAMES);
  expect(mock.lifetimes).toEqual({ newMs: 2000, processingMs: null });
});
