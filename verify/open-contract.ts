import { contractOf, loadContract, type Contract } from '../contract/contract.js';

/**
 * A contract, and the same with objects that may have properties which it does not know: what only the first refuses is
 * news, what the second refuses is a contradiction.
 */
export interface ContractPair {
  closed: Contract;
  open: Contract;
}

/** Made once, as contracts are. */
const pairs = new WeakMap<Contract, ContractPair>();

export async function loadPair(file: string): Promise<ContractPair> {
  const closed = await loadContract(file, 'when needed');
  const pair = pairs.get(closed) ?? {
    closed,
    open: contractOf(file, opened(closed.document), 'when needed'),
  };
  pairs.set(closed, pair);
  return pair;
}

function opened(document: object): unknown {
  return JSON.parse(
    JSON.stringify(document, (key, value: unknown) =>
      key === 'additionalProperties' && value === false ? undefined : value,
    ),
  );
}
