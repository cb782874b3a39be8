import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { ContractError } from './contract-checks.js';
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
  const { paths } = await withoutReferences(file, document);
  const parts = Object.entries(paths as Record<string, PathItem>).map(([path, item]) => [
    basePath + path,
    requestParts(item),
  ]);
  // The validator writes into what it is given: no part may stand in two places.
  return JSON.parse(JSON.stringify(Object.fromEntries(parts))) as object;
}

function requestParts(item: PathItem): object {
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    if (!operation) return [];
    const { operationId, parameters = [], requestBody } = operation;
    return [[method, { operationId, parameters, requestBody, responses: {} }]];
  });
  return { parameters: item.parameters ?? [], ...(Object.fromEntries(operations) as object) };
}

async function withoutReferences(
  file: string,
  document: Contract['document'],
): Promise<Contract['document']> {
  try {
    return await $RefParser.dereference(structuredClone(document), { dereference: { circular: false } });
  } catch (error) {
    throw new ContractError(file, (error as Error).message, error);
  }
}
