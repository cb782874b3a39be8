import { $RefParser } from '@apidevtools/json-schema-ref-parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fileURLToPath } from 'node:url';

/** A schema as the contract writes it, its references followed. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: string[];
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
}

/** Whether a value keeps a schema. */
export type Keeps = (value: unknown) => boolean;

export interface DeclaredParameter {
  name: string;
  in: string;
  schema: Schema;
  keeps: Keeps;
}

export interface DeclaredResponse {
  status: number;
  headers: { name: string; required: boolean; keeps: Keeps }[];
  /** Absent when the response has no body. */
  body: Keeps | undefined;
  examples: string[];
}

export interface Operation {
  id: string;
  method: string;
  /** The path's template, with the base path. */
  path: string;
  parameters: DeclaredParameter[];
  /** Absent when the operation takes no body. */
  request: { schema: Schema; keeps: Keeps } | undefined;
  responses: Map<number, DeclaredResponse>;
}

export interface Contract {
  operations: Operation[];
  /** What answers beyond the operations hold: errors of the gateway and of the service. */
  isError: Keeps;
}

interface Media {
  content?: Record<string, { schema: Schema; examples?: object }>;
}
interface Parameter {
  name: string;
  in: string;
  schema: Schema;
}
interface Item {
  parameters?: Parameter[];
  operationId: string;
  requestBody?: Media;
  responses: Record<string, Media & { headers?: Record<string, { required?: boolean; schema: Schema }> }>;
}
type Method = 'GET' | 'POST' | 'DELETE';

interface Document {
  servers: [{ url: string }];
  /** The operations of a path by their methods, and the parameters that they share. */
  paths: Record<string, { parameters?: Parameter[] } & Record<Lowercase<Method>, Item>>;
  components: { schemas: Record<string, Schema> };
}

/** RFC 3339, section 5.6, as far as the generated values go: leap seconds are none of them. */
function isTimestamp(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|[+-](\d{2}):(\d{2}))$/i.exec(
    text,
  );
  if (!match) return false;
  const [, date = '', ...parts] = match;
  const [hour = 0, minute = 0, second = 0, offsetHour = 0, offsetMinute = 0] = parts.map((part) =>
    Number(part || 0),
  );
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return false;
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** A judge of its own: it shares the contract's files with the mock, and none of its code. */
const ajv = new Ajv2020({
  strict: false,
  validateSchema: false,
  formats: {
    'date-time': isTimestamp,
    int64: { type: 'number', validate: Number.isSafeInteger },
    'json-pointer': (text: string) => text === '' || /^\/(?:[^~]|~[01])*$/.test(text),
  },
});

const keepsOf = (schema: Schema): Keeps => {
  const validate = ajv.compile(schema);
  return (value) => validate(value);
};

export async function readContract(): Promise<Contract> {
  const [api, control] = await Promise.all([read('openapi.yaml'), read('control.yaml')]);
  const { ServiceError, GatewayError } = api.components.schemas as Record<
    'ServiceError' | 'GatewayError',
    Schema
  >;
  const [isServiceError, isGatewayError] = [keepsOf(ServiceError), keepsOf(GatewayError)];
  return {
    operations: [...operationsOf(api), ...operationsOf(withHealthAlone(control))],
    isError: (value) => isServiceError(value) || isGatewayError(value),
  };
}

async function read(name: string): Promise<Document> {
  const file = fileURLToPath(new URL(`../../spec/${name}`, import.meta.url));
  return (await $RefParser.dereference(file)) as unknown as Document;
}

/** The other routes of the control plane would turn the clocks and forget the jobs that the judge goes by. */
function withHealthAlone(control: Document): Document {
  const paths = Object.entries(control.paths).filter(([path]) => path === '/health');
  return { ...control, paths: Object.fromEntries(paths) };
}

function operationsOf({ servers, paths }: Document): Operation[] {
  return Object.entries(paths).flatMap(([path, { parameters: shared, ...items }]) =>
    Object.entries(items).map(([method, item]) => ({
      id: item.operationId,
      method: method.toUpperCase(),
      path: servers[0].url + path,
      parameters: [...(shared ?? []), ...(item.parameters ?? [])].map((parameter) => ({
        ...parameter,
        keeps: keepsOf(parameter.schema),
      })),
      request: requestOf(item),
      responses: responsesOf(item),
    })),
  );
}

function requestOf({ requestBody }: Item): Operation['request'] {
  const schema = requestBody?.content?.['application/json']?.schema;
  return schema && { schema, keeps: keepsOf(schema) };
}

function responsesOf({ responses }: Item): Map<number, DeclaredResponse> {
  return new Map(
    Object.entries(responses).map(([status, { headers = {}, content }]) => {
      const { schema, examples = {} } = content?.['application/json'] ?? {};
      const declared = Object.entries(headers).map(([name, header]) => ({
        name: name.toLowerCase(),
        required: header.required === true,
        keeps: keepsOf(header.schema),
      }));
      const body = schema && keepsOf(schema);
      return [
        Number(status),
        { status: Number(status), headers: declared, body, examples: Object.keys(examples) },
      ];
    }),
  );
}
