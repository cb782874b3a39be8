import { ContractError, type OpenApiDocument } from './contract-checks.js';
import { Place } from './contract-place.js';
import type { Contract } from './contract.js';
import { METHODS } from './contract-operations.js';
import { pointerOf } from './json-pointer.js';

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
export function requestsOf(contracts: readonly Contract[]): object {
  const [first] = contracts;
  return {
    openapi: first?.document.openapi,
    info: first?.document.info,
    servers: [{ url: '/' }],
    paths: Object.assign({}, ...contracts.map(pathsOf)) as object,
  };
}

function pathsOf({ file, basePath, document }: Contract): object {
  const parts = Object.entries(document.paths as Record<string, PathItem>).map(([path, item]) => [
    basePath + path,
    requestParts(item),
  ]);
  try {
    return withoutReferences(document, Object.fromEntries(parts)) as object;
  } catch (error) {
    throw new ContractError(file, (error as Error).message, error);
  }
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

/**
 * A copy of a part of a document, with what each reference leads to in its place. The validator writes into what it is
 * given, so that no part may stand in two places: what is referred to twice is copied twice.
 */
function withoutReferences(document: OpenApiDocument, part: unknown, within: string[] = []): unknown {
  if (Array.isArray(part)) return part.map((item) => withoutReferences(document, item, within));
  if (typeof part !== 'object' || part === null) return part;
  const { $ref, ...own } = part as { $ref?: string };
  const copied = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [key, withoutReferences(document, value, within)]),
  );
  if ($ref === undefined) return copied;
  if (within.includes($ref)) throw new Error(`${$ref} refers to itself`);
  const referred = withoutReferences(document, targetOf(document, $ref), [...within, $ref]);
  // What stands beside a reference tells more of the place than what is referred to.
  return { ...(referred as object), ...copied };
}

function targetOf(document: OpenApiDocument, reference: string): object {
  const names = pointerOf(reference);
  const last = names.pop() ?? '';
  const holder = names.reduce((place, name) => place.get(name), new Place(document, []));
  const target = (holder.value as Record<string, unknown> | undefined)?.[last];
  if (typeof target !== 'object' || target === null) throw new Error(`${reference} leads nowhere`);
  return target;
}
