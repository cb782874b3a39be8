import { describe, expect, test } from '@jest/globals';
import { Journal } from '../../server/journal/journal.js';
import type { JournalFilter, RecordedRequest } from '../../server/journal/journal-entry.js';
import { recordedCall as call } from '../support/recorded-call.js';

function journalOf(calls: RecordedRequest[], capacity = 1000): Journal {
  const journal = new Journal(capacity);
  for (const each of calls) journal.add(each);
  return journal;
}

const ids = (journal: Journal, ...[filter]: Parameters<Journal['entries']>) =>
  journal.entries(filter).map(({ id }) => id);

describe('a journal keeps as many calls as it was made for', () => {
  test.each([
    [3, 0, []],
    [3, 2, [1, 2]],
    [3, 3, [1, 2, 3]],
    [3, 4, [2, 3, 4]],
    [3, 8, [6, 7, 8]],
    [1, 5, [5]],
    [0, 5, []],
  ])('%d of them, after %d', (capacity, calls, kept) => {
    const journal = journalOf(
      Array.from({ length: calls }, (_, index) => call({ requestId: String(index + 1) })),
      capacity,
    );
    const entries = journal.entries();
    expect(entries.map(({ id }) => id)).toEqual(kept);
    expect(entries.map(({ requestId }) => Number(requestId))).toEqual(kept);
    expect(journal.count()).toBe(kept.length);
  });

  test('and forgets them when it is cleared, but not how far it has counted', () => {
    const journal = journalOf([call(), call(), call(), call()], 3);
    journal.clear();
    expect(journal.entries()).toEqual([]);
    journal.add(call({ requestId: 'after' }));
    expect(journal.entries()).toMatchObject([{ id: 5, requestId: 'after' }]);
    for (let index = 0; index < 4; index++) journal.add(call());
    expect(ids(journal)).toEqual([7, 8, 9]);
    expect(ids(journal, { since: 8 })).toEqual([9]);
  });
});

describe('what a journal holds', () => {
  test('is counted, as calls come and go', () => {
    const body = 'x'.repeat(1000);
    const journal = new Journal(3);
    expect(journal.heldBytes).toBe(0);
    journal.add(call());
    const one = journal.heldBytes;
    journal.add(call({ body, answerBody: body, headers: ['a', body] }));
    expect(journal.heldBytes).toBe(2 * one + 3001);
    for (let index = 0; index < 4; index++) journal.add(call());
    expect(journal.heldBytes).toBe(3 * one);
    journal.clear();
    expect(journal.heldBytes).toBe(0);
  });

  test.each([
    [0, 3, []],
    [1, 3, []],
    [2, 3, [2]],
    [3, 3, [3]],
    [7, 4, [6, 7]],
    [5, 1, []],
  ])('its older half can be given up: %d calls, of which %d are kept', (calls, capacity, kept) => {
    const journal = journalOf(
      Array.from({ length: calls }, () => call()),
      capacity,
    );
    const each = journal.heldBytes / Math.min(calls, capacity);
    journal.forgetOlderHalf();
    expect(ids(journal)).toEqual(kept);
    expect(journal.heldBytes).toBe(kept.length > 0 ? kept.length * each : 0);
    for (let index = 0; index < capacity; index++) journal.add(call());
    expect(ids(journal)).toEqual(Array.from({ length: capacity }, (_, index) => calls + 1 + index));
    expect(journal.heldBytes).toBe(journalOf(Array.from({ length: capacity }, () => call())).heldBytes);
  });
});

describe('a journal tells the entries that are asked for', () => {
  const journal = journalOf([
    call({ resources: { job: 100 } }),
    call({ operation: 'listExportJobs', resources: undefined }),
    call({ status: 404, resources: { job: 1001 } }),
    call({ status: 400, violations: [{ message: 'm' }], resources: { job: '100' } }),
    call({ status: 500, answerViolations: [{ message: 'm' }], resources: { job: 100, dataset: 'd' } }),
    call({ status: undefined, answerHeaders: undefined, fault: 'connection-reset', resources: { job: 100 } }),
    call({ operation: undefined, resources: undefined }),
  ]);

  test.each<[JournalFilter, number[]]>([
    [{ operation: 'listExportJobs' }, [2]],
    [{ status: 404 }, [3]],
    [{ resources: { job: 100 } }, [1, 4, 5, 6]],
    [{ resources: { job: 1001 } }, [3]],
    [{ violations: true }, [4, 5]],
    [{ violations: false }, [1, 2, 3, 6, 7]],
    [{ fault: 'connection-reset' }, [6]],
    [{ fault: 'other' }, []],
    [{ since: 5 }, [6, 7]],
    [{ since: 99 }, []],
    [{ limit: 2 }, [6, 7]],
    [{ resources: { job: 100 }, limit: 2 }, [5, 6]],
    [{ resources: { job: 100, dataset: 'd' } }, [5]],
    [{ resources: { job: undefined } }, [1, 2, 3, 4, 5, 6, 7]],
    [{ status: 200, since: 1 }, [2, 7]],
    [{ operation: undefined, limit: undefined }, [1, 2, 3, 4, 5, 6, 7]],
  ])('%j', (filter, expected) => {
    expect(ids(journal, filter)).toEqual(expected);
    expect(journal.count(filter)).toBe(expected.length);
  });
});

describe('an entry tells', () => {
  const entryOf = (parts: Partial<RecordedRequest>) => journalOf([call(parts)]).entries()[0];

  test('when the call came, and what the clock said when it was answered', () => {
    expect(entryOf({ time: Date.parse('2030-05-06T07:08:09.010Z') })).toMatchObject({
      realTime: '2026-01-01T00:00:00.750Z',
      time: '2030-05-06T07:08:09.010Z',
      durationInMs: 250,
    });
  });

  test('headers by their names in lower case, whatever they are called', () => {
    const headers = ['X-A', '1', 'x-a', '2', '__proto__', '3', 'constructor', '4'];
    const entry = entryOf({ headers, answerHeaders: { 'X-Location': '/x', 'Content-Length': 5 } });
    expect(Object.entries(entry?.request.headers ?? {})).toEqual([
      ['x-a', '1, 2'],
      ['__proto__', '3'],
      ['constructor', '4'],
    ]);
    expect(entry?.answer?.headers).toEqual({ 'x-location': '/x', 'content-length': '5' });
  });

  test.each([
    ['JSON', '{"a":[1]}', { body: { a: [1] } }],
    ['JSON behind a byte order mark', '\uFEFF1', { body: 1 }],
    ['JSON that is null', 'null', { body: null }],
    ['text', '{"a":', { body: '{"a":' }],
    ['its size when it was too large', 20_000, { bodyInBytes: 20_000 }],
    ['nothing when there was none', undefined, {}],
    ['as text what is nested too deeply', '['.repeat(8000) + ']'.repeat(8000), { body: expect.any(String) }],
  ])('a body as %s', (_what, body, told) => {
    const entry = entryOf({ body, answerBody: body });
    expect(entry?.request).toEqual({ method: 'GET', url: call().url, headers: {}, ...told });
    expect(entry?.answer).toEqual({ status: 200, headers: {}, ...told });
    expect(() => JSON.stringify(entry)).not.toThrow();
  });

  test('no answer when the connection was broken in place of one', () => {
    const fault = 'answer-lost';
    expect(entryOf({ status: undefined, answerHeaders: undefined, fault })).toMatchObject({
      answer: null,
      fault,
    });
  });

  test('each violation, and of what', () => {
    const violations = [{ message: 'm', pointer: '/body', rule: '#/paths', sent: 1, allowed: 'a' }];
    const entry = entryOf({ violations, answerViolations: [{ message: 'n' }] });
    expect(entry?.violations).toEqual([
      { of: 'request', ...violations[0] },
      { of: 'answer', message: 'n' },
    ]);
  });
});

test('what is done to an entry is not seen in the next', () => {
  const journal = journalOf([call({ headers: ['a', '1'], body: '{}', violations: [{ message: 'm' }] })]);
  const [entry] = journal.entries();
  const told = structuredClone(entry);
  Object.assign(entry?.request.headers ?? {}, { a: '2' });
  Object.assign(entry?.violations[0] ?? {}, { message: 'other' });
  expect(journal.entries()).toEqual([told]);
});
