import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { loadContract, type Contract } from '../../contract/contract.js';
import { DataFileError } from '../../server/sandbox/data-files.js';
import { faultCheck, loadFaults } from '../../server/sandbox/faults.js';
import { CONTROL_FILE } from '../support/contracts.js';

let control: Contract;
let directory: string;

beforeAll(async () => {
  control = await loadContract(CONTROL_FILE, 'when needed');
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'faults-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function load(name: string, fault: object) {
  await writeFile(join(directory, `${name}.json`), JSON.stringify(fault));
  return loadFaults(control, directory);
}

test('the faults of the package are sound, and each says in a sentence what it does', async () => {
  const faults = await loadFaults(control);
  expect([...faults.keys()]).toEqual([
    'answer-lost',
    'bare-503',
    'connection-reset',
    'empty-answer',
    'html-502',
    'outage',
    'rate-limited',
    'rate-limited-bare',
    'slow',
    'slow-fixed',
    'token-expired',
    'truncated-body',
    'unavailable',
  ]);
  for (const fault of faults.values())
    expect([fault.name, faultCheck(control)(fault)]).toEqual([fault.name, []]);
  for (const { summary } of faults.values()) expect(summary).toMatch(/^[A-Z].*\.$/);
});

test('a user’s faults stand beside ours, and in place of ours of the same name', async () => {
  await load('flaky', { name: 'flaky', effect: { kind: 'reset' }, times: 1 });
  const faults = await load('slow', { name: 'slow', effect: { kind: 'delay', leastMs: 0, mostMs: 5 } });
  expect(faults.get('flaky')).toMatchObject({ times: 1 });
  expect(faults.get('slow')?.effect).toEqual({ kind: 'delay', leastMs: 0, mostMs: 5 });
  expect(faults.get('unavailable')?.times).toBe(3);
});

describe('a broken file is refused, with its places and what is allowed', () => {
  const REFUSE = { kind: 'refuse', status: 503, retryAfterSeconds: null };

  test.each<[object, string]>([
    [{ effect: { kind: 'explode' } }, '/effect/kind: '],
    [
      { effect: { ...REFUSE, status: 418 } },
      "/effect/status: 'status' must be equal to one of the allowed values. Found: 418. Allowed: one of 401, 403, 429, 500, 503",
    ],
    [
      { effect: { kind: 'refuse', status: 503 } },
      "/effect/retryAfterSeconds: The property 'retryAfterSeconds' is missing. Allowed: it is required",
    ],
    [{ effect: REFUSE, times: 0 }, "/times: 'times' must be >= 1. Found: 0. Allowed: at least 1"],
    [{ effect: REFUSE, time: 1 }, "/time: The property 'time' is not known. Did you mean 'times'?"],
    [{ effect: REFUSE, limit: { calls: 5 } }, "/limit/inMs: The property 'inMs' is missing."],
    [{ effect: { kind: 'raw', status: 200, headers: { 'a b': 'c' } } }, '/effect/headers'],
    [{ effect: { kind: 'raw', status: 200, headers: { a: 'b\r\nc: d' } } }, '/effect/headers/a'],
    [
      { effect: { kind: 'delay', leastMs: 6, mostMs: 5 } },
      '/effect/leastMs: The least delay is longer than the most. Found: 6. Allowed: at most 5, which is mostMs',
    ],
  ])('%j', async (parts, line) => {
    const error: unknown = await load('broken', { name: 'broken', ...parts }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DataFileError);
    const file = join(directory, 'broken.json');
    expect((error as Error).message).toContain(`The fault file ${file} is not a fault:\n  ${line}`);
  });
});
