import { fragmentOf, unescapePointer } from './json-pointer.js';

type Json = Record<string, unknown>;

/** Where something stands in the document, as the URI fragment of a JSON pointer. */
export type Fragment = string;

/** Where the parts of an operation stand; the operation itself for what it does not have. */
export type OperationPlaces = Record<'operation' | 'parameters' | 'requestBody' | 'responses', Fragment>;

/** A place in the document; `$ref`s are followed on the way, so that the pointer is one that a schema compiles from. */
export class Place {
  readonly pointer: string[];
  readonly value: unknown;

  constructor(
    private readonly document: object,
    pointer: string[],
  ) {
    const value = pointer.reduce<unknown>((node, key) => (node as Json | undefined)?.[key], document);
    const reference = (value as { $ref?: string } | undefined)?.$ref;
    const target = reference === undefined ? undefined : new Place(document, parsePointer(reference));
    this.pointer = target?.pointer ?? pointer;
    this.value = target ? target.value : value;
  }

  get fragment(): Fragment {
    return fragmentOf(this.pointer);
  }

  get(key: string): Place {
    return new Place(this.document, [...this.pointer, key]);
  }

  /** What has that key, or this place when nothing has. */
  nearest(key: string): Place {
    const place = this.get(key);
    return place.value === undefined ? this : place;
  }

  entries(): [string, Place][] {
    return Object.keys(this.value ?? {}).map((key) => [key, this.get(key)]);
  }

  children(): Place[] {
    return this.entries().map(([, place]) => place);
  }
}

export function placesOf(operation: Place): OperationPlaces {
  return {
    operation: operation.fragment,
    parameters: operation.nearest('parameters').fragment,
    requestBody: operation.nearest('requestBody').fragment,
    responses: operation.nearest('responses').fragment,
  };
}

function parsePointer(reference: string): string[] {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .map((part) => unescapePointer(decodeURIComponent(part)));
}
