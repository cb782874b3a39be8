import { createHash } from 'node:crypto';
import { checkDocument, ContractError, type OpenApiDocument } from './contract-checks.js';
import { ownContract, readDocument } from './contract-document.js';

/** What tells one contract from another. */
export interface ContractIdentity {
  /** Its `info.version`. */
  version: string;
  /** The first twelve hexadecimal digits of the SHA-256 of the bundled document. */
  hash: string;
}

export function identityOf(document: OpenApiDocument): ContractIdentity {
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  return { version: document.info.version, hash: digest.slice(0, 12) };
}

/** Which contract this package has. It is not compiled for that. Throws ContractError when it can not be read. */
export async function ownIdentity(): Promise<ContractIdentity> {
  const file = ownContract('openapi');
  try {
    const document = await readDocument(file);
    checkDocument(document);
    return identityOf(document);
  } catch (error) {
    throw new ContractError(file, (error as Error).message, error);
  }
}
