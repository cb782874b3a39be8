import type { ErrorObject } from 'ajv/dist/2020.js';
import { fragmentOf } from './json-pointer.js';

/**
 * Says where in a document the rule stands that a value broke, as the URI fragment of a JSON pointer. ajv's own
 * `schemaPath` begins at whichever schema it made a function of, and does not tell which: the schema itself does.
 *
 * @param document the very one that ajv compiled
 */
export function ruleFinder(document: object): (error: ErrorObject, compiled: readonly string[]) => string {
  let places: Map<unknown, string[]> | undefined;
  return ({ parentSchema, keyword }, compiled) => {
    places ??= placesIn(document);
    const schema = places.get(parentSchema);
    return fragmentOf(schema ? [...schema, keyword] : compiled);
  };
}

/** Where each object of a document stands. */
function placesIn(document: object): Map<unknown, string[]> {
  const places = new Map<unknown, string[]>();
  const walk = (node: unknown, pointer: string[]): void => {
    if (typeof node !== 'object' || node === null) return;
    places.set(node, pointer);
    for (const [key, child] of Object.entries(node)) walk(child, [...pointer, key]);
  };
  walk(document, []);
  return places;
}
