const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { createMockServer } = require('aep-export-jobs-mock');
const contract = require('aep-export-jobs-mock/openapi.json');
const example = require('aep-export-jobs-mock/fixtures/examples/export-jobs.json');
const exportAJob = require('./export-a-job.js');

assert.deepEqual(Object.keys(require('aep-export-jobs-mock/types')), []);
assert.match(contract.openapi, /^3\.1/);
assert.match(readFileSync(require.resolve('aep-export-jobs-mock/openapi.yaml'), 'utf8'), /^openapi: 3\.1/m);
assert.equal(example.value.records.length, 2);
exportAJob(createMockServer);
