import { createHash } from 'node:crypto';
import { checkDocument, ContractError, type OpenApiDocument } from './contract-checks.js';
import { readDocument } from './contract-document.js';
import { Place, placesOf, type Fragment, type OperationPlaces } from './contract-place.js';
import { compileSchemas, type Check, type Compiling } from './contract-schemas.js';

export interface ContractParameter {
  place: Fragment;
  schemaPlace: Fragment;
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  isInteger: boolean;
  /** The value when there is none in the call. */
  default: unknown;
  check: Check;
}

export interface ContractHeader {
  place: Fragment;
  name: string;
  required: boolean;
  example: string | undefined;
  check: Check;
}

export interface ContractResponse {
  place: Fragment;
  /** Where its headers stand; the response itself when it has none. */
  headersPlace: Fragment;
  status: number;
  headers: ContractHeader[];
  /** Absent when the response has no body. */
  body: Check | undefined;
  /** The documented bodies by their names. */
  examples: Map<string, unknown>;
}

export interface ContractOperation {
  places: OperationPlaces;
  operationId: string;
  method: Method;
  /** The path's template below the base path, as OpenAPI writes it. */
  path: string;
  parameters: ContractParameter[];
  /** Absent when the operation takes no body. */
  requestBody: Check | undefined;
  bodyRequired: boolean;
  /** The documented bodies of requests by their names. */
  requestExamples: Map<string, unknown>;
  responses: Map<number, ContractResponse>;
}

export interface Contract {
  file: string;
  /** Its `info.version`. */
  version: string;
  /** The first twelve hexadecimal digits of the SHA-256 of the bundled document. */
  hash: string;
  basePath: string;
  /** The document in one piece, without references to other files. */
  document: OpenApiDocument;
  operations: ContractOperation[];
  /** Checks a value against a schema of `components`. */
  schema: (name: string) => Check;
}

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

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
    version: document.info.version,
    hash: createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 12),
    basePath: document.servers[0].url,
    document,
    operations: readOperations(document, schemas.at),
    schema: (name) => schemas.at(['components', 'schemas', name]),
  };
}

type SchemaAt = (pointer: string[]) => Check;

function readOperations(document: OpenApiDocument, schemaAt: SchemaAt): ContractOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method in item).map((method) => {
      const at = new Place(document, ['paths', path, method]);
      return {
        places: placesOf(at),
        operationId: at.get('operationId').value as string,
        method,
        path,
        parameters: [
          ...new Place(document, ['paths', path, 'parameters']).children(),
          ...at.get('parameters').children(),
        ].map((parameter) => readParameter(parameter, schemaAt)),
        requestBody: readBody(at.get('requestBody'), schemaAt),
        bodyRequired: at.get('requestBody').get('required').value === true,
        requestExamples: readExamples(at.get('requestBody')),
        responses: new Map(
          at
            .get('responses')
            .entries()
            .map(([status, response]) => [Number(status), readResponse(Number(status), response, schemaAt)]),
        ),
      };
    }),
  );
}

function readParameter(parameter: Place, schemaAt: SchemaAt): ContractParameter {
  const schema = parameter.get('schema');
  return {
    place: parameter.fragment,
    schemaPlace: schema.fragment,
    name: parameter.get('name').value as string,
    in: parameter.get('in').value as ContractParameter['in'],
    required: parameter.get('required').value === true,
    isInteger: schema.get('type').value === 'integer',
    default: schema.get('default').value,
    check: schemaAt(schema.pointer),
  };
}

function readBody(holder: Place, schemaAt: SchemaAt): Check | undefined {
  const schema = contentOf(holder).get('schema');
  return schema.value === undefined ? undefined : schemaAt(schema.pointer);
}

/** The content of the one media type that there is: JSON, or a form. */
function contentOf(holder: Place): Place {
  const content = holder.get('content');
  return content.children()[0] ?? content;
}

function readResponse(status: number, response: Place, schemaAt: SchemaAt): ContractResponse {
  return {
    place: response.fragment,
    headersPlace: response.nearest('headers').fragment,
    status,
    headers: response
      .get('headers')
      .entries()
      .map(([name, header]) => ({
        place: header.fragment,
        name,
        required: header.get('required').value === true,
        example: header.get('example').value as string | undefined,
        check: schemaAt(header.get('schema').pointer),
      })),
    body: readBody(response, schemaAt),
    examples: readExamples(response),
  };
}

function readExamples(holder: Place): Map<string, unknown> {
  const examples = contentOf(holder).get('examples');
  return new Map(examples.entries().map(([name, example]) => [name, example.get('value').value]));
}
