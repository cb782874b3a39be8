import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { loadContract, type Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import { ownContract } from '../../contract/contract-document.js';
import { ContractError } from '../../contract/contract-checks.js';
import { createMockServer } from '../../server/mock-server.js';
import { packageRoot } from '../../contract/package-root.js';
import { example } from '../support/examples.js';

// As they are written, not as the build has them.
const [CONTRACT_FILE, CONTROL_FILE, IMS_FILE] = ['openapi', 'control', 'ims'].map((name) =>
  join(packageRoot, 'spec', `${name}.yaml`),
) as [string, string, string];

/** A part of an OpenAPI document, to be read or broken. */
type Part = any;

let contract: Contract;
let control: Contract;
let ims: Contract;
const folder = mkdtempSync(join(tmpdir(), 'contract-test-'));

beforeAll(async () => {
  [contract, control, ims] = await Promise.all([
    loadContract(CONTRACT_FILE),
    loadContract(CONTROL_FILE),
    loadContract(IMS_FILE),
  ]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const schemasOf = ({ document }: Contract) => Object.keys((document.components as Part).schemas as object);

function operation(operationId: string): ContractOperation {
  const found = contract.operations.find((each) => each.operationId === operationId);
  if (!found) throw new Error(`there is no operation ${operationId}`);
  return found;
}

test('the build serves from the contracts as they are', async () => {
  for (const [name, { hash }] of [
    ['openapi', contract],
    ['control', control],
    ['ims', ims],
  ] as const) {
    expect((await loadContract(ownContract(name))).hash).toBe(hash);
  }
});

describe('every schema', () => {
  test('of the contracts compiles strictly', () => {
    expect(schemasOf(contract).length).toBeGreaterThan(40);
    expect(schemasOf(control).length).toBeGreaterThan(1);
    for (const each of [contract, control, ims]) {
      for (const name of schemasOf(each)) expect(() => each.schema(name)).not.toThrow();
    }
  });

  test('has a name that is known: another is not taken for one that allows everything', () => {
    expect(() => contract.schema('Nothing')).toThrow('there is no schema');
  });
});

describe('the documented examples', () => {
  test('are valid, each as what it is an example of', () => {
    const checked: string[] = [];
    for (const { operationId, responses } of contract.operations) {
      for (const { status, body, examples } of responses.values()) {
        for (const [name, value] of examples) {
          expect([operationId, status, name, body?.(value)]).toEqual([operationId, status, name, []]);
          checked.push(name);
        }
      }
    }
    expect(operation('createExportJob').requestBody?.(example('create-request'))).toEqual([]);
    const files = readdirSync(join(packageRoot, 'fixtures/examples')).map((file) =>
      file.replace('.json', ''),
    );
    expect([...new Set([...checked, 'create-request'])].sort()).toEqual(files.sort());
  });

  test.each([
    ['the list', 'listExportJobs', 200, 'export-jobs'],
    ['the created job', 'createExportJob', 200, 'export-job-created'],
    ['the batches of a created job', 'createExportJob', 200, 'export-job-created-with-batches'],
    ['the retrieved job', 'retrieveExportJob', 200, 'export-job-retrieved'],
    ['the message of a cancellation', 'cancelExportJob', 200, 'export-job-cancelled'],
  ])('hold each answer that the page shows: %s', (_what, operationId, status, name) => {
    expect(operation(operationId).responses.get(status)?.examples.get(name)).toEqual(example(name));
  });

  test('hold the request that the page shows', () => {
    const { requestBody } = contract.document.paths['/export/jobs']?.['post'] as Part;
    expect(Object.keys(requestBody.content['application/json'].examples as object)).toEqual([
      'create-request',
    ]);
  });

  test('are held to the contract by checks that do refuse', () => {
    for (const { responses } of contract.operations) {
      for (const { body, examples } of responses.values()) {
        for (const value of examples.values()) {
          expect(body?.({ ...(value as object), unheardOf: true })).not.toEqual([]);
        }
      }
    }
  });
});

describe('the operation ids', () => {
  const IDS = ['listExportJobs', 'createExportJob', 'retrieveExportJob', 'cancelExportJob'];

  /** The keys of `operations` in a generated file. */
  function generatedIds(file: string): string[] {
    const source = readFileSync(join(packageRoot, 'generated', file), 'utf8');
    const [, body = ''] = /^export interface operations \{\n(.*?)^\}/ms.exec(source) ?? [];
    return [...body.matchAll(/^ {4}(\w+): \{$/gm)].map(([, id]) => id ?? '');
  }

  test('of the contract are those of its generated types, and of the operations that the mock runs', async () => {
    expect(contract.operations.map(({ operationId }) => operationId)).toEqual(IDS);
    expect(generatedIds('openapi.ts')).toEqual(IDS);
    expect(Object.keys((await createMockServer()).operations)).toEqual(IDS);
  });

  test('of the endpoint for tokens is that of its generated types', () => {
    expect(ims.operations.map(({ operationId }) => operationId)).toEqual(['mintToken']);
    expect(generatedIds('ims.ts')).toEqual(['mintToken']);
  });

  test('of the control plane are those of its generated types', () => {
    const ids = control.operations.map(({ operationId }) => operationId);
    expect(ids).toContain('getHealth');
    expect(generatedIds('control.ts')).toEqual(ids);
  });
});

describe('a contract', () => {
  test('is loaded once in a process', async () => {
    expect(loadContract(CONTRACT_FILE)).toBe(loadContract(CONTRACT_FILE));
    expect(await loadContract(CONTRACT_FILE)).toBe(contract);
    expect(await loadContract(CONTROL_FILE)).not.toBe(contract);
  });

  test('that was broken is loaded anew', async () => {
    const file = join(folder, 'mended.yaml');
    writeFileSync(file, 'openapi: [');
    await expect(loadContract(file)).rejects.toThrow(ContractError);
    writeFileSync(file, JSON.stringify(contract.document));
    expect((await loadContract(file)).hash).toBe(contract.hash);
  });

  test('has the version that stands in it', () => {
    const [, version] = /^ {2}version: (.*)$/m.exec(readFileSync(CONTRACT_FILE, 'utf8')) ?? [];
    expect(contract.version).toBe(version);
    expect(contract.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('has a hash that follows from what it says, wherever it lies', async () => {
    cpSync(join(packageRoot, 'spec'), join(folder, 'moved/spec'), { recursive: true });
    cpSync(join(packageRoot, 'fixtures'), join(folder, 'moved/fixtures'), { recursive: true });
    const moved = await loadContract(join(folder, 'moved/spec/openapi.yaml'));
    expect(moved).not.toBe(contract);
    expect(moved.hash).toBe(contract.hash);
    expect(moved.hash).toMatch(/^[0-9a-f]{12}$/);
    expect((await createMockServer()).health().contract).toEqual({
      version: contract.version,
      hash: contract.hash,
    });
  });

  test.each([
    ['a word of it', 'spec/openapi.yaml', 'newest first', 'oldest first'],
    ['a file that it refers to', 'fixtures/examples/export-job-cancelled.json', 'true', 'false'],
  ])('has another hash when %s changes', async (_what, file, from, to) => {
    const root = mkdtempSync(join(folder, 'changed-'));
    for (const part of ['spec', 'fixtures'])
      cpSync(join(packageRoot, part), join(root, part), { recursive: true });
    const text = readFileSync(join(root, file), 'utf8');
    expect(text).toContain(from);
    writeFileSync(join(root, file), text.replace(from, to));
    const changed = await loadContract(join(root, 'spec/openapi.yaml'));
    expect(changed.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(changed.hash).not.toBe(contract.hash);
  });
});

describe('a broken contract stops the start, before anything listens', () => {
  const listen = jest.spyOn(Server.prototype, 'listen');
  let files = 0;
  beforeEach(() => {
    listen.mockClear();
  });
  afterEach(() => expect(listen).not.toHaveBeenCalled());
  afterAll(() => listen.mockRestore());

  function written(text: string): string {
    const file = join(folder, `broken-${++files}.yaml`);
    writeFileSync(file, text);
    return file;
  }

  /** A file of the contract, in one piece, that something was done to. */
  function broken(breakIt: (document: Part) => void): string {
    const document = structuredClone(contract.document);
    breakIt(document);
    return written(JSON.stringify(document));
  }

  async function refusalOf(file: string): Promise<Error> {
    return createMockServer({ contract: file }).then(
      () => new Error('the mock started'),
      (error: unknown) => error as Error,
    );
  }

  test('but this one, in one piece and with nothing done to it, does not', async () => {
    const mock = await createMockServer({ contract: broken(() => undefined) });
    expect(mock.health().contract.hash).toBe(contract.hash);
  });

  const schemas = (document: Part) => document.components.schemas;
  const list = (document: Part) => document.paths['/export/jobs'].get;

  test.each<[what: string, breakIt: (document: Part) => void]>([
    [
      'a reference within it that leads nowhere',
      (d) => (schemas(d).Page.properties.sort = { $ref: '#/components/schemas/Nowhere' }),
    ],
    [
      'a reference to a file that is not there',
      (d) => (schemas(d).Page.properties.sort = { $ref: './nowhere.yaml#/Sort' }),
    ],
    [
      'a response by a reference that leads nowhere',
      (d) => (list(d).responses['429'] = { $ref: '#/components/responses/Nowhere' }),
    ],
    [
      'a parameter by a reference that leads nowhere',
      (d) => (list(d).parameters[0] = { $ref: '#/components/parameters/Nowhere' }),
    ],
    [
      'an example by a reference that leads nowhere',
      (d) =>
        (list(d).responses['200'].content['application/json'].examples.more = {
          $ref: '#/components/examples/nowhere',
        }),
    ],
    ['a type that there is not', (d) => (schemas(d).FieldList.type = 'text')],
    ['a keyword that there is not', (d) => (schemas(d).FieldList.minimumLength = 1)],
    ['a keyword with a value that it can not have', (d) => (schemas(d).FieldList.minLength = 'one')],
    ['a pattern that is not one', (d) => (schemas(d).FieldList.pattern = '(')],
    [
      'a required property that is not described',
      (d) => schemas(d).RequestedDestination.required.push('nothing'),
    ],
    ['a format that is not known', (d) => (schemas(d).FieldList.format = 'field-list')],
    [
      'a format that is not known, in an answer alone',
      (d) => (schemas(d).JobError.properties.msg.format = 'message'),
    ],
    ['a format that is not known, in a parameter', (d) => (list(d).parameters[0].schema.format = 'int63')],
    [
      'a format that is not known, in a header',
      (d) => (d.components.headers.RetryAfter.schema.format = 'seconds'),
    ],
    ['a bad schema that nothing refers to', (d) => (schemas(d).Unused = { type: 'text' })],
    ['no paths', (d) => delete d.paths],
    ['paths that are none', (d) => (d.paths = null)],
    ['no info', (d) => delete d.info],
    ['no version', (d) => delete d.info.version],
    ['no servers', (d) => delete d.servers],
    ['no version of OpenAPI', (d) => delete d.openapi],
    ['another version of OpenAPI', (d) => (d.openapi = '2.0')],
    ['an operation without an id', (d) => delete list(d).operationId],
    ['an operation whose id the mock does not know', (d) => (list(d).operationId = 'listAllJobs')],
    ['an operation whose id is used twice', (d) => (list(d).operationId = 'createExportJob')],
  ])('%s', async (_what, breakIt) => {
    const file = broken(breakIt);
    const error = await refusalOf(file);
    expect(error).toBeInstanceOf(ContractError);
    expect(error.message).toContain(file);
  });

  test.each([
    ['nothing at all', ''],
    ['what is not YAML', 'openapi: 3.1.0\n  info: [\n'],
    ['a text', 'contract'],
    ['a number', '31'],
    ['an array', '[]'],
    ['what is not OpenAPI', '{"jobs": []}'],
  ])('%s', async (_what, text) => {
    const file = written(text);
    const error = await refusalOf(file);
    expect(error).toBeInstanceOf(ContractError);
    expect(error.message).toContain(file);
  });

  test('a file that is not there', async () => {
    const file = join(folder, 'nowhere.yaml');
    const error = await refusalOf(file);
    expect(error).toBeInstanceOf(ContractError);
    expect(error.message).toContain(file);
  });

  test('a folder', async () => {
    mkdirSync(join(folder, 'folder.yaml'));
    expect(await refusalOf(join(folder, 'folder.yaml'))).toBeInstanceOf(ContractError);
  });
});
