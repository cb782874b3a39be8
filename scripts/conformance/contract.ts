import { $RefParser } from '@apidevtools/json-schema-ref-parser';

/** An operation as the contract declares it. */
export interface DeclaredOperation {
  id: string;
  method: string;
  /** The path's template. */
  path: string;
  statuses: number[];
  /** The names of the documented answers, and the status of each. */
  examples: { name: string; status: number }[];
  /** A documented request. Absent when the operation takes no body. */
  request: unknown;
}

interface Content {
  content?: Record<string, { examples?: Record<string, { value: unknown }> }>;
}

interface Document {
  paths: Record<
    string,
    Record<string, { operationId?: string; requestBody?: Content; responses: Record<string, Content> }>
  >;
}

/** Reads from a contract what the check has to exercise. The mock's own reading of it plays no part. */
export async function readDeclaredOperations(file: string): Promise<DeclaredOperation[]> {
  const { paths } = (await $RefParser.dereference(file)) as unknown as Document;
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, { operationId: id, requestBody, responses }]) => {
      if (id === undefined) return [];
      const answers = Object.entries(responses).map(([status, response]) => ({
        status: Number(status),
        response,
      }));
      const examples = answers.flatMap(({ status, response }) =>
        Object.keys(examplesOf(response)).map((name) => ({ name, status })),
      );
      const request = Object.values(examplesOf(requestBody))[0]?.value;
      const statuses = answers.map(({ status }) => status);
      return [{ id, method: method.toUpperCase(), path, statuses, examples, request }];
    }),
  );
}

function examplesOf(holder: Content | undefined) {
  return holder?.content?.['application/json']?.examples ?? {};
}

/** The id of the operation that a call is for. */
export function operationOf(operations: DeclaredOperation[], method: string, path: string): string {
  const [pathname = ''] = path.split('?');
  const found = operations.find(
    (operation) =>
      operation.method === method &&
      new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(pathname),
  );
  if (!found) throw new Error(`${method} ${path} is a call of no declared operation.`);
  return found.id;
}
