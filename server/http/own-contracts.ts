import { checkOperations } from '../../contract/contract-checks.js';
import { ownContract } from '../../contract/contract-document.js';
import { loadContract, type Contract } from '../../contract/contract.js';
import { warmUp } from './openapi-validator.js';

const OWN_CONTRACT = ownContract('openapi');
const OWN_CONTROL_CONTRACT = ownContract('control');

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
