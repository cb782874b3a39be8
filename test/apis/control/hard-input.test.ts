import { expect, test } from '@jest/globals';
import fc from '../../support/property.js';
import { loadContract } from '../../../contract/contract.js';
import { CONTROL_FILE } from '../../support/contracts.js';
import { controlOf, type Method } from '../../support/control.js';
import { SMALLEST_REQUEST, startMock } from '../../support/mock.js';

const RUNS = 200;

const { operations } = await loadContract(CONTROL_FILE, 'when needed');

/** Words of the contract in places where they do not belong, among anything else. */
const word = fc.constantFrom(
  'now',
  'by',
  'only',
  'fault',
  'scenario',
  'slow',
  'fails',
  'PT2H',
  '2h',
  'r1',
  'prod',
  'time',
);
const leaf = fc.oneof(
  word,
  fc.integer({ min: -2, max: 12_000 }),
  fc.double(),
  fc.boolean(),
  fc.string(),
  fc.constant(null),
);
const key = fc.constantFrom(
  ...[
    'now',
    'frozen',
    'by',
    'only',
    'errors',
    'fault',
    'scenario',
    'progress',
    'polls',
    'operation',
    'job',
    'nth',
    'times',
  ],
  ...[
    'forMs',
    'format',
    'clock',
    'lastId',
    'jobs',
    'rules',
    'name',
    'effect',
    'kind',
    '__proto__',
    'constructor',
  ],
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));
const part = fc.oneof(
  word,
  fc.constantFrom('100', '11038', '0', '-1', '1e3', 'a b', '..', '%', 'ä'),
  fc.string({ minLength: 1 }),
);
const call = fc.record({
  operation: fc.constantFrom(...operations),
  parts: fc.array(part, { minLength: 2, maxLength: 2 }),
  query: fc.dictionary(
    fc.constantFrom('status', 'timeout', 'limit', 'since', 'job', 'violations', 'fault', 'x'),
    part,
  ),
  body: fc.option(value, { nil: undefined }),
});

test('whatever is sent to the control plane is answered as its contract has it, and never by a failure', async () => {
  const { mock, post } = await startMock();
  const control = controlOf(mock);
  await fc.assert(
    fc.asyncProperty(call, async ({ operation, parts, query, body }) => {
      const values = [...parts];
      const path = operation.path.replace(/\{\w+\}/g, () => encodeURIComponent(values.pop() ?? ''));
      const asked = new URLSearchParams(query);
      // Nobody waits here for what does not happen.
      if (operation.operationId === 'waitForJob') asked.set('timeout', '0');
      const answer = await control[operation.method as Method](`${path}?${asked}`, body);
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: RUNS },
  );
  expect(mock.health().contractViolations).toBe(0);
  await control.post('/reset');
  expect((await post(SMALLEST_REQUEST)).status).toBe(200);
  await mock.close();
});
