import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../../contract/contract.js';
import type { ContractOperation } from '../../contract/contract-operations.js';
import type { Violation } from '../../contract/violation.js';
import { checkResponse } from '../../server/pipeline/response-check.js';
import { readPreferences } from '../../server/pipeline/preferences.js';
import { findViolations } from '../../server/pipeline/request-validation.js';
import { CONTRACT_FILE, CONTROL_FILE } from '../support/contracts.js';
import { example } from '../support/examples.js';
import { valueAt } from '../support/rules.js';

let contract: Contract;
beforeAll(async () => {
  contract = await loadContract(CONTRACT_FILE);
});

function operation(id: string): ContractOperation {
  const found = contract.operations.find(({ operationId }) => operationId === id);
  if (!found) throw new Error(`there is no operation ${id}`);
  return found;
}

/** A value with one thing done to it, at every place in it: left out, of another type, and with something unheard of. */
function* broken(value: unknown): Generator {
  yield* [null, 5.5, '', [], {}, true, -1, 'x'.repeat(300)];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      for (const other of broken(item)) yield value.with(index, other);
    }
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, unheardOf: 1 };
    for (const [name, part] of Object.entries(value)) {
      yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
      for (const other of broken(part)) yield { ...value, [name]: other };
    }
  }
}

/** The keyword that a rule ends with. */
const keyword = ({ rule = '' }: Violation) => rule.slice(rule.lastIndexOf('/') + 1);

function expectFound(violations: Violation[], within = contract): void {
  const lost = violations.filter(({ rule }) => valueAt(within, rule) === undefined);
  expect(lost).toEqual([]);
}

describe('the rule that a violation names is one of the contract', () => {
  test('whatever is wrong with the body of a request', () => {
    const check = operation('createExportJob').requestBody;
    const violations = [...broken(example('create-request'))].flatMap((body) => check?.(body) ?? []);
    expect(violations.length).toBeGreaterThan(200);
    expectFound(violations);
    expect([...new Set(violations.map(keyword))].sort()).toEqual([
      'additionalProperties',
      'enum',
      'format',
      'minItems',
      'minLength',
      'minProperties',
      'minimum',
      'required',
      'type',
    ]);
  });

  test('whatever is wrong with the body of an answer', () => {
    const violations = contract.operations.flatMap(({ responses }) =>
      [...responses.values()].flatMap(({ body, examples }) =>
        [...examples.values()].flatMap((value) => [...broken(value)].flatMap((each) => body?.(each) ?? [])),
      ),
    );
    expect(violations.length).toBeGreaterThan(3000);
    expectFound(violations);
    expect(violations.map(keyword)).toContain('discriminator');
  });

  test('whatever is wrong with status, headers and presence of an answer', () => {
    const responses = contract.operations.flatMap((each) =>
      [
        { status: 418 },
        ...[...each.responses.keys()].flatMap((status) => [
          { status },
          { status, body: {} },
          { status, headers: { 'x-request-id': '', 'X-Location': 'x', 'X-Other': '1' }, body: 1 },
        ]),
      ].flatMap((response) => checkResponse(contract, each, response)),
    );
    const beyond = [{ status: 404 }, { status: 405, body: { error_code: 'x', more: 1 } }].flatMap(
      (response) => checkResponse(contract, undefined, response),
    );
    expectFound([...responses, ...beyond]);
    expect(responses.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([
        '#/paths/~1export~1jobs/get/responses',
        '#/components/headers/RequestId/required',
        '#/components/headers/JobLocation/schema/pattern',
        '#/paths/~1export~1jobs~1%7BexportJobId%7D/delete/responses/204',
      ]),
    );
  });

  test('whatever is wrong with what a schema of the control plane describes', async () => {
    const control = await loadContract(CONTROL_FILE, 'when needed');
    const names = Object.keys(control.document.components.schemas);
    const values = [...broken({})];
    const violations = names.flatMap((name) => values.flatMap((value) => control.schema(name)(value)));
    expect(violations.length).toBeGreaterThan(100);
    expectFound(violations, control);
  });

  test.each([
    ['an unknown parameter', 'limt=1', '#/paths/~1export~1jobs/get/parameters'],
    ['a repeated one', 'limit=1&limit=1', '#/paths/~1export~1jobs/get/parameters/0/schema'],
    ['one that is spelt otherwise', 'limit=0x1', '#/paths/~1export~1jobs/get/parameters/0/schema'],
    ['one that is too small', 'limit=0', '#/paths/~1export~1jobs/get/parameters/0/schema/minimum'],
    ['one of no form', 'offset=x', '#/components/schemas/Cursor/pattern'],
    ['one of no known value', 'status=x', '#/components/schemas/ListedStatus/enum'],
  ])('in the query: %s', (_what, query, rule) => {
    const sent = { path: {}, query: new URLSearchParams(query), headers: {} };
    const list = operation('listExportJobs');
    const violations = findViolations(sent, undefined, list);
    expect(violations.map((violation) => violation.rule)).toEqual([rule]);
    expectFound(violations);
  });

  test('in path and headers', () => {
    const headers = { 'x-request-id': 'a b' };
    const sent = { path: { exportJobId: '0' }, query: new URLSearchParams(), headers };
    const violations = [
      ...findViolations(sent, undefined, operation('retrieveExportJob')),
      ...readPreferences('code=999, delay=x', operation('retrieveExportJob'), {}).violations,
    ];
    expect(violations.map(({ rule }) => rule)).toEqual([
      '#/components/schemas/ExportJobId/minimum',
      '#/components/schemas/RequestId/pattern',
      '#/components/parameters/Prefer',
      '#/components/parameters/Prefer',
    ]);
    expectFound(violations);
  });
});

test('within a reference, the rule is where the reference leads', () => {
  const check = operation('createExportJob').requestBody;
  const rules = (body: object) => check?.(body).map(({ rule }) => rule);
  expect(rules({ schema: { name: 's' }, destination: {} })).toEqual([
    '#/components/schemas/RequestedDestination/required',
  ]);
  expect(rules({ schema: { name: 's' }, destination: { datasetId: 'd', x: 1 } })).toEqual([
    '#/components/schemas/RequestedDestination/additionalProperties',
  ]);
  const segments = [{ segmentId: 's', status: ['gone'] }];
  expect(rules({ ...example('create-request'), filter: { segments } })).toEqual([
    '#/components/schemas/SegmentStatus/enum',
  ]);
});
