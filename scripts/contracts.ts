/** The contracts of redocly.yaml as documents, and the places in them. */
import { join } from 'node:path';
import { $RefParser } from '@apidevtools/json-schema-ref-parser';

export type Json = Record<string, unknown>;

interface RedoclyConfig {
  apis: Record<string, { root: string; 'x-openapi-ts': { output: string } }>;
}

/** The file of each contract below the root, and the file of its types. */
export async function listContracts(root: string): Promise<{ file: string; types: string }[]> {
  const { apis } = (await readYaml(join(root, 'redocly.yaml'))) as unknown as RedoclyConfig;
  return Object.values(apis).map((api) => ({ file: api.root, types: api['x-openapi-ts'].output }));
}

/** Reads a file of YAML without following its references. */
export async function readYaml(file: string): Promise<Json> {
  return (await $RefParser.parse(file)) as unknown as Json;
}

/** The paths of keys to everything that passes, in the document's order. */
export function placesWhere(node: unknown, passes: (node: Json) => boolean, path: string[] = []): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  const within = Object.entries(node).flatMap(([key, child]) => placesWhere(child, passes, [...path, key]));
  return passes(node as Json) ? [path, ...within] : within;
}

/** What is at a path of keys. */
export function at(document: Json, path: string[]): Json {
  return path.reduce((node, key) => (node[key] ?? {}) as Json, document);
}
