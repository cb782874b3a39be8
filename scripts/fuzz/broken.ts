import fc from 'fast-check';
import { anyCall } from './calls.js';
import type { Contract } from './contract.js';
import { textOf, type Exchange } from './exchange.js';
import { FOUR } from './sent.js';

/** Calls of which the last is not sent to its end. */
export function cutShort(contract: Contract): fc.Arbitrary<Exchange> {
  return fc
    .tuple(
      fc.array(anyCall(contract), { maxLength: 2 }),
      anyCall(contract),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.constantFrom('by ending', 'by resetting', 'by resetting at once'),
    )
    .map(([calls, last, part, leaves]) => {
      const text = textOf(last.message);
      const whole = calls.map(({ message }) => textOf(message)).join('');
      // A call that is delayed may be under way when the client ends its side, and Node then breaks it off.
      const isSure = leaves === 'by ending' && !whole.includes('delay=');
      const { statuses } = last.expected;
      return {
        kind: 'cut short',
        bytes: whole + text.slice(0, Math.floor(text.length * part)),
        cuts: [],
        leaves,
        expected: [
          ...calls.map(({ expected }) => ({ ...expected, mayBeMissing: !isSure })),
          { statuses: [...statuses, 400], mayBeMissing: true },
        ],
      };
    });
}

/** Bytes changed at random, but for those that name the sandbox. */
export function noise(contract: Contract): fc.Arbitrary<Exchange> {
  const change = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(12),
    fc.string({ unit: 'binary-ascii', maxLength: 6 }),
  );
  const names = new Set(['x-gw-ims-org-id', 'x-sandbox-name', 'prefer']);
  return fc
    .tuple(
      anyCall(contract).filter(
        ({ expected, message }) => !expected.isHead && (message.body?.length ?? 0) < 5000,
      ),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.array(change, { maxLength: 3 }),
    )
    .map(([{ message }, inHead, inBody]) => {
      const own = message.headers.filter(([name]) => !names.has(name.toLowerCase()));
      const head = textOf({ ...message, headers: own, body: '' }).slice(0, -2);
      const sandbox = FOUR.slice(3)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('');
      const bytes = `${changed(head, inHead)}${sandbox}\r\n${changed(message.body ?? '', inBody)}`;
      return { kind: 'noise', bytes, cuts: [], leaves: 'by ending', expected: 'any' };
    });
}

function changed(text: string, changes: [place: number, removed: number, added: string][]): string {
  return changes.reduce((now, [place, removed, added]) => {
    const from = Math.floor(place * now.length);
    return now.slice(0, from) + added + now.slice(from + removed);
  }, text);
}
