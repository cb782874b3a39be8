import { Place, placesOf, type Fragment, type OperationPlaces } from './contract-place.js';
import type { OpenApiDocument } from './contract-checks.js';
import type { Validator } from './contract-schemas.js';

export interface ContractParameter {
  place: Fragment;
  schemaPlace: Fragment;
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  isInteger: boolean;
  /** The least that a number may be, if there is a least. */
  minimum: unknown;
  /** The value when there is none in the call. */
  default: unknown;
  check: Validator;
}

export interface ContractHeader {
  place: Fragment;
  name: string;
  required: boolean;
  example: string | undefined;
  check: Validator;
}

export interface ContractResponse {
  place: Fragment;
  /** Where its headers stand; the response itself when it has none. */
  headersPlace: Fragment;
  status: number;
  headers: ContractHeader[];
  /** Absent when the response has no body. */
  body: Validator | undefined;
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
  requestBody: Validator | undefined;
  bodyRequired: boolean;
  /** The documented bodies of requests by their names. */
  requestExamples: Map<string, unknown>;
  responses: Map<number, ContractResponse>;
}

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

type SchemaAt = (pointer: string[]) => Validator;

/** The operations of a document that has been checked. */
export function readOperations(document: OpenApiDocument, schemaAt: SchemaAt): ContractOperation[] {
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
    minimum: schema.get('minimum').value,
    default: schema.get('default').value,
    check: schemaAt(schema.pointer),
  };
}

function readBody(holder: Place, schemaAt: SchemaAt): Validator | undefined {
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
