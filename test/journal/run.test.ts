import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadContract } from '../../contract/contract.js';
import { Journals } from '../../server/journal/journals.js';
import { createMockServer, type MockServer } from '../../server/mock-server.js';
import { CONTRACT_FILE } from '../support/contracts.js';
import { recordedCall } from '../support/recorded-call.js';
import { BASE, callerOf, startMock } from '../support/mock.js';

const EXPECTED = { Prefer: 'violations=expected' };
const BROKEN = '/export/jobs?limit=0';

let mock: MockServer;
beforeEach(async () => {
  // As few as there can be: what the run is told of is not to hang on the journals.
  ({ mock } = await startMock({ recordRun: true, journal: 1 }));
});
afterEach(() => mock.close());

const counts = () => {
  const { calls, faulted, unexpected, expected } = mock.run();
  return { calls, faulted, unexpected: unexpected.count, expected: expected.count };
};

describe('the record of a run', () => {
  test('counts the calls of all sandboxes, and keeps those that broke the contract', async () => {
    await callerOf(mock, { name: 'a' }).get('/export/jobs?limit=1');
    await callerOf(mock, { name: 'a' }).get(BROKEN, { 'x-request-id': 'first' });
    await callerOf(mock, { name: 'b' }).get(BROKEN, EXPECTED);
    await callerOf(mock, { name: 'b' }).get('/export/jobs/100', { Prefer: 'fault=bare-503' });
    await callerOf(mock, { name: 'c' }).get('/export/jobs/100', { 'x-api-key': '' });
    expect(counts()).toEqual({ calls: 5, faulted: 1, unexpected: 2, expected: 1 });
    const { unexpected, expected, coverage } = mock.run();
    expect(unexpected.newest[0]).toEqual({
      sandbox: { org: expect.any(String), name: 'a' },
      id: 2,
      operation: 'listExportJobs',
      requestId: 'first',
      realTime: expect.stringMatching(/^20.*Z$/),
      method: 'GET',
      url: BASE + BROKEN,
      status: 400,
      violations: [expect.objectContaining({ of: 'request', pointer: '/query/limit', sent: '0' })],
    });
    expect(unexpected.newest[1]).toMatchObject({ sandbox: { name: 'c' }, status: 403 });
    expect(expected.newest).toMatchObject([{ sandbox: { name: 'b' }, id: 1 }]);
    expect(coverage.operations.find(({ operationId }) => operationId === 'listExportJobs')?.calls).toBe(3);
  });

  test('outlives the journals, and lets calls be marked that they have forgotten', async () => {
    const sandbox = mock.sandbox({ name: 'a' });
    for (const path of ['/export/jobs?limit=1', BROKEN]) await callerOf(mock, { name: 'a' }).get(path);
    sandbox.clearJournal();
    expect(sandbox.expectViolations({ pointer: '/query/limt' })).toBe(0);
    expect(sandbox.expectViolations({ pointer: '/query/limit', id: 2 })).toBe(1);
    expect(sandbox.expectViolations()).toBe(0);
    expect(counts()).toMatchObject({ unexpected: 0, expected: 1 });
  });

  test('does not take a call of a sandbox that was deleted for one of the new', async () => {
    const old = callerOf(mock, { name: 'deleted' });
    await old.get(BROKEN);
    const { org } = mock.sandbox();
    await mock.deleteSandbox({ org, name: 'deleted' });
    expect(mock.sandbox({ name: 'deleted' }).expectViolations()).toBe(0);
    await old.get(BROKEN);
    expect(mock.sandbox({ name: 'deleted' }).expectViolations()).toBe(1);
    expect(counts()).toMatchObject({ unexpected: 1, expected: 1 });
  });
});

test('the newest 1000 calls are kept, and more are counted, marked ones too', async () => {
  const journals = new Journals((await loadContract(CONTRACT_FILE, 'when needed')).operations, 2000);
  journals.beginRun();
  const sandbox = { org: 'o', name: 'n' };
  const { journal } = journals.get(sandbox);
  for (let calls = 0; calls < 1003; calls++) {
    const call = recordedCall({ violations: [{ message: 'm' }] });
    journals.run?.add(journal, sandbox, journal.add(call), call);
  }
  expect(journals.run?.toReport().unexpected).toMatchObject({
    count: 1003,
    newest: { length: 1000, 0: { id: 4 } },
  });
  expect(journals.expectViolations({ ...sandbox, journal }, { id: 2 })).toBe(1);
  expect(journals.run?.toReport()).toMatchObject({
    unexpected: { count: 1002 },
    expected: { count: 1, newest: [{ id: 2 }] },
  });
  expect(journals.expectViolations({ ...sandbox, journal })).toBe(1002);
  expect(journals.run?.toReport()).toMatchObject({ unexpected: { count: 0 }, expected: { count: 1003 } });
});

describe('a run that is not recorded', () => {
  test('is not told', async () => {
    const { mock: plain } = await startMock();
    expect(() => plain.run()).toThrow('make the mock with the option recordRun');
    await plain.close();
  });

  test('for want of a journal is refused', async () => {
    await expect(createMockServer({ recordRun: true, journal: 0 })).rejects.toThrow(
      'Invalid recordRun: true; expected false where journal is 0',
    );
  });
});
