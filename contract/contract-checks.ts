/** A contract is broken: it can't be read, is not OpenAPI as the mock needs it, or does not fit the mock. */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(file: string, reason: string, cause?: unknown) {
    super(`The contract ${file} is broken: ${reason}`, { cause });
  }
}

/** What the mock reads of an OpenAPI document without a schema to hold it to. */
export interface OpenApiDocument {
  openapi: string;
  info: { version: string };
  servers: [{ url: string }];
  paths: Record<string, Record<string, unknown>>;
  components: {
    schemas: object;
    securitySchemes?: Record<string, { type: string; name?: string }>;
  };
}

/** Throws when a document lacks what the mock reads of it. */
export function checkDocument(document: unknown): asserts document is OpenApiDocument {
  const { openapi, info, servers, paths } = document as Partial<OpenApiDocument>;
  if (!/^3\.1\.\d+$/.test(openapi ?? '')) throw new Error("'openapi' must be a version 3.1");
  if (typeof info?.version !== 'string') throw new Error("'info.version' is missing");
  if (typeof servers?.[0].url !== 'string') throw new Error("'servers' has no address");
  if (typeof paths !== 'object') throw new Error("'paths' is missing");
}

/** Throws ContractError unless a contract declares the operations that the mock runs, those alone, and each once. */
export function checkOperations(
  { file, operations }: { file: string; operations: readonly { operationId: string }[] },
  known: readonly string[],
): void {
  const declared = operations.map(({ operationId }) => operationId);
  for (const [index, id] of declared.entries()) {
    if (!known.includes(id)) {
      throw new ContractError(file, `it declares the operation ${id}, and the mock runs ${known.join(', ')}`);
    }
    if (declared.indexOf(id) !== index)
      throw new ContractError(file, `it declares the operation ${id} twice`);
  }
  const missing = known.filter((id) => !declared.includes(id));
  if (missing.length > 0) throw new ContractError(file, `it does not declare ${missing.join(', ')}`);
}
