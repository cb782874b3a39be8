import { Place } from '../../contract/contract-place.js';

/** A documented example where an operation refers to it. */
export interface DocumentedBody {
  name: string;
  /** The type of its place, in terms of the generated `operations`. */
  type: string;
  value: unknown;
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
  const operations = new Place(document, ['paths'])
    .children()
    .flatMap((path) => path.children())
    .map((place) => ({ place, id: (place.value as { operationId?: string }).operationId }))
    .filter(({ id }) => id !== undefined);
  return operations.flatMap(({ id, place }) => [
    ...examples(place.get('requestBody'), `operations['${id}']['requestBody']`),
    ...place
      .get('responses')
      .entries()
      .flatMap(([status, answer]) => examples(answer, `operations['${id}']['responses'][${status}]`)),
  ]);
}
