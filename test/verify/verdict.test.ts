import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { alteredMock } from '../support/altered-mock.js';
import type { PassedCall } from '../support/altering-server.js';
import { errorBody, verifying } from '../support/verifying.js';

const { mock, server, url } = await alteredMock();

/** Has calls answered with an error that the contract declares. */
async function answering(status: number, isMeant: (call: PassedCall) => boolean): Promise<void> {
  const body = await errorBody(mock.url, status);
  server.alter = (answer, call) => {
    if (!isMeant(call)) return;
    Object.assign(answer, { status, body });
    answer.headers['retry-after'] = '0';
  };
}

describe('what could not be looked at because the server failed is no pass', () => {
  test.each([429, 500, 503])('when all but its first call is answered %i', async (status) => {
    await answering(status, () => server.calls.length > 1);
    const { code, out } = await verifying([url]);
    expect(out).toMatch(
      /^Not conclusive: 0 contradictions, 0 news, 13 of 13 checks could not be made, \d+ of them because the server failed; /m,
    );
    expect(code).toBe(2);
  });

  test.each([429, 500, 503])('when its pages are answered %i', async (status) => {
    await answering(status, ({ path }) => /offset=\d/.test(path));
    const { code, report } = await verifying([url, '--json']);
    expect(report).toMatchObject({ verdict: 'incomplete', findings: [] });
    expect(report.checks.filter(({ result }) => result === 'not checked')).toEqual([
      expect.objectContaining({ note: `the server answered ${status}`, serverFailed: true }),
    ]);
    expect(code).toBe(2);
  });

  test('when it can not be asked whether a job that is missing is still there', async () => {
    await answering(500, ({ path }) => /jobs\/\d+$/.test(path));
    const { alter } = server;
    server.alter = async (answer, call, ...rest) => {
      await alter(answer, call, ...rest);
      if (call.path.includes('status=FAILED')) answer.body.records.pop();
    };
    const { report } = await verifying([url, '--json']);
    expect(report.checks[3]).toMatchObject({ note: 'the server answered 500', serverFailed: true });
  });

  test('but a contradiction fails all the same', async () => {
    await answering(500, ({ path }) => /offset=\d/.test(path));
    const { alter } = server;
    server.alter = async (answer, call, ...rest) => {
      await alter(answer, call, ...rest);
      if (/jobs\/\d{3}$/.test(call.path)) answer.status = 203;
    };
    expect((await verifying([url])).code).toBe(1);
  });
});

test('a run that is stopped while its first call waits to be repeated is interrupted', async () => {
  const signals = new EventEmitter();
  const body = await errorBody(mock.url, 429);
  server.alter = (answer) => {
    Object.assign(answer, { status: 429, body });
    answer.headers['retry-after'] = '30';
    signals.emit('SIGINT');
  };
  const { code, out, told } = await verifying([url], {}, { signals });
  expect(told).not.toContain('can not be reached');
  expect(out).toMatch(/^Interrupted: 0 contradictions, 0 news, 13 of 13 checks could not be made; /m);
  expect(code).toBe(130);
  expect(server.calls).toHaveLength(1);
});
