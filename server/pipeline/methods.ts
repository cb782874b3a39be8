import type { ContractOperation } from '../../contract/contract-operations.js';

/** The methods that a caller may use: those of the operations, and what HTTP has besides. */
export function methodsOf(operations: ContractOperation[]): string[] {
  const own = operations.flatMap(({ method }) =>
    method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()],
  );
  return [...new Set([...own, 'OPTIONS'])];
}
