import { afterEach, expect, test } from '@jest/globals';
import type { MockServer } from '../../server/mock-server.js';
import { checksOf } from '../../cli/run-checks.js';
import { startMock, type Caller } from '../support/mock.js';

let mock: MockServer | undefined;
afterEach(() => mock?.close());

/** What is told of the calls that a caller makes. */
async function toldOf(call: (caller: Caller) => Promise<unknown>, sandbox = {}): Promise<string> {
  const caller = await startMock({ recordRun: true }, sandbox);
  mock = caller.mock;
  await call(caller);
  let told = '';
  expect(await checksOf({ failOnViolation: true }, mock)((lines) => (told += lines))).toBe(false);
  return told;
}

test.each<[what: string, call: (caller: Caller) => Promise<unknown>]>([
  ['the name of a property', (caller) => caller.post({ 'x\n::error::a\r\n::error::b': 1 })],
  ['the name of a parameter', (caller) => caller.get('/export/jobs?x%0A%3A%3Aerror%3A%3Aa=1')],
])('no text of a caller begins a line of what is told, as %s might', async (_what, call) => {
  const told = await toldOf(call);
  expect(told).toContain('::error::a');
  // What runs the tests takes such a line for a command, wherever it is indented to.
  expect(told).not.toMatch(/^\s*::/m);
  expect(told.split('\n').slice(1).join('\n')).toMatch(/^( {2,}\S.*(\n|$))+$/);
});

test('no sandbox of an address begins one either', async () => {
  const path = '/as/o%0A::error::a/p%0D::error::b/data/core/ups/export/jobs?limit=none';
  const told = await toldOf(async ({ mock: called }) => {
    const url = await called.listen();
    await fetch(url + path, { headers: { Authorization: 'Bearer any', 'x-api-key': 'any' } });
  });
  expect(told).toContain('sandbox p\u{FFFD}::error::b of o ::error::a: GET');
  expect(told).not.toMatch(/^\s*::/m);
});
