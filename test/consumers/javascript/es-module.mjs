import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createMockServer } from 'aep-export-jobs-mock';
import * as types from 'aep-export-jobs-mock/types';
import exportAJob from './export-a-job.js';

const file = (name) => new URL(import.meta.resolve(`aep-export-jobs-mock/${name}`));
const contract = JSON.parse(await readFile(file('openapi.json'), 'utf8'));
const example = JSON.parse(await readFile(file('fixtures/examples/export-jobs.json'), 'utf8'));

assert.deepEqual(Object.keys(types), []);
assert.match(contract.openapi, /^3\.1/);
assert.match(await readFile(file('openapi.yaml'), 'utf8'), /^openapi: 3\.1/m);
assert.equal(example.value.records.length, 2);
await exportAJob(createMockServer);
