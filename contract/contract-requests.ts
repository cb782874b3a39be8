import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { ContractError, type OpenApiDocument } from './contract-checks.js';
import type { Contract } from './contract.js';
import { METHODS } from './contract-operations.js';

interface PathItem extends Partial<Record<(typeof METHODS)[number], Operation>> {
  parameters?: object[];
}

interface Operation {
  operationId: string;
  parameters?: object[];
  requestBody?: object;
}

/**
 * What contracts say of requests, as one OpenAPI document without references. A validator of requests has a fourth of
 * the work with it, for answers and examples are the greater part of a contract.
 */
export async function requestsOf(contracts: readonly Contract[]): Promise<object> {
  const [first] = contracts;
  const paths = await Promise.all(contracts.map(pathsOf));
  return {
    openapi: first?.document.openapi,
    info: first?.document.info,
    servers: [{ url: '/' }],
    paths: Object.assign({}, ...paths) as object,
  };
}

async function pathsOf({ file, basePath, document }: Contract): Promise<object> {
  const paths = await withoutReferences(file, requestPart(document));
  const parts = Object.entries(paths).map(([path, item]) => [basePath + path, item]);
  // The validator writes into what it is given: no part may stand in two places.
  return JSON.parse(JSON.stringify(Object.fromEntries(parts))) as object;
}

/** Of a document, what its requests say and may refer to. */
function requestPart({ paths, components }: OpenApiDocument): { paths: object; components: object } {
  const items = Object.entries(paths as Record<string, PathItem>);
  return {
    paths: Object.fromEntries(items.map(([path, item]) => [path, requestParts(item)])),
    components: { ...components, responses: {} },
  };
}

function requestParts(item: PathItem): object {
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const { operationId, parameters = [], requestBody } = operation;
    return [[method, { operationId, parameters, ...(requestBody && { requestBody }), responses: {} }]];
  });
  return { parameters: item.parameters ?? [], ...(Object.fromEntries(operations) as object) };
}

async function withoutReferences(
  file: string,
  part: { paths: object; components: object },
): Promise<Record<string, PathItem>> {
  try {
    const options = { dereference: { circular: false } };
    const { paths } = await $RefParser.dereference<typeof part>(structuredClone(part), options);
    return paths as Record<string, PathItem>;
  } catch (error) {
    throw new ContractError(file, (error as Error).message, error);
  }
}
