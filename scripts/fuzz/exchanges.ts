import fc from 'fast-check';
import { cutShort, noise } from './broken.js';
import { anyCall } from './calls.js';
import type { Contract } from './contract.js';
import { textOf, type Exchange } from './exchange.js';
import { framed } from './framing.js';
import { headers } from './header-lines.js';
import { encodedBody, strangeText, typed } from './media.js';
import { methods, requestLines, targets } from './request-lines.js';
import { single, type Sent } from './sent.js';

/** Calls one after the other on a connection that is kept until the last. */
function pipelined(contract: Contract): fc.Arbitrary<Sent> {
  const last = fc.oneof(
    { weight: 4, arbitrary: singleCall(contract) },
    { weight: 1, arbitrary: fc.oneof(requestLines, methods, headers) },
  );
  return fc
    .tuple(fc.array(anyCall(contract), { maxLength: 4 }), last)
    .map(([before, { bytes, expected }]) => ({
      bytes: before.map(({ message }) => textOf(message)).join('') + bytes,
      expected: [...before.map((call) => call.expected), ...expected],
    }));
}

function singleCall(contract: Contract): fc.Arbitrary<Sent> {
  return anyCall(contract).map(({ message, expected }) => single(message, expected));
}

const cutsOf = (bytes: string) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(Math.min(bytes.length, 2000)), { maxLength: 4 }) },
  );

function whole(kind: string, sent: fc.Arbitrary<Sent>): fc.Arbitrary<Exchange> {
  return sent.chain(({ bytes, expected }) => {
    const isOpen = expected.some(({ mayBeMissing }) => mayBeMissing);
    const leaves = fc.oneof(
      { weight: 19, arbitrary: fc.constant(isOpen ? ('by ending' as const) : ('last' as const)) },
      { weight: 1, arbitrary: fc.constantFrom('by resetting' as const, 'by resetting at once' as const) },
    );
    return fc.record({
      kind: fc.constant(kind),
      bytes: fc.constant(bytes),
      cuts: cutsOf(bytes),
      leaves,
      expected: fc.constant(expected),
    });
  });
}

/** Everything that is sent. */
export function anyExchange(contract: Contract): fc.Arbitrary<Exchange> {
  const create = contract.operations.find(({ request }) => request);
  if (!create) throw new Error('the contract has no operation with a body');
  const weighted = (weight: number, kind: string, sent: fc.Arbitrary<Sent>) => ({
    weight,
    arbitrary: whole(kind, sent),
  });
  return fc.oneof(
    weighted(40, 'calls', singleCall(contract)),
    weighted(10, 'pipelined calls', pipelined(contract)),
    weighted(8, 'framing', framed(create)),
    weighted(4, 'content types', typed(create)),
    weighted(4, 'content codings', encodedBody(create)),
    weighted(3, 'not UTF-8', strangeText(create)),
    weighted(6, 'targets', targets),
    weighted(4, 'methods', methods),
    weighted(3, 'request lines', requestLines),
    weighted(6, 'headers', headers),
    { weight: 6, arbitrary: cutShort(contract) },
    { weight: 8, arbitrary: noise(contract) },
  );
}
