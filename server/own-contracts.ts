import { join } from 'node:path';
import { checkOperations } from './contract-checks.js';
import { loadContract, type Contract } from './contract.js';
import type { Health } from './health.js';
import { warmUp } from './http/openapi-validator.js';
import { packageRoot, packageVersion } from './package-root.js';

const OWN_CONTRACT = join(packageRoot, 'spec/openapi.yaml');
const OWN_CONTROL_CONTRACT = join(packageRoot, 'spec/control.yaml');

/** The contract of the API, which must declare those operations, and that of the control plane, both ready for calls. */
export async function readyContracts(
  operationIds: string[],
  file = OWN_CONTRACT,
): Promise<[Contract, Contract]> {
  const [contract, control] = [
    await loadContract(file),
    await loadContract(OWN_CONTROL_CONTRACT, 'when needed'),
  ];
  checkOperations(contract, operationIds);
  await warmUp([contract]);
  return [contract, control];
}

/** The versions of this package and of its contract. */
export async function readIdentity(): Promise<Pick<Health, 'version' | 'contract'>> {
  const { version, hash } = await loadContract(OWN_CONTRACT);
  return { version: packageVersion, contract: { version, hash } };
}
