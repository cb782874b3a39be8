import { beforeAll, describe, expect, test } from '@jest/globals';
import { ORGANISATIONS, SANDBOXES } from '../../scripts/fuzz/exchanges.js';
import { fuzz, type Target } from '../../scripts/fuzz/fuzz.js';
import { findProblems, loadOperations, type Operation } from '../../scripts/fuzz/judge.js';
import { parseResponses } from '../../scripts/fuzz/messages.js';
import { createMockServer } from '../../server/mock-server.js';

const SEED = 1;
const RUNS = 150;

let operations: Operation[];

beforeAll(async () => {
  operations = await loadOperations();
});

test('hard input is answered as the contract allows', async () => {
  const mock = await createMockServer({ newMs: 1, processingMs: 1, randomSeed: 1 });
  const port = Number(new URL(await mock.listen()).port);
  const target: Target = {
    port: () => Promise.resolve(port),
    reset: async () => {
      for (const org of ORGANISATIONS)
        for (const name of SANDBOXES) await mock.sandbox({ org, name }).reset();
    },
    faults: () => [],
  };
  const { failure, sent } = await fuzz({ operations, target, runs: RUNS, seed: SEED });
  await mock.close();
  expect(failure).toBeUndefined();
  expect(sent.size).toBe(12);
  expect(mock.health().contractViolations).toBe(0);
});

describe('an answer outside the contract is found', () => {
  const error = (status: number) =>
    JSON.stringify({
      requestId: 'id',
      type: 'urn:aep-export-jobs-mock:error:any',
      title: 'Any',
      status,
      errors: { [status]: [{ code: String(status), message: 'Any.' }] },
    });
  const ID = ['x-request-id', 'id'] as const;
  const JSON_TYPE = ['content-type', 'application/json'] as const;

  test.each([
    ['none that is right', 400, [ID, JSON_TYPE], error(400), []],
    ['a failure', 500, [ID, JSON_TYPE], error(500), ['the status is 500, and not one of 400']],
    ['no request id', 400, [JSON_TYPE], error(400), ['there are 0 x-request-id']],
    [
      'HTML',
      400,
      [ID, ['content-type', 'text/html']],
      '<html>',
      ['the Content-Type is not application/json'],
    ],
    ['a text', 400, [ID, JSON_TYPE], 'Bad Request', ['the body is not JSON']],
    ['another schema', 400, [ID, JSON_TYPE], '{"error":1}', ['the body breaks its schema']],
    ['another id', 400, [ID, JSON_TYPE], error(400).replace('id', 'x'), ['the body has another request id']],
    ['another status', 400, [ID, JSON_TYPE], error(404), ['the body says another status']],
    ['another header', 400, [ID, JSON_TYPE, ['x-a', 'b']], error(400), ['the header x-a is not declared']],
    [
      'a stack',
      400,
      [ID, JSON_TYPE],
      error(400).replace('Any.', 'at a.js:1'),
      ['the body shows where the code is'],
    ],
  ] as const)('%s', (_what, status, headers, body, problems) => {
    const answer = { status, headers: headers.map(([name, value]): [string, string] => [name, value]), body };
    const found = findProblems(operations, answer, { operation: 'listExportJobs', statuses: [400] });
    for (const problem of problems) expect(found.join()).toContain(problem);
    expect(found.length > 0).toBe(problems.length > 0);
  });

  test('and what can not be read as answers', () => {
    const read = (text: string) => () => parseResponses(text, () => false);
    expect(read('HTTP/1.1 204 No Content\r\n\r\n<html>')).toThrow('no whole response');
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}')).toThrow('shorter than its Content-Length');
    expect(read('HTTP/1.1 200 OK\r\n\r\n{}')).toThrow('no Content-Length');
  });
});
