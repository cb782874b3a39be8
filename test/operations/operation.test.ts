/** Held by the compiler (`npm run typecheck`): an operation that does not follow the contract does not compile. */
import { expect, test } from '@jest/globals';
import type { components } from '../../generated/openapi.js';
import type { Answer, Call, Operations } from '../../server/operations/operation.js';
import { operations } from '../../server/operations/index.js';

declare const job: components['schemas']['NewExportJob'];

export const rightAnswers = (): [
  Answer<'createExportJob'>,
  Answer<'cancelExportJob'>,
  Answer<'cancelExportJob'>,
] => [
  { status: 200, headers: { 'X-Location': '/data/core/ups/export/jobs/1' }, body: job },
  { status: 204 },
  { status: 200, body: { status: true, message: '' } },
];

export const wrongAnswers = (): unknown[] => [
  // @ts-expect-error a required header is missing
  { status: 200, body: job } satisfies Answer<'createExportJob'>,
  // @ts-expect-error the status is not declared
  { status: 201, headers: { 'X-Location': '' }, body: job } satisfies Answer<'createExportJob'>,
  // @ts-expect-error a 204 has no body
  { status: 204, body: {} } satisfies Answer<'cancelExportJob'>,
  // @ts-expect-error the body lacks what is required
  { status: 200, body: { id: 1, status: 'NEW' } } satisfies Answer<'retrieveExportJob'>,
  // @ts-expect-error a table that lacks an operation
  { listExportJobs: operations.listExportJobs } satisfies Operations,
];

export const wrongCalls = (list: Call<'listExportJobs'>, retrieve: Call<'retrieveExportJob'>): unknown[] => [
  // @ts-expect-error the parameter is not declared
  list.query.page,
  // @ts-expect-error it is a number
  retrieve.path.exportJobId satisfies string,
  // @ts-expect-error the operation takes no body
  retrieve.body satisfies object,
];

test('the table has the four operations of the contract', () => {
  expect(Object.keys(operations)).toEqual([
    'listExportJobs',
    'createExportJob',
    'retrieveExportJob',
    'cancelExportJob',
  ]);
});
