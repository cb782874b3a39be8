import { unescapePointer } from './json-pointer.js';

type Json = Record<string, unknown>;

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

  get(key: string): Place {
    return new Place(this.document, [...this.pointer, key]);
  }

  entries(): [string, Place][] {
    return Object.keys(this.value ?? {}).map((key) => [key, this.get(key)]);
  }

  children(): Place[] {
    return this.entries().map(([, place]) => place);
  }
}

function parsePointer(reference: string): string[] {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .map((part) => unescapePointer(decodeURIComponent(part)));
}
