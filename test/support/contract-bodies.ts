import { Place } from '../../contract/contract-place.js';

/** A documented example where an operation refers to it. */
export interface DocumentedBody {
  name: string;
  /** The type of its place, in terms of the generated `operations`. */
  type: string;
  value: unknown;
}

/** What the contract says of a place in a call. */
export interface CallSchema {
  /** `parameters` for all of a kind together, which is no value that could be sent. */
  type: 'array' | 'boolean' | 'integer' | 'object' | 'parameters' | 'string';
  enum?: string[];
  properties?: Record<string, unknown>;
  required?: string[];
}

interface Operation {
  id: string;
  place: Place;
  /** Those of the path before its own. */
  parameters: Place[];
}

function operationsOf(document: object): Operation[] {
  return new Place(document, ['paths']).children().flatMap((path) =>
    path.children().flatMap((place) => {
      const id = (place.value as { operationId?: string }).operationId;
      const parameters = [path, place].flatMap((holder) => holder.get('parameters').children());
      return id === undefined ? [] : [{ id, place, parameters }];
    }),
  );
}

export function documentedBodies(document: object): DocumentedBody[] {
  const examples = (holder: Place, type: string): DocumentedBody[] =>
    holder
      .get('content')
      .entries()
      .flatMap(([mediaType, content]) =>
        content
          .get('examples')
          .entries()
          .map(([name, { value: example }]) => ({
            name,
            type: `${type}['content']['${mediaType}']`,
            value: (example as { value: unknown }).value,
          })),
      );
  return operationsOf(document).flatMap(({ id, place }) => [
    ...examples(place.get('requestBody'), `operations['${id}']['requestBody']`),
    ...place
      .get('responses')
      .entries()
      .flatMap(([status, answer]) => examples(answer, `operations['${id}']['responses'][${status}]`)),
  ]);
}

/**
 * The places of every operation's calls, such as `createExportJob /body/schema/name`, with what the contract says of
 * them; `undefined` for a part that the operation does not have. An array's items are all named by `0`.
 */
export function placesOfCalls(document: object): Map<string, CallSchema | undefined> {
  return new Map(
    operationsOf(document).flatMap((operation) => {
      const body = operation.place.get('requestBody').get('content').get('application/json').get('schema');
      return [
        ...parameterPlaces(operation, 'path', 'path'),
        ...parameterPlaces(operation, 'query', 'query'),
        ...parameterPlaces(operation, 'headers', 'header'),
        ...(body.value ? partsOf(body, '/body') : [['/body', undefined] as const]),
      ].map(([at, schema]) => [`${operation.id} ${at}`, schema]);
    }),
  );
}

type Part = readonly [at: string, schema: CallSchema | undefined];

function parameterPlaces({ parameters }: Operation, name: string, where: string): Part[] {
  const here = parameters
    .map((place) => ({ place, ...(place.value as { name: string; in: string; required?: boolean }) }))
    .filter((parameter) => parameter.in === where);
  if (here.length === 0) return [[`/${name}`, undefined]];
  const whole: CallSchema = {
    type: 'parameters',
    properties: Object.fromEntries(here.map((parameter) => [parameter.name, {}])),
    required: here.filter(({ required }) => required).map((parameter) => parameter.name),
  };
  return [
    [`/${name}`, whole],
    ...here.flatMap((parameter) => partsOf(parameter.place.get('schema'), `/${name}/${parameter.name}`)),
  ];
}

function partsOf(place: Place, at: string): Part[] {
  const schema = place.value as CallSchema;
  return [
    [at, schema],
    ...place
      .get('properties')
      .entries()
      .flatMap(([name, part]) => partsOf(part, `${at}/${name}`)),
    ...(schema.type === 'array' ? partsOf(place.get('items'), `${at}/0`) : []),
  ];
}
