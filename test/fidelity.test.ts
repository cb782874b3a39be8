import { describe, expect, test } from '@jest/globals';
import { at, ContractPlaces, placesWhere, type Json } from '../scripts/contract-places.js';
import { fidelityReport } from '../scripts/fidelity.js';
import { readYaml } from '../scripts/generated-files.js';

const contract = await readYaml('spec/openapi.yaml');
const places = new ContractPlaces(contract);

/** A contract of one schema, `Job`, with one property, `state`. */
function contractWith(state: Json): Json {
  return { components: { schemas: { Job: { properties: { state } } } } };
}

describe('the fidelity report', () => {
  test('lists by source, what is assumed first', () => {
    const report = fidelityReport({
      components: {
        schemas: {
          A: { description: 'The first. It is long.', 'x-source': 'guide' },
          B: { description: 'The\nsecond:\n\n- more', minLength: 1, 'x-source': { minLength: 'assumed' } },
          C: { enum: ['NEW', 'OLD'], 'x-source': { OLD: 'client' } },
        },
      },
    });
    expect(report.split('\n').filter((line) => /^(##|-) /.test(line))).toEqual([
      '## Assumed: no source says it, and we had to choose',
      '- **schema B: minLength**: The second',
      '## From Adobe’s getting-started and troubleshooting guides',
      '- **schema A**: The first.',
      '## From the Python client aepp',
      '- **schema C: OLD**',
    ]);
  });

  test.each([
    ['a word', 'adobe', "schema Job, property state: 'adobe' is not one of assumed, openapi,"],
    ['a word of a part', { enum: 'toString' }, "schema Job, property state: enum: 'toString' is not one of"],
    ['no word at all', null, "schema Job, property state: 'null' is not one of"],
    ['a keyword', { minLenght: 'assumed' }, 'schema Job, property state: minLenght: neither a keyword nor'],
    ['an enum value', { PAUSED: 'assumed' }, 'schema Job, property state: PAUSED: neither a keyword nor'],
  ])('refuses %s that it does not know, and says where', (_what, source, message) => {
    expect(() => fidelityReport(contractWith({ enum: ['NEW'], 'x-source': source }))).toThrow(message);
  });

  test.each([
    ['paths /export/jobs post responses 415', 'operation createExportJob, response 415'],
    ['paths /export/jobs get parameters 0 schema', 'operation listExportJobs, query parameter limit'],
    [
      'paths /export/jobs/{exportJobId} parameters 0',
      'path /export/jobs/{exportJobId}, path parameter exportJobId',
    ],
    ['components responses UnsupportedMediaType', 'operation createExportJob, response 415'],
    ['components responses NotFound', 'operations retrieveExportJob, cancelExportJob, response 404'],
    ['components responses TooManyRequests', 'every operation, response 429'],
    ['components headers RetryAfter schema', 'response header Retry-After'],
    ['components parameters RequestId', 'request header x-request-id'],
    ['components schemas MergePolicy properties id', 'schema MergePolicy, property id'],
  ])('calls %s by the name %s', (path, name) => {
    expect(places.name(path.split(' '))).toBe(name);
  });
});

describe('the contract', () => {
  test('says of every status that is not the page’s where it comes from', () => {
    const responses = placesWhere(contract, (node) => 'operationId' in node).flatMap((path) => {
      const { operationId, responses } = at(contract, path) as { operationId: string; responses: Json };
      return Object.entries(responses).map(([status, response]) => ({
        name: `${operationId} ${status}`,
        source: follow(response as Json)['x-source'],
      }));
    });
    expect(responses.filter(({ source }) => source === undefined).map(({ name }) => name)).toEqual([
      'listExportJobs 200',
      'createExportJob 200',
      'retrieveExportJob 200',
      'cancelExportJob 204',
    ]);
  });

  test('says of every bound where it comes from', () => {
    const bounds = ['minimum', 'maximum', 'minLength', 'minItems', 'pattern'];
    const unsourced = placesWhere(contract, (node) => bounds.some((bound) => isBound(node[bound]))).flatMap(
      (path) => {
        const source = at(contract, path)['x-source'] ?? {};
        return bounds
          .filter((bound) => bound in at(contract, path) && !isAssumed(path))
          .filter((bound) => typeof source !== 'string' && !(bound in (source as Json)))
          .map((bound) => `${places.name(path)}: ${bound}`);
      },
    );
    expect(unsourced).toEqual([]);
  });
});

/** A bound is a value; under `x-source` stands a word instead, and under `properties` a schema. */
function isBound(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.startsWith('^'));
}

/** Whether the place is within an element that is assumed as a whole. */
function isAssumed(path: string[]): boolean {
  return path.some((_key, index) => at(contract, path.slice(0, index))['x-source'] === 'assumed');
}

function follow(node: Json): Json {
  return typeof node['$ref'] === 'string' ? at(contract, node['$ref'].split('/').slice(1)) : node;
}
