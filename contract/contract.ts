import { checkDocument, ContractError, type OpenApiDocument } from './contract-checks.js';
import { readDocument } from './contract-document.js';
import { identityOf, type ContractIdentity } from './contract-identity.js';
import { readOperations, type ContractOperation } from './contract-operations.js';
import { compileSchemas, type Validator, type Compiling } from './contract-schemas.js';

export interface Contract extends ContractIdentity {
  file: string;
  basePath: string;
  /** The document in one piece, without references to other files. */
  document: OpenApiDocument;
  operations: ContractOperation[];
  /** Checks a value against a schema of `components`. */
  schema: (name: string) => Validator;
}

const loaded = new Map<string, Promise<Contract>>();

/**
 * Loads, bundles, checks and compiles the contract of a file, once in a process.
 * Throws ContractError when it is broken.
 */
export function loadContract(file: string, compiling?: Compiling): Promise<Contract> {
  let contract = loaded.get(file);
  if (!contract) loaded.set(file, (contract = compile(file, compiling)));
  return contract;
}

function compile(file: string, compiling?: Compiling): Promise<Contract> {
  const compiled = readDocument(file).then((document) => contractOf(file, document, compiling));
  return compiled.catch((error: unknown) => {
    // A broken file may be mended, and is then to be loaded anew.
    loaded.delete(file);
    throw new ContractError(file, (error as Error).message, error);
  });
}

/** Makes a contract of a bundled document, which came of that file. Throws when it is broken. */
export function contractOf(file: string, document: unknown, compiling?: Compiling): Contract {
  checkDocument(document);
  const schemas = compileSchemas(document, compiling);
  return {
    file,
    ...identityOf(document),
    basePath: document.servers[0].url,
    document,
    operations: readOperations(document, schemas.at),
    schema: (name) => schemas.at(['components', 'schemas', name]),
  };
}
